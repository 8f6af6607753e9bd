"""The device as the twin starts it: console, services and timers around a router."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import itertools
import shutil
import time
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import asyncssh

from twin import ssh
from twin.device import DeviceRefused, Host, Unit
from twin.routeros import gateways, keys, translate
from twin.routeros.console import Console, execute, login_name
from twin.routeros.errors import Refusal
from twin.routeros.files import write_file
from twin.routeros.interpreter import Runner
from twin.routeros.menu import Release
from twin.routeros.router import Router
from twin.routeros.scheduler import Scheduler
from twin.routeros.services import Services
from twin.routeros.session import Quit

_V20 = Release(7, 20)
_STICK = "usb1"


class RouterosDevice:
    """Implements ``twin.device.Device``."""

    bind: ClassVar[str] = "0.0.0.0"
    port_offset: ClassVar[int] = 0  # added to every port: tests cannot have 22

    def __init__(self, unit: Unit, host: Host) -> None:
        self.router = Router(unit, host)
        self.router.build = translate.meaning
        self.scheduler = Scheduler(self.router)
        self.services = Services(self.router, self.bind, self.port_offset)
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._listening: tuple[int | None, str] = (None, "")
        self._connections: set[asyncssh.SSHServerConnection] = set()
        self._numbers = itertools.count(1)
        self._gateways: asyncio.Task[None] | None = None

    # ------------------------------------------------------------ life
    async def boot(self) -> None:
        router = self.router
        router.load()
        router.booted = time.monotonic()
        await router.apply()
        await self._listen()
        await self.services.refresh()
        router.settled += [self._listen, self.services.refresh]
        router.journal.log("system,info", "router rebooted")
        await self._run_after_reset()
        self.scheduler.start()
        self._gateways = asyncio.create_task(gateways.watch(router))

    async def _run_after_reset(self) -> None:
        router = self.router
        name, router.after_reset = router.after_reset, ""
        if not name:
            return
        router.save()
        try:
            await Runner(router, "admin", lambda text: None).run(f'/import file-name="{name}"')
        except Refusal as error:
            router.journal.log("script,error", f"run-after-reset {name} failed: {error}")
        except Quit:
            pass

    async def shutdown(self) -> None:
        self.router.go_down()
        if self._gateways is not None:
            self._gateways.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._gateways
        await self.scheduler.stop()
        await self.services.close()
        for connection in list(self._connections):
            connection.abort()
        if self._acceptor is not None:
            self._acceptor.close()
            self._acceptor = None

    def status(self) -> dict[str, object]:
        router = self.router
        return {
            "factory_new": router.factory_new,
            "release": router.unit.release,
            "version": router.version,
            "hostname": router.hostname(),
        }

    async def usb(self, name: str, content: bytes) -> str:
        """The technician stands at the console, logs in as admin and imports the file from the stick."""
        router = self.router
        admin = next((e for e in router.config.enabled("/user") if e["name"] == "admin"), None)
        if admin is None or not keys.matches(router.label.password, admin["password"]):
            raise DeviceRefused("Login failed, incorrect username or password")
        stick = f"{_STICK}/{Path(name).name}"
        write_file(router, stick, content)
        printed: list[str] = []
        try:
            await Runner(router, "admin", printed.append).run(f'/import file-name="{stick}"')
        except Refusal as error:
            raise DeviceRefused(f"{''.join(printed)}{error}") from None
        except Quit:
            pass
        finally:
            shutil.rmtree(router.files / _STICK, ignore_errors=True)  # he takes it with him
        return "".join(printed)

    # ------------------------------------------------------------ SSH
    async def _listen(self) -> None:
        """Open, move or close the SSH port. Sessions that are there stay."""
        kind = self.router.config.settings("/ip/ssh")["host-key-type"]
        wanted = (translate.ssh_port(self.router.config), self.router.host_keys[kind])
        if wanted == self._listening:
            return
        if self._acceptor is not None:
            self._acceptor.close()
            await self._acceptor.wait_closed()
            self._acceptor = None
        self._listening = wanted
        port, host_key = wanted
        if port is None:
            return
        try:
            self._acceptor = await ssh.serve(
                port + self.port_offset,
                host_key,
                self.authenticate,
                self._session,
                sftp_root=lambda user: self.router.files,
                host=self.bind,
                passwords=self._passwords,
                version="ROSSSH",
            )
        except OSError as error:
            self._listening = (None, "")
            self.router.journal.defect(f"SSH cannot listen on port {port}: {error}")

    def _password_rule(self) -> str:
        settings = self.router.config.settings("/ip/ssh")
        if self.router.release >= _V20:
            return settings["password-authentication"]
        return "yes" if settings["always-allow-password-login"] == "yes" else "yes-if-no-key"

    def _passwords(self) -> bool:
        return self._password_rule() != "no"

    def authenticate(self, user: str, kind: str, credential: str) -> bool:
        """A user with an SSH key cannot log in with a password unless that is allowed."""
        config, name = self.router.config, login_name(user)
        entry = next((e for e in config.enabled("/user") if e["name"] == name), None)
        own = [key["key"] for key in config.enabled("/user/ssh-keys") if key["user"] == name]
        if entry is not None and kind == "publickey" and credential in own:
            return True
        password_counts = kind == "password" and (not own or self._password_rule() == "yes")
        if entry is not None and password_counts and keys.matches(credential, entry["password"]):
            return True
        if kind == "password":
            self.router.journal.log("system,error,critical", f"login failure for user {name} via ssh")
        return False

    async def _session(self, process: asyncssh.SSHServerProcess[str]) -> None:
        router = self.router
        user = login_name(process.get_extra_info("username"))
        peer = process.get_extra_info("peername")
        address = peer[0] if peer else ""
        entry = next((e for e in router.config.enabled("/user") if e["name"] == user), {})
        allowed = entry.get("address", "")
        if allowed and not _inside(address, allowed):
            router.journal.log("system,error,critical", f"login failure for user {user} from {address} via ssh")
            process.exit(1)
            return
        number = next(self._numbers)
        when = datetime.now().strftime("%Y-%m-%d %H:%M:%S")
        group = entry.get("group", "")
        router.sessions[number] = {"when": when, "name": user, "address": address, "via": "ssh", "group": group}
        router.journal.log("system,info,account", f"user {user} logged in from {address} via ssh")
        connection = process.get_extra_info("connection")
        self._connections.add(connection)
        status = 0
        try:
            if process.command is not None:
                status = await execute(router, user, process, process.command)
            else:
                await Console(router, user, process).run()
        finally:
            self._connections.discard(connection)
            router.sessions.pop(number, None)
            router.journal.log("system,info,account", f"user {user} logged out from {address} via ssh")
            if not process.is_closing():
                process.exit(status)


def _inside(address: str, prefixes: str) -> bool:
    own = ipaddress.ip_address(address)
    return any(own in ipaddress.ip_network(prefix) for prefix in prefixes.split(","))
