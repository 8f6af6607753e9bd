"""The router's SSH server: on or off, where it listens and with which key, as its configuration and disk say."""

from __future__ import annotations

import sys

import asyncssh

from twin.ssh import Authenticate, Session, serve
from twin.vyos.files import HOST_KEY, Files
from twin.vyos.tree import Tree, get, has, value, values


def make_host_key(files: Files) -> None:
    """What the first boot does."""
    if not files.exists(HOST_KEY):
        key = asyncssh.generate_private_key("ssh-ed25519", comment="root@vyos")
        files.write(HOST_KEY, key.export_private_key("openssh").decode())


class SshService:
    """Sessions outlive a restart, as they do on the device."""

    def __init__(self, files: Files, authenticate: Authenticate, session: Session) -> None:
        self._files = files
        self._authenticate = authenticate
        self._session = session
        self._acceptors: list[asyncssh.SSHAcceptor] = []
        self._settings: Tree | None = None
        self._config: Tree = {}

    @property
    def running(self) -> bool:
        return bool(self._acceptors)

    async def follow(self, config: Tree) -> None:
        """A commit restarts the server when its settings changed."""
        self._config = config
        settings = get(config, "service", "ssh")
        if settings != self._settings:
            self._settings = settings
            await self.restart()

    async def restart(self) -> str:
        """Read key and settings anew; returns what went wrong, "" = it runs (or is off)."""
        self.stop()
        if self._settings is None:
            return ""
        off = has(self._settings, "disable-password-authentication")
        problem = ""
        for port in values(self._settings, "port") or ["22"]:
            for address in values(self._settings, "listen-address") or ["0.0.0.0"]:
                try:
                    acceptor = await serve(
                        int(port),
                        self._files.read(HOST_KEY),
                        self._authenticate,
                        self._session,
                        sftp_root=self._files.sftp_root,
                        banner=value(self._config, "system", "login", "banner", "pre-login") or "",
                        host=address,
                        passwords=lambda: not off,
                        version="OpenSSH_9.2p1 Debian-2+deb12u3",
                        compression=True,
                    )
                except (OSError, asyncssh.KeyImportError) as error:
                    problem = f"sshd: {error}"
                    print(problem, file=sys.stderr, flush=True)
                else:
                    self._acceptors.append(acceptor)
        return problem

    def stop(self) -> None:
        """Stop listening; sessions go on."""
        for acceptor in self._acceptors:
            acceptor.close()
        self._acceptors = []
