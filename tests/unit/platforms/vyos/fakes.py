"""A VyOS shell on a channel, small and scripted: enough of a device to test what the driver says to it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

from diemcau.platforms.vyos.dialogue import Dialogue
from diemcau.platforms.vyos.driver import VyosDriver

WALL = (
    "\r\n[commit-confirm] System will reboot in 1 minute                               \r\n"
    "to rollback the last commit.                                                   \r\n"
    "Confirm your changes to cancel the reboot.                                     \r\n"
)


class FakeVyos:
    """``sendall`` takes what is typed, ``recv`` gives what the shell writes."""

    def __init__(self, running: Iterable[str], *, user: str = "diemcau", version: str = "1.4.3") -> None:
        self.running = sorted(running)  # "interfaces lo …", quoted as the device prints it
        self.saved = list(self.running)
        self.candidate: list[str] | None = None  # None = not in configuration mode
        self.user, self.version = user, version
        self.timer = False
        self.asking: str | None = None  # the command that waits for a yes or no
        self.obeys_stty = True
        self.echo = True
        self.chunk = 65536  # bytes given by one recv
        self.refuse: dict[str, str] = {}  # part of a statement -> the device's words
        self.commit_fails = ""  # the device's words
        self.commit_half: list[str] | None = None  # what runs after a failed commit
        self.commit_locked = False
        self.save_fails = False
        self.dies_at = ""  # the session is cut when this is typed
        self.wall_at = ""  # a message to all terminals falls in after this output line
        self.silent_at = ""
        self.typed: list[str] = []
        self.dead = False
        self._pending = b""
        self._out = b"\r\nWelcome to VyOS!\r\n\x1b]0;vyos\x07\x1b[?2004h" + self._prompt().encode()
        self.closed = 0

    # -- what paramiko's channel offers
    def settimeout(self, timeout: float | None) -> None:
        self.timeout = timeout

    def sendall(self, s: bytes) -> None:
        if self.dead:
            raise OSError("Socket is closed")
        self._pending += s
        while b"\n" in self._pending and not self.dead:
            line, _, self._pending = self._pending.partition(b"\n")
            self._line(line.decode())

    def recv(self, nbytes: int) -> bytes:
        if not self._out:
            if self.dead:
                return b""
            raise TimeoutError
        given, self._out = self._out[: self.chunk], self._out[self.chunk :]
        return given

    def disconnect(self) -> None:
        self.closed += 1

    # -- the shell
    def _prompt(self) -> str:
        return f"[edit]\r\n{self.user}@router# " if self.candidate is not None else f"{self.user}@router:~$ "

    def _write(self, text: str) -> None:
        if self.wall_at and self.wall_at in text:
            at = text.index(self.wall_at) + len(self.wall_at)
            text, self.wall_at = text[:at] + WALL + text[at:], ""
        self._out += text.replace("\r\n", "\n").replace("\n", "\r\n").encode()

    def _line(self, line: str) -> None:
        self.typed.append(line)
        if self.dies_at and self.dies_at in line:
            self.dead, self._out = True, self._out + b"half an ans"
            return
        if self.silent_at and self.silent_at in line:
            self._pending = b""
            return
        if self.echo:
            self._out += line.encode() + b"\r\n\x1b[?2004l\r"
        answer = self._answer(line)
        self._write(answer)
        if self.asking is None:
            self._write(("\x1b[?2004h" if self.echo else "") + self._prompt())

    def _answer(self, line: str) -> str:
        if self.asking is not None:
            self.asking, command = None, self.asking
            return self._commit_confirm(command) if line == "y" else "commit-confirm canceled\n"
        if line.startswith("echo "):
            return "".join(shlex.split(line)[1:]) + "\n"
        if line == "stty -echo":
            self.echo = not self.obeys_stty
            return "" if self.obeys_stty else "\n  Invalid command: [stty]\n\n"
        return self._configure(line) if self.candidate is not None else self._operate(line)

    def _operate(self, line: str) -> str:
        if line == "configure":
            self.candidate = list(self.running)
            return ""
        return {
            "set terminal length 0": "",
            "show version": f"Version:          VyOS {self.version}\nRelease train:    sagitta\n",
            "show configuration commands": "".join(f"set {p}\n" for p in self.running),
            "systemctl is-active commit-confirm.timer": "active\n" if self.timer else "inactive\n",
            "date +%s": "1000100\n",
            "ip -4 neigh show": "10.77.16.20 dev br0 lladdr 64:16:7f:77:00:10 REACHABLE\n10.0.0.9 dev br0 FAILED\n",
            "vtysh -c 'show bgp ipv4 unicast summary json'": (
                '{\n  "routerId":"10.77.255.16",\n  "peers":{\n    "10.77.250.1":{"state":"Established"},\n'
                '    "10.77.251.2":{"state":"Active"}\n  }\n}\n'
            ),
            "ip -json address show": (
                '[{"ifname":"eth0","flags":["UP","LOWER_UP"],"addr_info":[{"family":"inet","local":"198.51.100.2"}]},'
                '{"ifname":"eth2","flags":["NO-CARRIER","UP"],"addr_info":[{"family":"inet6","local":"fe80::1"}]}]\n'
            ),
            "ip -json -4 route show": (
                '[{"dst":"default","gateway":"198.51.100.1","dev":"eth0","protocol":"static","metric":20},'
                '{"dst":"10.77.1.0/24","gateway":"10.77.250.1","dev":"wg0","protocol":"bgp","metric":20}]\n'
            ),
            "sudo wg show all latest-handshakes": "wg0\tAAAA=\t1000090\nwg1\tBBBB=\t0\n",
            "show dhcp server leases": "IP Address   MAC address   State\n10.77.16.101 64:16:7F:00:00:01 active x\n",
        }.get(line, f"\n  Invalid command: [{line}]\n\n")

    def _configure(self, line: str) -> str:
        assert self.candidate is not None
        verb, _, path = line.partition(" ")
        for part, words in self.refuse.items():
            if part in line:
                return f"\n  {words}\n  Set failed\n\n"
        if verb == "set":
            quoted = _as_shown(path)
            self.candidate = sorted({*self.candidate, quoted})
            return ""
        if verb == "delete":
            words = shlex.split(path)
            left = [p for p in self.candidate if shlex.split(p)[: len(words)] != words]
            if left == self.candidate:
                return "\n  Nothing to delete (the specified node does not exist)\n\n"
            self.candidate = left
            return ""
        return self._transact(line)

    def _transact(self, line: str) -> str:
        if line == "compare saved":
            return self._compared(self.candidate != self.saved, "saved")
        if line == "compare":
            return self._compared(self.candidate != self.running, "active")
        if line == "save":
            if self.save_fails:
                return "[Errno 28] No space left on device\n"
            self.saved = list(self.running)
            return "Saving configuration to '/config/config.boot'...\nDone\n"
        if line == "confirm":
            stopped, self.timer = self.timer, False
            return "Reboot timer stopped\n" if stopped else "No confirm pending\n"
        if line.startswith("commit-confirm"):
            return self._ask(line)
        if line == "commit":
            self.running = list(self.candidate or [])
            return ""
        if line in ("exit", "exit discard"):
            return self._exit(discard=line != "exit")
        return f"\n  Invalid command: [{line}]\n\n"

    def _ask(self, line: str) -> str:
        if self.timer:
            return "Another confirm is pending\n"
        self.asking = line
        warning = "commit-confirm will automatically reboot in 5 minutes unless changes\nare confirmed.\n\n"
        return f"{warning}Proceed ? [Y/n] "

    def _exit(self, *, discard: bool) -> str:
        if not discard and self.candidate != self.running:
            return "Cannot exit: configuration modified.\nUse 'exit discard' to discard the changes and exit.\n"
        self.candidate = None
        return "exit\n"

    def _compared(self, differs: bool, what: str) -> str:
        return (
            "[interfaces]\n+ something\n" if differs else f"No changes between working and {what} configurations.\n\n"
        )

    def _commit_confirm(self, command: str) -> str:
        self.timer = True
        minutes = re.findall(r"\d+", command)[0]
        started = f"Initialized commit-confirm; {minutes} minutes to confirm before reboot\n"
        if self.commit_locked:
            return started + "Configuration system temporarily locked due to another commit in progress\n\n"
        if self.commit_fails:
            if self.commit_half is not None:
                self.running = sorted(self.commit_half)
            return f"{started}{self.commit_fails}\nCommit failed\n\n"
        self.running = list(self.candidate or [])
        return started


def _as_shown(path: str) -> str:
    """A typed path as the device prints it: the last word quoted."""
    *words, last = shlex.split(path)
    return " ".join([*words, f"'{last}'"]) if words else last


def driver(device: FakeVyos, host: str = "ga-ry-router") -> VyosDriver:
    """A driver on the fake."""
    dialogue = Dialogue(device, host, device.user, 5.0)
    dialogue.await_prompt()
    return VyosDriver(dialogue, host, 5.0, device)
