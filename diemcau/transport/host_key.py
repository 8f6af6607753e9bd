"""Who answers at an address: the SSH host key that it shows to anybody, seen without a word about who asks."""

from __future__ import annotations

import socket

import paramiko

from diemcau.errors import Problem, Unreachable


def host_key(host: str, address: str, port: int = 22, timeout: float = 20.0, kind: str = "") -> str:
    """``ssh-ed25519 AAAA…``: the other end has proved to hold its private half. Nobody logs in.

    ``kind``: the type of key to ask for first, ``ssh-rsa``; a device may have several. Raises Unreachable.
    """
    transport = None
    try:
        transport = paramiko.Transport(socket.create_connection((address, port), timeout))
        transport.banner_timeout = transport.handshake_timeout = timeout
        if kind:
            options = transport.get_security_options()
            options.key_types = sorted(options.key_types, key=lambda known: not _is(known, kind))
        transport.start_client(timeout=timeout)
        key = transport.get_remote_server_key()
        return f"{key.get_name()} {key.get_base64()}"
    except (OSError, EOFError, paramiko.SSHException) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise Unreachable(Problem(host=host, found=f"{address} cannot be reached by SSH: {reason}")) from None
    finally:
        if transport is not None:
            transport.close()


def _is(algorithm: str, kind: str) -> bool:
    """Whether an algorithm of signatures belongs to a type of key: ``rsa-sha2-256`` to ``ssh-rsa``."""
    return algorithm == kind or (kind == "ssh-rsa" and algorithm.startswith("rsa-sha2-"))
