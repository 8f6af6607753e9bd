"""A RouterOS console on a channel, small and scripted: enough of a router to test what the driver says to it."""

from __future__ import annotations

import re

from diemcau.platforms.routeros.console import Console
from diemcau.platforms.routeros.driver import RouterosDriver
from tests.unit.platforms.routeros.interpreter import Device, Entry, Refused, values_of

GUARD = re.compile(r':if \(\[:len \[(/[a-z -]+?) find(.*?)\]\] (!=|<=) (\d+)\) do=\{:error "(.*?)"\}; ')
LOGGED = "2026-11-23 01:02:03 system,error,critical login failure for user root from 203.0.113.77 via ssh\r\n"


class FakeRouter:
    """``sendall`` takes what is typed, ``recv`` gives what the console writes, ``open_sftp`` takes files."""

    def __init__(self, device: Device, *, release: str = "7.18.2") -> None:
        self.device, self.release = device, release
        self.users: list[str] = ["diemcau"]
        self.files: dict[str, str] = {}
        self.timers: dict[str, str] = {}
        self.backup: dict[str, list[Entry]] = {}
        self.flash = False
        self.refuse: dict[str, str] = {}  # part of a statement -> the router's words
        self.refuse_once = True
        self.arms = True
        self.dies_at = ""  # the session is cut when this is typed
        self.comment = ""  # a line that the export begins with
        self.chunk = 65536
        self.typed: list[str] = []
        self.out, self.dead, self.closed = b"", False, 0

    # -- what netmiko's session and paramiko's channel and client offer
    @property
    def remote_conn_pre(self) -> FakeRouter:
        return self

    def disconnect(self) -> None:
        self.closed += 1

    def settimeout(self, seconds: float) -> None: ...

    def sendall(self, data: bytes) -> None:
        if self.dead:
            raise OSError("Socket is closed")
        self.feed(data.decode())

    def recv(self, size: int) -> bytes:
        if not self.out and not self.dead:
            raise TimeoutError
        piece, self.out = self.out[: min(size, self.chunk)], self.out[self.chunk :]
        return piece

    def open_sftp(self) -> FakeRouter:
        if self.dead or self.dies_at == "sftp":
            raise EOFError
        return self

    def open(self, name: str, mode: str) -> FakeRouter:
        self.opened = name
        return self

    def set_pipelined(self, on: bool) -> None: ...

    def write(self, content: bytes) -> None:
        self.typed.append(f"upload {self.opened}")
        self.files[self.opened] = content.decode()

    def close(self) -> None:
        self.dead = True

    def __enter__(self) -> FakeRouter:
        return self

    def __exit__(self, *_: object) -> None: ...

    # -- the console
    def feed(self, typed: str) -> None:
        """Echo first, as with type-ahead, then prompts, echo again, answers."""
        prompt = "\x1b[9999B[diemcau@ch-om] > "
        for line in typed.split("\r\n")[:-1]:
            self.typed.append(line)
            if self.dies_at and self.dies_at in line:
                self.dead = True
                return
            answer = self.answer(line)
            self.out += f"\r\r{prompt}\x1b[K{line}\r\n{answer}".encode()
        self.out += prompt.encode()

    def answer(self, line: str) -> str:
        if mark := re.fullmatch(r':put \("(.*)"\."(.*)"\)', line):
            return f"{mark[1]}{mark[2]}\r\n"
        said = self._command(line)
        return "".join(f"{one}\r\n" for one in said.split("\n")) if said else ""

    def _command(self, line: str) -> str:
        if line == "/system resource print":
            return f"  uptime: 1d\n  version: {self.release} (stable)"
        if line.startswith("/export"):
            return f"# by RouterOS\n{self.comment}\n{self.export()}"
        if line.startswith("/user ssh-keys print"):
            keys = self.device.entries.get("/user ssh-keys", [])
            return "\n".join(
                f" {i}     user={k['user']} key-owner={k['key'].split()[2] if 'key' in k else k['key-owner']} "
                for i, k in enumerate(keys)
            )
        if line.startswith("/user print"):
            users = self.device.entries.get("/user", [])
            return "\n".join(
                f" {i}     {comment}name={u['name']} group={u['group']} address="
                for i, u in enumerate(users)
                for comment in [f"comment={u['comment']} " if "comment" in u else ""]
            )
        if line.startswith("/file "):
            return self._file(line)
        if line.startswith(("/system scheduler", "/system backup")):
            return self._revert(line)
        if line.startswith("/import"):
            return self._import(self.files[line.partition("=")[2]])
        raise AssertionError(f"the router was told something that the script does not know: {line}")

    def _file(self, line: str) -> str:
        if line == '/file print count-only where name="flash"':
            return "1" if self.flash else "0"
        if found := re.fullmatch(r'/file print count-only where name="(.*)"', line):
            return str(int(found[1] in self.files))
        if found := re.fullmatch(r'/file print count-only where name~"(.*)"', line):
            return str(sum(bool(re.search(found[1], name)) for name in self.files))
        if found := re.fullmatch(r'/file remove \[find name="(.*)"\]', line):
            self.files.pop(found[1], None)
            return ""
        raise AssertionError(f"the router was told something that the script does not know: {line}")

    def _revert(self, line: str) -> str:
        if line.startswith("/system scheduler print count-only"):
            return str(len(self.timers))
        if found := re.fullmatch(r'/system scheduler remove \[find name~"(.*)"\]', line):
            self.timers = {name: event for name, event in self.timers.items() if not re.search(found[1], name)}
            return ""
        if line.startswith(("/system scheduler add", "/system backup save")):
            return self._arm(values_of(re.findall(r'[\w-]+=(?:"(?:[^"\\]|\\.)*"|\S+)', line)), "scheduler" in line)
        raise AssertionError(f"the router was told something that the script does not know: {line}")

    def _arm(self, values: Entry, timer: bool) -> str:
        if timer and not self.arms:
            return "failure: no space left"
        if timer:
            self.timers[values["name"]] = values["on-event"]
        else:
            self.files[f"{values['name']}.backup"] = "secret"
            self.backup = {menu: [dict(e) for e in found] for menu, found in self.device.entries.items()}
        return ""

    def _import(self, script: str) -> str:
        said = []
        for line in script.splitlines():
            if line.startswith(":put "):
                said.append(line.removeprefix(":put "))
                continue
            words = self._statement(line)
            if words:
                return "\n".join([*said, words])
        return "\n".join([*said, "", "Script file loaded and executed successfully"])

    def _statement(self, line: str) -> str:
        while guard := GUARD.match(line):
            found = sum(
                Device._meant(guard[1], entry, guard[2]) for entry in self.device.entries.setdefault(guard[1], [])
            )
            if (found != 1) if guard[3] == "!=" else (found <= int(guard[4])):
                return guard[5]
            line = line[guard.end() :]
        for part, words in self.refuse.items():
            if part in line:
                if self.refuse_once:
                    self.refuse = {}
                return words
        try:
            self.device.run(line)
        except Refused as error:
            return f"failure: {error}"
        return ""

    def restart(self) -> None:
        """The timer's end: what the backup held is back."""
        self.device.entries, self.timers = self.backup, {}

    def export(self) -> str:
        lines = [f"/system scheduler add name={name} on-event=x" for name in self.timers]
        for (menu, item), values in self.device.settings.items():
            lines.append(f"{menu} set {item} " + " ".join(f'{k}="{escaped(v)}"' for k, v in values.items()))
        for menu, found in self.device.configured().items():
            if not menu.startswith("/user"):
                lines += [f"{menu} add {arguments(entry)}" for entry in found]
        return "\n".join(lines)


def arguments(entry: Entry) -> str:
    return " ".join(k if k == "blackhole" else f'{k}="{escaped(v)}"' for k, v in entry.items() if k != "key-owner")


def escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("?", "\\?")


def driver(router: FakeRouter, timeout: float = 5.0) -> RouterosDriver:
    return RouterosDriver(Console(router, "ch-om-router", timeout), "ch-om-router", router, timeout)
