"""A VyOS router as the twin sees it: console, SSH, power."""

from __future__ import annotations

import time

import asyncssh

from twin.device import DeviceRefused, Host, Unit
from twin.vyos import users
from twin.vyos.shell import Shell
from twin.vyos.sshd import SshService
from twin.vyos.system import System
from twin.vyos.terminal import ScriptIo, StreamIo, Terminal
from twin.vyos.tree import value

_FIRST_USER = "vyos"  # user and password that a technician finds on a new unit


class VyosDevice:
    """Implements :class:`twin.device.Device`."""

    def __init__(self, unit: Unit, host: Host) -> None:
        self.unit = unit
        self.system = System(unit, host)

    async def boot(self) -> None:
        """Start from the disk; returns when the configuration is applied and SSH listens (if it is on)."""
        await self.system.boot(lambda system: SshService(system.files, self._authenticate, self._session))

    def _authenticate(self, user: str, kind: str, credential: str) -> bool:
        return users.may_log_in(self.system.running, user, kind, credential)

    async def _session(self, process: asyncssh.SSHServerProcess[str]) -> None:
        user = process.get_extra_info("username")
        if process.command is not None:
            stream = StreamIo(process)
            shell = Shell(self.system, user, stream)
            reads_script = process.command.split() in (["vbash", "-s"], ["vbash"], ["/bin/vbash", "-s"], ["/bin/vbash"])
            if not reads_script:
                await shell.execute(process.command)
            process.exit(await shell.run() if reads_script else shell.status)
            return
        if process.term_type is None:
            process.exit(await Shell(self.system, user, StreamIo(process)).run())
            return
        terminal = Terminal(process)
        self.system.terminals.add(terminal)
        try:
            terminal.write(self._greeting(process))
            process.exit(await Shell(self.system, user, terminal).run())
        finally:
            self.system.terminals.discard(terminal)
            await terminal.close()

    def _greeting(self, process: asyncssh.SSHServerProcess[str]) -> str:
        own = value(self.system.running, "system", "login", "banner", "post-login")
        peer = process.get_extra_info("peername")
        when = time.strftime("%a %b %e %H:%M:%S %Y", time.gmtime())
        return (f"{own}\n" if own is not None else "Welcome to VyOS!\n\n") + f"Last login: {when} from {peer[0]}\n"

    async def usb(self, name: str, content: bytes) -> str:
        """Log in at the console as vyos/vyos and run the vbash script on the stick; returns what it printed.

        Raises DeviceRefused when nobody can log in so, when the file is no vbash script, and when the script did not
        end well or was refused anything.
        """
        stored = value(
            self.system.running, "system", "login", "user", _FIRST_USER, "authentication", "encrypted-password"
        )
        if not users.password_fits(_FIRST_USER, stored or "*"):
            hostname = value(self.system.running, "system", "host-name") or "vyos"
            raise DeviceRefused(f"{hostname} login: {_FIRST_USER}\nPassword: \n\nLogin incorrect\n")
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            text = ""
        lines = text.splitlines()
        if not lines or lines[0].split()[:1] not in (["#!/bin/vbash"], ["#!/usr/bin/vbash"]):
            raise DeviceRefused(f"vbash: {name}: cannot execute: not a vbash script\n")
        io = ScriptIo(lines)
        shell = Shell(self.system, _FIRST_USER, io, f"/media/usb/{name}")
        status = await shell.run()
        if status != 0 or shell.refusals:
            raise DeviceRefused(io.printed or f"{name}: exit status {status}\n")
        return io.printed

    def status(self) -> dict[str, object]:
        return {
            "factory_new": self.system.is_factory_new(),
            "release": self.unit.release,
            "hostname": value(self.system.running, "system", "host-name") or "vyos",
            "confirm_pending": self.system.timer.pending,
            "unsaved": self.system.unsaved(),
        }

    async def shutdown(self) -> None:
        await self.system.shutdown()
