"""Stand-ins for secrets that look like them, say what they stand for, and are always the same.

With them every configuration can be rendered, checked and committed (``intended/``) without any secret.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Mapping

from diemcau.errors import Problem
from diemcau.redaction import Secret

_WIREGUARD = 42  # characters that are free: 32 bytes are 43 of base64, of which the last carries 4 bits only
_SSH = 40  # characters that are free and begin at a whole byte, see _ssh()


class PlaceholderSecrets:
    """A source of secrets that has none."""

    take_next: bool | None = None

    def problems(self, wanted: Mapping[str, Collection[str]]) -> list[Problem]:
        return []

    def wireguard_private_key(self, host: str, interface: str) -> Secret:
        return Secret(_wireguard(f"secret {host} {interface}"))

    def wireguard_public_key(self, host: str, interface: str) -> str:
        return _wireguard(f"public {host} {interface}")

    def ssh_host_key(self, host: str) -> Secret:
        body = base64.b64encode(f"placeholder for the host key of {host}".encode()).decode()
        begin, end = (f"-----{word} OPENSSH PRIVATE KEY-----" for word in ("BEGIN", "END"))
        return Secret(f"{begin}\n{body}\n{end}\n")

    def ssh_host_public_key(self, host: str) -> str:
        return _ssh(f"public {host}")

    def admin_password(self, host: str) -> Secret:
        return Secret(f"secret-of-{host}")

    def room_password(self, host: str) -> Secret:
        return Secret(f"room-secret-of-{host}")

    def sip_password(self, host: str) -> Secret:
        return Secret(f"sip-secret-of-{host}")

    def previous(self, host: str, name: str) -> Secret | None:
        return None

    def snmp_community(self) -> Secret:
        return Secret("secret-snmp-community")

    def admin_ssh_key(self) -> Secret:
        return self.ssh_host_key("control")

    def admin_ssh_public_key(self) -> str:
        return _ssh("public key of the control machine")


def _words(text: str, length: int) -> str:
    """``text`` in base64's letters, exactly ``length`` of them; a long one keeps its beginning and a digest."""
    words = re.sub(r"[^A-Za-z0-9]+", "+", text)
    if len(words) > length:
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        words = f"{words[: length - 9]}+{digest}"
    return words.ljust(length, "+")


def _wireguard(text: str) -> str:
    return f"{_words(text, _WIREGUARD)}A="


def _ssh(text: str) -> str:
    """An ed25519 public key in OpenSSH's form.

    Its blob is 4 + 11 bytes of type, 4 of length and 32 of key; two bytes of the key complete a group of three, the
    other 30 are 40 letters.
    """
    key = b"\0\0" + base64.b64decode(_words(text, _SSH))
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + key
    return f"ssh-ed25519 {base64.b64encode(blob).decode()}"
