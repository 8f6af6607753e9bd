"""Who may log in: read from the running configuration at every attempt."""

from __future__ import annotations

import ctypes
import secrets
import string

from twin.vyos.schema import Node
from twin.vyos.tree import Tree, below, has, put, remove, value, values

_SALT = string.ascii_letters + string.digits + "./"


def _crypt(password: str, setting: str) -> str | None:
    """crypt(3) of the C library, which Python has no module for any more."""
    library = ctypes.CDLL("libcrypt.so.1")
    library.crypt.restype = ctypes.c_char_p
    library.crypt.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    result = library.crypt(password.encode(), setting.encode())
    return result.decode("ascii") if result else None


def encrypt(password: str) -> str:
    return _crypt(password, "$6$" + "".join(secrets.choice(_SALT) for _ in range(16))) or "*"


def password_fits(password: str, encrypted: str) -> bool:
    """False for a locked password ("*", "!")."""
    if not encrypted.startswith("$"):
        return False
    return secrets.compare_digest((_crypt(password, encrypted) or "*").encode(), encrypted.encode())


def may_log_in(config: Tree, user: str, kind: str, credential: str) -> bool:
    """Whether SSH lets ``user`` in with a password or a public key ("ssh-ed25519 AAAA…")."""
    login = below(config, "system", "login", "user", user)
    control = below(config, "service", "ssh", "access-control")
    allowed, denied = values(control, "allow", "user"), values(control, "deny", "user")
    if not login or has(login, "disable") or user in denied or (allowed and user not in allowed):
        return False
    authentication = below(login, "authentication")
    if kind == "password":
        off = has(config, "service", "ssh", "disable-password-authentication")
        return not off and password_fits(credential, value(authentication, "encrypted-password") or "*")
    keys = below(authentication, "public-keys")
    return any(f"{value(key, 'type')} {value(key, 'key')}" == credential for key in keys.values())


def encrypt_plaintext(config: Tree, schema: Node) -> None:
    """What a commit does to passwords that were set in clear text."""
    for user in values(config, "system", "login", "user"):
        path = ("system", "login", "user", user, "authentication")
        if plain := value(config, *path, "plaintext-password"):
            put(config, (*path, "encrypted-password", encrypt(plain)), schema)
            remove(config, (*path, "plaintext-password"), schema)
