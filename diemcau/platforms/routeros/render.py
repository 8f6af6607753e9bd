"""What the inventory asks of a router as RouterOS statements, through ``templates/routeros/``."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from cryptography.hazmat.primitives import serialization

from diemcau.intent import SECTIONS, Qos, Router
from diemcau.platforms import bundle_sections
from diemcau.platforms.routeros.sections import MARKING
from diemcau.platforms.routeros.words import fold, quote, rate
from diemcau.redaction import Secret, joined
from diemcau.rendering import environment

INSTANCES = (7, 20)  # from this release BGP has instances, which hold the AS number and the router id

CHECKED_DHCP = (7, 22)  # from this release a DHCP client checks its gateway, and the pace of checks can be set


def render(router: Router, sections: Collection[str]) -> dict[str, Secret]:
    """Section -> terse statements, in the order of ``SECTIONS``."""
    release = _release(router)
    context = {
        "router": router, "instances": release >= INSTANCES, "checked_dhcp": release >= CHECKED_DHCP,
        "marking": MARKING,
    }  # fmt: skip
    return {
        section: Secret(_TEMPLATES.get_template(f"{section}.j2").render(context))
        for section in SECTIONS
        if section in sections
    }


def bundle(router: Router, host_key: Secret) -> Secret:
    """A script for ``/import`` at the console of a factory-new or re-used unit. It removes itself.

    Clears the managed menus, sets the smallest part that brings up WAN, tunnels and safe management, and installs
    ``host_key`` (ed25519, OpenSSH form) as the unit's SSH host key. Can be run again after it stopped half way.
    """
    sections = bundle_sections(router)
    statements = joined(render(router, sections).values()).reveal()
    return Secret(
        _TEMPLATES.get_template("bundle.j2").render(
            router=router,
            instances=_release(router) >= INSTANCES,
            statements=statements,
            sections=sections,
            host_key=host_key,
        )
    )


def ssh_key(line: str) -> str:
    """An OpenSSH public key with a comment that tells it from any other.

    RouterOS never shows a key again, only its comment ("key-owner"): with a digest in it a changed key is seen.
    """
    kind, blob = line.split()[:2]
    return f"{kind} {blob} diemcau-{hashlib.sha256(blob.encode()).hexdigest()[:16]}"


def mark(password: Secret) -> str:
    """A short digest by which a changed password is seen: RouterOS never shows one. Far too short to find it by."""
    return f"diemcau-{hashlib.sha256(password.reveal().encode()).hexdigest()[:8]}"


def pem(key: Secret) -> str:
    """An OpenSSH private key as PKCS#8, the form in which RouterOS takes a host key."""
    private = serialization.load_ssh_private_key(key.reveal().encode(), password=None)
    form = serialization.PrivateFormat.PKCS8
    return private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def queue_kinds(qos: Qos) -> list[int | None]:
    """The kinds of queues that are used: how many packets may wait, or None for one that is fair to all flows."""
    used = {found.packets for shaper in qos.shapers for found in shaper.all}
    return sorted(used, key=lambda packets: packets or 0)


def queue_name(packets: int | None) -> str:
    """The name of a kind of queue."""
    return f"first-in-{packets}" if packets else "fair"


def of_kbps(kbps: int) -> str:
    """A rate as RouterOS writes it."""
    return rate(1000 * kbps)


def _release(router: Router) -> tuple[int, int]:
    major, minor = router.release.split(".")[:2]
    return int(major), int(minor)


_TEMPLATES = environment(
    "routeros",
    {
        "quote": quote,
        "fold": fold,
        "ssh_key": ssh_key,
        "pem": pem,
        "mark": mark,
        "queue_name": queue_name,
        "queue_kinds": queue_kinds,
        "rate": of_kbps,
    },
)
