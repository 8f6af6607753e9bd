"""Keys: WireGuard's public half, SSH host keys, users' SSH keys, password digests."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from twin.routeros.errors import Refusal


def wireguard_private() -> str:
    raw = X25519PrivateKey.generate().private_bytes_raw()
    return base64.b64encode(raw).decode()


def wireguard_public(private: str) -> str:
    raw = X25519PrivateKey.from_private_bytes(base64.b64decode(private)).public_key().public_bytes_raw()
    return base64.b64encode(raw).decode()


def new_host_key(kind: str, bits: int) -> str:
    """An OpenSSH private key as text."""
    key = ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else rsa.generate_private_key(65537, bits)
    return _text(key)


def _text(key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> str:
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    return encoded.decode("ascii")


def read_host_key(content: bytes, passphrase: str) -> str:
    """A host key from a file, PEM or OpenSSH, as OpenSSH text. Raises Refusal when the device could not read it."""
    password = passphrase.encode() or None
    key: object = None
    for load in (serialization.load_ssh_private_key, serialization.load_pem_private_key):
        try:
            key = load(content, password)
            break
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue
    if not isinstance(key, ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey):
        raise Refusal("failure: unable to load key file (wrong format or bad passphrase)!")
    return _text(key)


def host_key_pair(text: str) -> tuple[str, str, str]:
    """Private and public half of a host key, and its kind."""
    key = serialization.load_ssh_private_key(text.encode(), None)
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    kind = "ed25519" if isinstance(key, ed25519.Ed25519PrivateKey) else "rsa"
    return text, public.decode() + "\n", kind


def user_key(text: str) -> tuple[str, str, str]:
    """Type and blob, type as printed, comment of an OpenSSH public key. Raises Refusal."""
    words = text.split(None, 2)
    kinds = {"ssh-ed25519": "ed25519", "ssh-rsa": "rsa"}
    if len(words) < 2 or words[0] not in kinds:
        raise Refusal("failure: unable to load key file (wrong format or bad passphrase)!")
    try:
        raw = base64.b64decode(words[1], validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not raw.startswith(len(words[0]).to_bytes(4, "big") + words[0].encode()):
        raise Refusal("failure: unable to load key file (wrong format or bad passphrase)!")
    return f"{words[0]} {words[1]}", kinds[words[0]], words[2].strip() if len(words) > 2 else ""


def digest(password: str) -> str:
    """What is kept of a password."""
    salt = os.urandom(16)
    return f"{salt.hex()}:{_stretched(password, salt).hex()}"


def matches(password: str, kept: str) -> bool:
    """Whether ``password`` is the one of which ``kept`` was kept; no kept digest is the empty password."""
    if not kept:
        return password == ""
    salt, _, expected = kept.partition(":")
    return hmac.compare_digest(_stretched(password, bytes.fromhex(salt)).hex(), expected)


def _stretched(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "surrogateescape"), salt=salt, n=1 << 10, r=8, p=1)
