"""The SSH server under every router of the twin: a raw terminal, log-ins that are counted, nothing else.

Secrets (passwords, private keys) pass through here and are never logged: asyncssh logs user names and algorithms only.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import asyncssh

#: ``authenticate(user, kind, credential)``; kind is "password" or "publickey", the credential of the latter
#: is "ssh-ed25519 AAAA…" without a comment.
Authenticate: TypeAlias = Callable[[str, str, str], bool]
Session: TypeAlias = Callable[["asyncssh.SSHServerProcess[str]"], Awaitable[None]]

MAX_FAILED_LOGINS = 6  # per connection, OpenSSH's MaxAuthTries
LOGIN_SECONDS = 120  # OpenSSH's LoginGraceTime

# asyncssh offers these by default; OpenSSH since 8.2 does not.
_SHA1_OFF = {
    "kex_algs": "-diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha1",
    "signature_algs": "-ssh-rsa",
}


class _Server(asyncssh.SSHServer):
    """One connection: decides who gets in."""

    def __init__(self, authenticate: Authenticate, passwords: Callable[[], bool], banner: str) -> None:
        self._authenticate = authenticate
        self._passwords = passwords
        self._banner = banner
        self._failed = 0
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn

    def begin_auth(self, username: str) -> bool:
        if self._banner and self._connection is not None:
            self._connection.send_auth_banner(self._banner)
            self._banner = ""  # once for a connection
        return True

    def password_auth_supported(self) -> bool:
        return self._passwords()

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return self._passwords() and self._count(self._authenticate(username, "password", password))

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        kind, blob = key.export_public_key("openssh").decode("ascii").split()[:2]
        return self._count(self._authenticate(username, "publickey", f"{kind} {blob}"))

    def _count(self, accepted: bool) -> bool:
        if not accepted:
            self._failed += 1
            if self._failed >= MAX_FAILED_LOGINS:
                raise asyncssh.DisconnectError(
                    asyncssh.DISC_NO_MORE_AUTH_METHODS_AVAILABLE, "Too many authentication failures"
                )
        return accepted


def _guarded(session: Session) -> Session:
    """``session`` whose client may vanish at any moment, and whose channel is closed in any case."""

    async def run(process: asyncssh.SSHServerProcess[str]) -> None:
        try:
            await session(process)
        except (asyncssh.ConnectionLost, asyncssh.DisconnectError, BrokenPipeError, ConnectionResetError):
            return  # the client is gone: nobody to tell
        finally:
            if not process.is_closing():
                process.exit(0)

    return run


async def read_input(process: asyncssh.SSHServerProcess[str]) -> str:
    """What the client typed next, raw; "" at end of file. A break is Ctrl-C, a new window size is ignored."""
    while True:
        try:
            return await process.stdin.read(65536)
        except asyncssh.BreakReceived:
            return "\x03"
        except asyncssh.SignalReceived as signal:
            if signal.signal == "INT":
                return "\x03"
        except asyncssh.TerminalSizeChanged:
            continue


async def serve(
    port: int,
    host_key: str,
    authenticate: Authenticate,
    session: Session,
    sftp_root: Callable[[str], Path] | None = None,
    banner: str = "",
    rsa_sha1: bool = False,
    *,
    host: str = "0.0.0.0",
    passwords: Callable[[], bool] = lambda: True,
    version: str = "OpenSSH_9.2p1",
    host_key_algorithms: Sequence[str] = (),
    compression: bool = False,
) -> asyncssh.SSHAcceptor:
    """Listen for SSH on ``host``:``port`` with the private key ``host_key`` (its text, OpenSSH or PEM).

    ``session`` is called for each shell and each exec request (``process.command`` set) and reads with
    :func:`read_input`: no line editor, no echo, text as UTF-8. ``sftp_root`` gives a user's folder for SFTP and SCP,
    None refuses both. ``passwords`` tells whether password log-in is offered; ``rsa_sha1`` keeps what SSH clients and
    servers of ten years ago speak. ``host_key_algorithms`` limits the signatures offered for the host key ("ssh-rsa"
    is RSA with SHA-1); () = all that the key can. ``compression`` is offered as OpenSSH does, after the log-in. Port 0
    takes a free one.
    Raises OSError when the port is taken, asyncssh.KeyImportError when the key cannot be read.
    """

    def sftp(channel: asyncssh.SSHServerChannel[bytes]) -> asyncssh.SFTPServer:
        assert sftp_root is not None
        user = channel.get_extra_info("username")
        return asyncssh.SFTPServer(channel, chroot=str(sftp_root(user)).encode())

    host_keys = asyncssh.load_keypairs(asyncssh.import_private_key(host_key))
    for pair in host_keys if host_key_algorithms else ():
        pair.host_key_algorithms = [name.encode("ascii") for name in host_key_algorithms]
    return await asyncssh.create_server(
        lambda: _Server(authenticate, passwords, banner),
        host,
        port,
        server_host_keys=host_keys,
        process_factory=_guarded(session),
        sftp_factory=sftp if sftp_root is not None else None,
        allow_scp=sftp_root is not None,
        line_editor=False,
        encoding="utf-8",
        errors="replace",
        login_timeout=LOGIN_SECONDS,
        server_version=version,
        agent_forwarding=False,
        gss_host=None,  # else asyncssh asks the DNS for the own name, which a namespace does not reach: 20 s
        reuse_address=True,
        compression_algs=["zlib@openssh.com", "none"] if compression else ["none"],
        **({} if rsa_sha1 else _SHA1_OFF),
    )
