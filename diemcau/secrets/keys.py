"""Keys and passwords: made, checked, and turned into their public halves. Nothing here is ever printed."""

from __future__ import annotations

import base64
import binascii
import re
import secrets as _random

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
    load_ssh_public_key,
)

# Without characters that look alike on a label or a slow console: 0 O, 1 l I.
_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_PASSWORD_LENGTH = 20  # 116 bits; Polycom's endpoints take up to 32 characters


def new_password() -> str:
    """A password that can be typed on any keyboard."""
    return "".join(_random.choice(_ALPHABET) for _ in range(_PASSWORD_LENGTH))


def new_wireguard() -> str:
    """A WireGuard private key, clamped as ``wg genkey`` does: a device that clamps it shows the same text again."""
    raw = bytearray(_random.token_bytes(32))
    raw[0] &= 248
    raw[31] = raw[31] & 127 | 64
    return base64.b64encode(raw).decode()


def wireguard_public(private: str) -> str:
    """The public half. Raises ``ValueError``, without quoting the text, when it is no WireGuard key."""
    raw = _wireguard_bytes(private)
    public = X25519PrivateKey.from_private_bytes(raw).public_key()
    return base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def _wireguard_bytes(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32 or base64.b64encode(raw).decode() != text:
        raise ValueError("is no WireGuard key")
    return raw


def new_ssh() -> str:
    """An ed25519 private key as OpenSSH writes it."""
    return (
        Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode("ascii")
    )


def ssh_public(private: str) -> str:
    """``ssh-ed25519 AAAA…`` of a private key. Raises ``ValueError``, without quoting the text, when it is none."""
    try:
        key = load_ssh_private_key(private.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("is no SSH private key") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("is no ed25519 key")
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode("ascii")


def check_ssh_public(text: str) -> None:
    """Raise ``ValueError`` with words unless ``text`` is one line with an SSH public key."""
    if "PRIVATE KEY" in text:
        raise ValueError("is a private key, which must not stand here")
    line = text.strip()
    if "\n" in line or not re.match(r"(ssh-|ecdsa-|sk-)", line):
        raise ValueError("is no SSH public key")
    try:
        load_ssh_public_key(line.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("is no SSH public key") from None


def check_password(text: str) -> None:
    """Raise ``ValueError``, without quoting the text, unless every device takes it as a password.

    Quotes, backslashes and the dollar sign mean something on one or another command line.
    """
    if not re.fullmatch(r"[A-Za-z0-9._+=:@%/,-]{12,32}", text):
        raise ValueError("is no password that every device takes")
