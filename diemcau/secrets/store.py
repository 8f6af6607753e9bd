"""Secrets: one encrypted file for each device, made once and changed by what is asked to change them only.

``secrets/<host>.yml`` and ``secrets/district.yml`` are YAML mappings from a secret's name to its text, encrypted as a
whole with ansible-vault, mode 0600. They are no Ansible variables, so nothing that prints variables can show them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from diemcau.errors import DiemcauError, Problem
from diemcau.paths import shown
from diemcau.redaction import Secret
from diemcau.secrets import keys, vaultfiles
from diemcau.secrets.vaultfiles import Vault

DISTRICT = "district"  # the file of what belongs to no device
ADMIN_KEY = "admin_ssh_private_key"  # opens every router to the control machine
HOST_KEY = "ssh_host_key"
PASSWORD = "admin_password"
ROOM_PASSWORD = "room_password"  # of a room's endpoint at the remote control
SIP_PASSWORD = "sip_password"  # of its account at the call server
SNMP_COMMUNITY = "snmp_community"  # of all endpoints that answer SNMP
WIREGUARD = "wireguard_private_key_"  # and the interface's name
NEXT = "next_"  # and the name of a key that both ends of a tunnel are to take in the same moment
PREVIOUS = "previous_"  # and the name of a password whose new value the endpoint has not taken yet

MAKE = "Run: ansible-playbook playbooks/secrets.yml"


class SecretSource(Protocol):
    """Where the district's secrets come from."""

    take_next: bool | None  # whether what is to come next counts already; None: these are placeholders

    def problems(self, wanted: Mapping[str, Collection[str]]) -> list[Problem]:
        """What is missing, or is not what its name says. ``wanted``: host -> names of its secrets."""

    def wireguard_private_key(self, host: str, interface: str) -> Secret: ...

    def wireguard_public_key(self, host: str, interface: str) -> str: ...

    def ssh_host_key(self, host: str) -> Secret:
        """A router's ed25519 host key, private, as OpenSSH writes it."""

    def ssh_host_public_key(self, host: str) -> str:
        """The pinned host key: ``ssh-ed25519 AAAA…``."""

    def admin_password(self, host: str) -> Secret: ...

    def room_password(self, host: str) -> Secret: ...

    def sip_password(self, host: str) -> Secret: ...

    def previous(self, host: str, name: str) -> Secret | None:
        """What a password was while its device has not taken the new one; None = it has."""

    def snmp_community(self) -> Secret: ...

    def admin_ssh_key(self) -> Secret:
        """The control machine's private key."""

    def admin_ssh_public_key(self) -> str: ...


def wanted_of_router(interfaces: Collection[str]) -> tuple[str, ...]:
    """Names of the secrets of a router with these tunnel interfaces."""
    return (*(f"{WIREGUARD}{interface}" for interface in interfaces), HOST_KEY, PASSWORD)


WANTED_OF_ROOM = (PASSWORD, ROOM_PASSWORD, SIP_PASSWORD)
WANTED_OF_DISTRICT = (ADMIN_KEY, SNMP_COMMUNITY)


class VaultSecrets:
    """The files of a directory. Each is read and decrypted once, when something of it is asked for first.

    ``read`` gives the mapping of one file or raises DiemcauError: ``vaultfiles.reader`` for encrypted ones.
    ``take_next``: what is to come next counts already.
    """

    def __init__(self, directory: Path, read: Callable[[Path], Mapping[str, str]], *, take_next: bool = False) -> None:
        self._directory, self._read = directory, read
        self.take_next: bool | None = take_next
        self._files: dict[str, Mapping[str, str]] = {}

    def problems(self, wanted: Mapping[str, Collection[str]]) -> list[Problem]:
        if not any(_path(self._directory, host).exists() for host in wanted):
            expected = f"an encrypted file for each of {len(wanted)} devices"
            return [Problem(shown(self._directory), 0, "", "", "there are no secrets yet", expected, MAKE)]
        return [problem for host in wanted for problem in self._problems(host, wanted[host])]

    def _problems(self, host: str, names: Collection[str]) -> Iterator[Problem]:
        file, values = shown(_path(self._directory, host)), self._of(host)
        if missing := [name for name in names if name not in values]:
            state = "is missing" if len(missing) == 1 else "are missing"
            yield Problem(file, 0, host, ", ".join(missing), state, f"{len(names)} secrets in this file", MAKE)
        for name in names:
            if name in values and (wrong := _wrong(name, values[name])):
                yield Problem(
                    file,
                    0,
                    host,
                    name,
                    wrong,
                    _KINDS[_kind(name)][1],
                    f"Correct it with ansible-vault edit {file}, or {vaultfiles.RESTORE}.",
                )

    def _of(self, host: str) -> Mapping[str, str]:
        if host not in self._files:
            path = _path(self._directory, host)
            self._files[host] = self._read(path) if path.exists() else {}
        return self._files[host]

    def _secret(self, host: str, name: str) -> Secret:
        values = self._of(host)
        if name not in values:
            file = shown(_path(self._directory, host))
            raise DiemcauError(Problem(file=file, host=host, found=f"{name}: is missing", remedy=f"{MAKE}"))
        return Secret(values.get(f"{NEXT}{name}", values[name]) if self.take_next else values[name])

    def wireguard_private_key(self, host: str, interface: str) -> Secret:
        return self._secret(host, f"{WIREGUARD}{interface}")

    def wireguard_public_key(self, host: str, interface: str) -> str:
        return keys.wireguard_public(self.wireguard_private_key(host, interface).reveal())

    def ssh_host_key(self, host: str) -> Secret:
        return self._secret(host, HOST_KEY)

    def ssh_host_public_key(self, host: str) -> str:
        return keys.ssh_public(self.ssh_host_key(host).reveal())

    def admin_password(self, host: str) -> Secret:
        return self._secret(host, PASSWORD)

    def room_password(self, host: str) -> Secret:
        return self._secret(host, ROOM_PASSWORD)

    def sip_password(self, host: str) -> Secret:
        return self._secret(host, SIP_PASSWORD)

    def previous(self, host: str, name: str) -> Secret | None:
        value = self._of(host).get(f"{PREVIOUS}{name}")
        return None if value is None else Secret(value)

    def snmp_community(self) -> Secret:
        return self._secret(DISTRICT, SNMP_COMMUNITY)

    def admin_ssh_key(self) -> Secret:
        return self._secret(DISTRICT, ADMIN_KEY)

    def admin_ssh_public_key(self) -> str:
        return keys.ssh_public(self.admin_ssh_key().reveal())


def missing(wanted: Mapping[str, Collection[str]], directory: Path, vault: Vault) -> list[str]:
    """Names of the secrets that :func:`ensure` would make: ``ga-ry-router: ssh_host_key``."""
    read = vaultfiles.reader(vault)
    found = []
    for host, names in wanted.items():
        path = _path(directory, host)
        values = read(path) if path.exists() else {}
        found += [f"{host}: {name}" for name in names if name not in values]
    return found


def ensure(wanted: Mapping[str, Collection[str]], directory: Path, vault: Vault) -> list[str]:
    """Make what is missing; give back its names. What exists is neither changed nor written anew.

    Reads every file first: when one cannot be read, nothing is made. A file appears or changes as a whole. Two runs
    at once take turns.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with vaultfiles.alone(directory):
        created = missing(wanted, directory, vault)
        for host in wanted:
            names = [name for name in wanted[host] if f"{host}: {name}" in created]
            if names:
                vaultfiles.add(_path(directory, host), {name: new(name) for name in names}, vault)
    return created


def new(name: str) -> str:
    """A fresh value for the secret of that name."""
    return _KINDS[_kind(name)][0]()


def _path(directory: Path, host: str) -> Path:
    return directory / f"{host}.yml"


_A_PASSWORD = (keys.new_password, "12 to 32 letters, digits and . _ + = : @ % / , -")

# Kind of secret -> how one is made, and what it looks like.
_KINDS: dict[str, tuple[Callable[[], str], str]] = {
    WIREGUARD: (keys.new_wireguard, "a WireGuard private key: 43 characters of base64 and ="),
    HOST_KEY: (keys.new_ssh, "an ed25519 private key in OpenSSH's form"),
    ADMIN_KEY: (keys.new_ssh, "an ed25519 private key in OpenSSH's form"),
    **dict.fromkeys((PASSWORD, ROOM_PASSWORD, SIP_PASSWORD, SNMP_COMMUNITY), _A_PASSWORD),
}


def _kind(name: str) -> str:
    return WIREGUARD if name.startswith(WIREGUARD) else name


def _wrong(name: str, value: str) -> str:
    """What is wrong with a secret, without quoting it; empty when it is right."""
    try:
        if _kind(name) == WIREGUARD:
            keys.wireguard_public(value)
        elif _kind(name) in (HOST_KEY, ADMIN_KEY):
            keys.ssh_public(value)
        else:
            keys.check_password(value)
    except ValueError as error:
        return str(error)
    return ""
