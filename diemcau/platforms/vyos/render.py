"""What the inventory asks of a router as VyOS statements, through ``templates/vyos/``."""

from __future__ import annotations

import re
from collections.abc import Collection

from diemcau.intent import SECTIONS, Router
from diemcau.platforms import bundle_sections
from diemcau.platforms.vyos.words import fold, quote
from diemcau.redaction import Secret, joined
from diemcau.rendering import environment

_MARKS = {
    0: "default",
    46: "EF",
    **{8 * n: f"CS{n}" for n in range(1, 8)},
    **{8 * n + 2 * drop: f"AF{n}{drop}" for n in range(1, 5) for drop in range(1, 4)},
}


def render(router: Router, sections: Collection[str]) -> dict[str, Secret]:
    """Section -> ``set`` lines, in the order of ``SECTIONS``."""
    return {
        section: Secret(_TEMPLATES.get_template(f"{section}.j2").render(router=router))
        for section in SECTIONS
        if section in sections
    }


def bundle(router: Router, host_key: Secret) -> Secret:
    """A vbash script for the console of a factory-new or re-used unit, run as the user ``vyos``.

    Starts from VyOS's own default configuration, whatever the unit had, and sets the smallest part that brings up
    WAN, tunnels and safe management. Installs ``host_key`` (ed25519, OpenSSH form) as the unit's SSH host key.
    The user ``vyos`` cannot delete himself, so his password is taken away here; the first run over the tunnels
    deletes him. It removes itself at the end.
    """
    statements = joined(render(router, bundle_sections(router)).values()).reveal()
    whole = _TEMPLATES.get_template("bundle.j2").render(router=router, statements=statements, host_key=host_key)
    return Secret(whole)


def dscp(mark: int) -> str:
    """A mark by its name, where it has one: releases before 2025 match a number shifted wrongly (task T681)."""
    return _MARKS.get(mark, str(mark))


def ssh_keys(keys: Collection[str]) -> list[tuple[str, str, str]]:
    """OpenSSH public keys as (name, type, key). The name is the key's comment as VyOS can hold it, made unique."""
    result: list[tuple[str, str, str]] = []
    for number, line in enumerate(keys, 1):
        kind, blob, *comment = line.split(None, 2)
        name = re.sub(r"[^A-Za-z0-9_.@-]+", "-", fold(" ".join(comment))).strip("-") or f"key-{number}"
        if any(name == other for other, _, _ in result):
            name = f"{name}-{number}"
        result.append((name, kind, blob))
    return result


_TEMPLATES = environment("vyos", {"quote": quote, "fold": fold, "ssh_keys": ssh_keys, "dscp": dscp})
