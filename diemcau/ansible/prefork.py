"""What worker processes inherit: done once in the process that Ansible forks them from, not again in each.

A run of the whole district forks some 150 of them. What cannot be done here is left to the task that needs it, which
says why.
"""

from __future__ import annotations

from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ansible.plugins.loader import connection_loader, filter_loader, shell_loader, test_loader

from diemcau import endpoints, platforms, rendering
from diemcau.ansible import arguments
from diemcau.ansible.hostvars import from_hostvars, state
from diemcau.design.district import District, build
from diemcau.errors import DiemcauError
from diemcau.inventory.validation import load_specs
from diemcau.paths import PROJECT
from diemcau.secrets import vaultfiles
from diemcau.secrets.placeholders import PlaceholderSecrets
from diemcau.secrets.store import SecretSource, VaultSecrets
from diemcau.secrets.vaultfiles import Vault

SECRETS = PROJECT / "secrets"


@dataclass
class _Kept:
    """The district as a play found it, and what tells whether it is still that."""

    of_variables: Hashable
    of_secrets: Hashable
    variables: dict[str, dict[str, Any]]
    districts: dict[bool | None, District]  # by what their source of secrets says of ``take_next``


_kept: _Kept | None = None


def warm(vault: Vault) -> None:
    """Read what does not change during a run."""
    filter_loader.get("default")  # one brings all of them
    test_loader.get("defined")
    connection_loader.find_plugin("ssh")  # looked for in hundreds of folders; no task of ours connects by it
    shell_loader.find_plugin("sh")
    for name in arguments.names():
        arguments.spec(name)
    load_specs()
    for name in endpoints.names():
        endpoints.load(name)
    for name in platforms.names():
        platforms.load(name)
        rendering.compile_all(name)
    read = vaultfiles.reader(vault)
    for path in SECRETS.glob("*.yml"):
        with suppress(DiemcauError):
            read(path)


def keep(hostvars: Any, vault: Vault) -> None:
    """Build the district of a play that begins."""
    global _kept
    now, files = state(hostvars), _files()
    if now is None or (_kept and (_kept.of_variables, _kept.of_secrets) == (now, files)):
        return
    _kept = None
    with suppress(Exception):  # whatever it is: the task that builds it itself tells it in words
        kept = _Kept(now, files, from_hostvars(hostvars), {})
        for source in (PlaceholderSecrets(), secrets(vault)):
            with suppress(DiemcauError):
                kept.districts[source.take_next] = build(kept.variables, source, load_specs())
        _kept = kept


def district(hostvars: Any, source: SecretSource) -> District:
    """The whole district, also with ``-l``: the one that was kept, as long as nothing of it has changed since.

    Raises InventoryError.
    """
    if _kept is None or _kept.of_variables != state(hostvars):
        return build(from_hostvars(hostvars), source, load_specs())
    current = source.take_next is None or _kept.of_secrets == _files()
    if current and source.take_next in _kept.districts:
        return _kept.districts[source.take_next]
    return build(_kept.variables, source, load_specs())


def secrets(vault: Vault, *, take_next: bool = False) -> VaultSecrets:
    """Those of the project."""
    return VaultSecrets(SECRETS, vaultfiles.reader(vault), take_next=take_next)


def _files() -> Hashable:
    """Changes with every file of secrets that is written: each is replaced as a whole."""
    found = [(path.name, path.stat()) for path in SECRETS.glob("*.yml")]
    return frozenset((name, of.st_ino, of.st_size, of.st_mtime_ns) for name, of in found)
