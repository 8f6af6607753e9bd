"""New keys and passwords in the place of old ones: what is still to be done, across interruptions.

What is due stands in ``secrets/district.yml``, one ``host: name`` for each line, from the moment a rotation begins
until the last new secret was seen in use. A secret that was made and never seen in use is simply made once more.

A room's endpoint is entered with its old passwords: they are kept beside the new ones, as ``previous_…``, until it has
taken these.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from diemcau import naming
from diemcau.secrets import store, vaultfiles
from diemcau.secrets.store import NEXT, PASSWORD, PREVIOUS, ROOM_PASSWORD, WIREGUARD
from diemcau.secrets.vaultfiles import Vault

DUE = "rotation_due"
Names = dict[str, tuple[str, ...]]  # host -> names of its secrets


@dataclass(frozen=True)
class Rotation:
    begun: bool  # now; else it goes on where an earlier one was
    due: Names  # of the hosts that were asked for


def rotated(name: str) -> bool:
    """Whether a secret is changed by a rotation: tunnel keys and the devices' passwords.

    Not host keys, by which devices are known; not what another machine would have to learn in the same moment.
    """
    return name.startswith(WIREGUARD) or name in (PASSWORD, ROOM_PASSWORD)


def read(directory: Path, vault: Vault) -> Names:
    """What is due."""
    path = _file(directory)
    text = vaultfiles.reader(vault)(path).get(DUE, "") if path.exists() else ""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        host, _, name = line.partition(": ")
        found.setdefault(host, []).append(name)
    return {host: tuple(names) for host, names in found.items()}


def begin(wanted: Mapping[str, Collection[str]], directory: Path, vault: Vault, *, check: bool = False) -> Rotation:
    """Note that these hosts' secrets are to be changed, unless a rotation of some of them was left half done.

    ``wanted``: host -> names of all its secrets.
    """
    with vaultfiles.alone(directory):
        due = read(directory, vault)
        if left := {host: due[host] for host in wanted if host in due}:
            return Rotation(False, left)
        begun = {host: tuple(filter(rotated, names)) for host, names in wanted.items() if any(map(rotated, names))}
        if not check:
            _write({**due, **begun}, directory, vault)
    return Rotation(True, begun)


def renew(hosts: Collection[str], names: Collection[str], directory: Path, vault: Vault) -> list[str]:
    """Make those of these secrets anew that are due; give back which: ``ga-ry-router: admin_password``.

    A password that its device has not taken yet stays the new one, and the previous one stays what opens the device.
    """
    with vaultfiles.alone(directory):
        due, made = read(directory, vault), []
        for host in hosts:
            path = directory / f"{host}.yml"
            values = vaultfiles.reader(vault)(path)
            mine = [name for name in due.get(host, ()) if name in names and f"{PREVIOUS}{name}" not in values]
            new = {name: store.new(name) for name in mine}
            if naming.kind_of(host) == naming.ROOM:
                new |= {f"{PREVIOUS}{name}": values[name] for name in mine}
            if new:
                vaultfiles.change(path, new, (), vault)
            made += [f"{host}: {name}" for name in mine]
    return made


def done(hosts: Collection[str], names: Collection[str], directory: Path, vault: Vault) -> list[str]:
    """These secrets were seen in use: nothing of the old ones is kept, nothing of them is due. Gives back which."""
    with vaultfiles.alone(directory):
        struck = []
        for host in hosts:
            path = directory / f"{host}.yml"
            old = {f"{PREVIOUS}{name}" for name in names} & vaultfiles.reader(vault)(path).keys()
            if old:
                vaultfiles.change(path, {}, old, vault)
        left = {}
        for host, mine in read(directory, vault).items():
            over = [name for name in mine if host in hosts and name in names]
            struck += [f"{host}: {name}" for name in over]
            left[host] = tuple(name for name in mine if name not in over)
        if struck:
            _write(left, directory, vault)
    return struck


def prepare(hosts: Collection[str], name: str, directory: Path, vault: Vault) -> bool | None:
    """Make the key of this name that each of these hosts is to take next, if it is due at all of them; else None.

    True: some were made before an interruption; these stay, for a device may have them already.
    """
    with vaultfiles.alone(directory):
        due, found = read(directory, vault), False
        if not all(name in due.get(host, ()) for host in hosts):
            return None
        for host in hosts:
            path = directory / f"{host}.yml"
            if f"{NEXT}{name}" in vaultfiles.reader(vault)(path):
                found = True
            else:
                vaultfiles.add(path, {f"{NEXT}{name}": store.new(name)}, vault)
    return found


def promote(hosts: Collection[str], name: str, directory: Path, vault: Vault) -> None:
    """What was next counts from now on, and the old value is gone."""
    with vaultfiles.alone(directory):
        for host in hosts:
            path = directory / f"{host}.yml"
            values = vaultfiles.reader(vault)(path)
            if f"{NEXT}{name}" in values:
                vaultfiles.change(path, {name: values[f"{NEXT}{name}"]}, [f"{NEXT}{name}"], vault)
    done(hosts, [name], directory, vault)


def _write(due: Mapping[str, Collection[str]], directory: Path, vault: Vault) -> None:
    text = "".join(f"{host}: {name}\n" for host, names in due.items() for name in names)
    vaultfiles.change(_file(directory), {DUE: text} if text else {}, (DUE,), vault)


def _file(directory: Path) -> Path:
    return directory / f"{store.DISTRICT}.yml"
