"""The unit as the twin powers it: its memory, its SIP client and its two faces."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Interface

import asyncssh

from twin import ssh
from twin.polycom import certificates
from twin.polycom.agent import Agent
from twin.polycom.console import Console, Line
from twin.polycom.endpoint import Endpoint, Run, factory
from twin.polycom.https import HttpsServer
from twin.polycom.passwords import Passwords
from twin.polycom.rest import Rest
from twin.polycom.settings import HOSTNAME, SIP_USER, SYSTEM_NAME
from twin.polycom.sip import Keeper
from twin.polycom.store import Store
from twin.polycom.unit import SOFTWARE, RoomUnit, bad_days

__all__ = ["PolycomDevice", "RoomUnit", "StaticAddress"]

MAX_SSH_SESSIONS = 4
SSH_VERSION = "OpenSSH_6.6"
OLD_HOST_KEY = ("ssh-rsa",)  # RSA with SHA-1, and nothing else
REPLY_SECONDS = 0.2  # the reply to what closes a port leaves first


@dataclass(frozen=True)
class StaticAddress:
    """What the unit calls itself when it does not ask DHCP."""

    address: IPv4Interface
    gateway: str  # "" = none


class PolycomDevice:
    """One RealPresence Group. The machine around it gives the SIP client, commands and the power switch."""

    def __init__(
        self,
        unit: RoomUnit,
        agent: Agent,
        run: Run,
        reboot: Callable[[], None],
        *,
        port: str = "eth0",
        bind: str = "0.0.0.0",
        ssh_port: int = 22,
        https_port: int = 443,
        old_host_key: bool = True,
    ) -> None:
        """Port 0 takes a free one. Raises DeviceRefused when what is on the disk cannot be understood."""
        self.unit = unit
        self.ssh_port = ssh_port
        self.https_port = https_port
        self._bad = bad_days(unit.disk)
        self._bind = bind
        self._host_key_algorithms = OLD_HOST_KEY if old_host_key else ()
        store = Store(unit.disk, factory(unit, self._bad))
        self.endpoint = Endpoint(unit, store, Passwords(store, store.serial), agent, run, port)
        self._keeper = Keeper(agent, self.endpoint.active)
        self._power = reboot
        self._rest = Rest(self.endpoint, self._bad)
        self._https = HttpsServer(self._rest)
        self._ssh: asyncssh.SSHAcceptor | None = None
        self._connections: set[asyncssh.SSHServerConnection] = set()
        self._line = Line()
        self._services: asyncio.Task[None] | None = None
        self._restarting: asyncio.Task[None] | None = None

    # ------------------------------------------------------------ life
    async def boot(self) -> None:
        """Start from the disk, or as from the factory; returns when both faces answer."""
        endpoint = self.endpoint
        endpoint.changed, endpoint.settle, endpoint.restart = self._changed, self._keeper.settle, self._restart
        await self._keeper.start()
        await self._follow()

    async def shutdown(self) -> None:
        """Close both faces and end the SIP client; writes nothing."""
        self.endpoint.going_down = True
        if self._services is not None:
            self._services.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._services
        for connection in list(self._connections):
            connection.abort()
        if self._ssh is not None:
            self._ssh.close()
            self._ssh = None
        await self._https.stop()
        await self._keeper.stop()

    def _restart(self) -> None:
        if self._restarting is None:
            self._restarting = asyncio.create_task(self._go_down())

    async def _go_down(self) -> None:
        try:
            await self.shutdown()
        finally:
            self._power()

    def status(self) -> dict[str, object]:
        """What the twin's status shows."""
        endpoint = self.endpoint
        return {
            "factory_new": endpoint.store.factory_new,
            "release": SOFTWARE,
            "hostname": endpoint.active(HOSTNAME),
            "model": endpoint.model,
            "serial": endpoint.serial,
            "system_name": endpoint.store[SYSTEM_NAME],
            "extension": endpoint.store[SIP_USER],
            "registered": endpoint.agent.registered,
            "failure": endpoint.agent.failure,
            "calls": len(endpoint.calls()),
            "reboot_needed": endpoint.reboot_needed,
        }

    @property
    def static_address(self) -> StaticAddress | None:
        """What this boot's settings say instead of DHCP; None = DHCP, or nothing usable."""
        endpoint = self.endpoint
        address, mask = endpoint.active("ipaddress"), endpoint.active("subnetmask")
        if endpoint.leased or not address or not mask:
            return None
        return StaticAddress(IPv4Interface(f"{address}/{mask}"), endpoint.active("defaultgateway"))

    # ------------------------------------------------------------ settings that matter outside of the faces
    def _changed(self) -> None:
        self._keeper.changed()
        if self._services is None or self._services.done():
            self._services = asyncio.create_task(self._follow_soon())

    async def _follow_soon(self) -> None:
        followed = None
        while followed != self._wanted():
            await asyncio.sleep(REPLY_SECONDS)
            followed = self._wanted()
            try:
                await self._follow()
            except OSError as error:  # the machine's fault: told, and tried again with the next change
                context = {"message": "a port cannot be opened", "exception": error}
                asyncio.get_running_loop().call_exception_handler(context)

    def _wanted(self) -> tuple[bool, bool]:
        """Whether SSH and HTTPS are to be open."""
        store = self.endpoint.store
        return store["sshenable"] == "true", store["webenabled"] == "True"

    async def _follow(self) -> None:
        """Open and close the ports as the settings say. Sessions over SSH stay."""
        by_ssh, by_https = self._wanted()
        if by_ssh and self._ssh is None:
            self._ssh = await ssh.serve(
                self.ssh_port,
                await asyncio.to_thread(certificates.ssh_host_key, self.unit.disk, self.endpoint.serial),
                self._authenticate,
                self._session,
                rsa_sha1=True,
                host=self._bind,
                version=SSH_VERSION,
                host_key_algorithms=self._host_key_algorithms,
            )
            self.ssh_port = self._ssh.get_port()
        elif not by_ssh and self._ssh is not None:
            self._ssh.close()
            self._ssh = None
        if by_https and not self._https.listening:
            context = await asyncio.to_thread(certificates.web_context, self.unit.disk, self.endpoint.serial)
            self.https_port = await self._https.start(self._bind, self.https_port, context)
        elif not by_https and self._https.listening:
            await self._https.stop()

    # ------------------------------------------------------------ SSH
    def _authenticate(self, user: str, kind: str, credential: str) -> bool:
        return kind == "password" and self.endpoint.passwords.login(user, credential).success

    async def _session(self, process: asyncssh.SSHServerProcess[str]) -> None:
        connection = process.get_extra_info("connection")
        if len(self._connections) >= MAX_SSH_SESSIONS or connection in self._connections:
            connection.close()
            return
        if process.command is not None:  # there is a command line only, no exec requests
            process.exit(1)
            return
        self._connections.add(connection)
        try:
            await Console(self.endpoint, process, self._bad, self._line).run()
        finally:
            self._connections.discard(connection)
            connection.close()
