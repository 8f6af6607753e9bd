"""What an endpoint showed when it was first met: its SSH host key and its certificate, kept beside its secrets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from diemcau.secrets import vaultfiles
from diemcau.secrets.vaultfiles import Vault

HOST_KEY = "pinned_host_key"
CERTIFICATE = "pinned_certificate"


@dataclass(frozen=True)
class Pins:
    """Empty texts: not met yet."""

    host_key: str = ""  # "ssh-rsa AAAA…"
    certificate: str = ""  # "SHA256:" and 64 hexadecimal digits

    @property
    def met(self) -> bool:
        """Whether the endpoint was met before and is known by both: then it is trusted with our own passwords."""
        return bool(self.host_key and self.certificate)


def same(known: Pins, seen: Pins) -> bool:
    """Whether it is the endpoint that was met: it proves one of its two keys. It may have made the other one anew."""
    return known.host_key == seen.host_key or known.certificate == seen.certificate


def renew(path: Path, seen: Pins, vault: Vault) -> None:
    """Pin what the endpoint shows now, in the place of what it showed before."""
    with vaultfiles.alone(path.parent):
        vaultfiles.change(path, {HOST_KEY: seen.host_key, CERTIFICATE: seen.certificate}, (), vault)


def read(path: Path, vault: Vault) -> Pins:
    """The pins of the endpoint whose secrets are in ``path``. Raises DiemcauError when it cannot be read."""
    return _of(vaultfiles.reader(vault)(path)) if path.exists() else Pins()


def keep(path: Path, seen: Pins, vault: Vault) -> list[str]:
    """Pin what is not pinned yet; give back the names of what was added. What is pinned is never overwritten."""
    with vaultfiles.alone(path.parent):
        known = read(path, vault)
        new = {HOST_KEY: seen.host_key} if seen.host_key and not known.host_key else {}
        if seen.certificate and not known.certificate:
            new[CERTIFICATE] = seen.certificate
        if new:
            vaultfiles.add(path, new, vault)
    return list(new)


def _of(values: dict[str, str]) -> Pins:
    return Pins(values.get(HOST_KEY, ""), values.get(CERTIFICATE, ""))
