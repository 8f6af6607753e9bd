"""A small endpoint on loopback that misbehaves on purpose: a command line over SSH, REST over HTTPS.

Written from the descriptions of the device, for the driver's tests only.
"""

from __future__ import annotations

import asyncio
import datetime
import http.server
import json
import re
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

SERIAL = "82130123456789"
BANNER = (
    "Hi, my name is : Ga Ry",
    "Here is what I know about myself:",
    "Model:              RealPresence Group 500",
    f"Serial Number:      {SERIAL}",
    "Software Version:   Release - 6.2.2-560049",
    "SNMP Enabled:       False",
)
HOST_KEY = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
ILLEGAL = "error: command has illegal parameters"

SET = ("systemname", "hostname", "snmpadmin", "snmplocation", "h323name", "e164ext", "gatekeeperip", "maxtimeincall",
       "ntpserver", "ntpsecondaryserver", "volume", "snmpcommunity")  # fmt: skip
WORD = ("dhcp", "usegatekeeper", "autoanswer", "mpautoanswer", "muteautoanswer", "encryption", "dynamicbandwidth",
        "enablepvec", "enablersvp", "h239enable", "enablesnmp", "daylightsavings", "natconfig",
        "enablefirewalltraversal", "ntpmode", "sleeptime", "provisionserverenable")  # fmt: skip


@dataclass
class Unit:
    """What the endpoint holds, and how it misbehaves."""

    model: str = "RealPresence Group 500"
    room: str = SERIAL
    remote: str = ""  # "" = takes the room's
    failed: int = 0
    values: dict[str, str] = field(default_factory=lambda: {"provisionserverenable": "false", "volume": "10"})
    system: dict[str, str] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    reboot_needed: bool = False
    reboots: int = 0
    calls: list[str] = field(default_factory=list)  # lines of callinfo
    online: bool = False
    equipment: dict[str, Any] = field(default_factory=dict)  # path -> answer; what is not there is 404
    # How it misbehaves:
    late_banner: int = 0  # after how many commands the banner comes; 0 = at once
    lag: bool = False  # each reply comes with the next command's
    echo: bool = True
    refuse: dict[str, str] = field(default_factory=dict)  # beginning of a command -> words
    refuse_variable: dict[str, str] = field(default_factory=dict)  # name -> result
    ignore: set[str] = field(default_factory=set)  # setters that are answered and not done
    cut_at: str = ""  # beginning of the command at which the session dies
    full: bool = False  # no further REST session
    ssh_full: bool = False
    lockout: str = "NOLOCKOUT"
    no_json: bool = False
    drop: bool = False  # closes every HTTPS connection after its answer
    drop_silently: bool = False  # the same without a word about it
    forget: bool = False  # every session is forgotten once
    mute_media: bool = False
    keeps: float | None = None  # seconds after which it closes an HTTPS connection that nobody uses; None = never
    broken: str = ""  # beginning of a request ("DELETE /rest/conferences") that is answered 500 and not done
    odd_dial: bool = False  # dials, and answers nothing that can be understood
    call_at: str = ""  # beginning of the command at which somebody calls
    tells_reboot: tuple[str, ...] = ("system", "write")  # where it says that it needs a reboot
    # What was seen:
    commands: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)  # passwords tried, by either way in
    sessions: set[str] = field(default_factory=set)
    shells: int = 0
    shells_now: int = 0
    ssh_port: int = 0
    https_port: int = 0

    def take(self, password: str) -> bool:
        """Whether a log-in is let in; both ways in are counted together."""
        self.logins.append(password)
        good = password == (self.remote or self.room) and self.lockout == "NOLOCKOUT"
        self.failed = 0 if good else self.failed + 1
        return good

    @property
    def setters(self) -> list[str]:
        """Commands that change something."""
        harmless = re.compile(r"(\w+ get.*|callinfo all|status|whoami|serialnum)")
        return [command for command in self.commands if not harmless.fullmatch(command)]

    def reply(self, command: str) -> list[str]:
        if self.call_at and command.startswith(self.call_at):
            self.calls.append("callinfo:7:A Nong:8011:1472:connected:notmuted:incoming:videocall")
        for start, words in self.refuse.items():
            if command.startswith(start):
                return [words]
        words = command.split()
        if command == "callinfo all":
            return ["callinfo begin", *self.calls, "callinfo end"] if self.calls else ["system is not in a call"]
        if command == "hangup all":
            self.calls.clear()
            return ["hanging up all"]
        if command == "status":
            server = "online" if self.online else "offline"
            return ["ipnetwork online", "gatekeeper offline", f"sipserver {server}", "status end"]
        if words[:2] == ["setpassword", "admin"] and len(words) == 5:
            return [self._password(*words[2:])]
        if words[0] == "systemsetting" and len(words) >= 3:
            return [self._system(words[1], words[2], command)]
        if words[0] in (*SET, *WORD) and len(words) >= 2:
            return [self._value(words[0], words[1], command)]
        return ["error: command not found"]

    def _locked(self) -> str:
        held = self.values["provisionserverenable"] == "true"
        return "info: this setting is controlled by a provisioning service and cannot be changed" if held else ""

    def _password(self, place: str, old: str, new: str) -> str:
        if "passwords" not in self.ignore and old != (self.room if place == "room" else self.remote or self.room):
            return ILLEGAL
        if "passwords" not in self.ignore:
            setattr(self, place, new)
        return f"setpassword admin {place} {old} {new}"

    def _system(self, first: str, second: str, command: str) -> str:
        if first == "get":
            return f"systemsetting {second} {_shown(self.system.get(second, ''))}"
        if locked := self._locked():
            return locked
        value = command.split(None, 2)[2].strip('"')
        if command not in self.ignore:
            self.system[first] = value
        return f"systemsetting {first} {_shown(value)}"

    def _value(self, name: str, verb: str, command: str) -> str:
        if verb == "get":
            return f"{name} {_shown(self.values.get(name, ''))}"
        if locked := self._locked():
            return locked
        value = command.split(None, 2 if name in SET else 1)[-1].strip('"')
        if command not in self.ignore:
            self.values[name] = value
        self.reboot_needed = self.reboot_needed or name == "hostname"
        return f"{name} {_shown(value)}"


def _shown(value: str) -> str:
    return "<empty>" if not value else f'"{value}"' if " " in value else value


class _Server(asyncssh.SSHServer):
    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return username == "admin" and self._unit.take(password)


async def _shell(unit: Unit, process: asyncssh.SSHServerProcess[str]) -> None:
    unit.shells += 1
    if unit.ssh_full:
        process.exit(0)
        return
    unit.shells_now += 1
    try:
        await _talk(unit, process)
    finally:
        unit.shells_now -= 1


def _with_banner(lines: list[str]) -> list[str]:
    """A reply into which the late banner falls."""
    return [*lines[:1], *BANNER, *lines[1:]] if len(lines) > 1 else [*BANNER, *lines]


async def _talk(unit: Unit, process: asyncssh.SSHServerProcess[str]) -> None:
    out, held, buffer, count = process.stdout, "", "", 0
    if not unit.late_banner:
        out.write("".join(f"{line}\r\r\n" for line in BANNER))
    out.write("-> ")
    while True:
        try:
            chunk = await process.stdin.read(4096)
        except (asyncssh.BreakReceived, asyncssh.TerminalSizeChanged):
            continue
        except (asyncssh.ConnectionLost, ConnectionResetError):
            return
        if not chunk:
            process.exit(0)
            return
        buffer += chunk
        while "\r" in buffer:
            command, buffer = buffer.split("\r", 1)
            unit.commands.append(command)
            unit.times.append(time.monotonic())
            count += 1
            if unit.cut_at and command.startswith(unit.cut_at):
                process.channel.get_connection().abort()
                return
            if unit.echo:
                out.write(f"{command}\r\r\n")
            lines = _with_banner(unit.reply(command)) if unit.late_banner == count else unit.reply(command)
            text = "".join(f"{line}\r\r\n" for line in lines) + "-> "
            if unit.lag:
                held, text = text, held
            out.write(text)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # header and body in one packet
    unit: Unit

    def setup(self) -> None:
        self.timeout = self.unit.keeps
        super().setup()

    def log_message(self, format: str, *args: Any) -> None: ...

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_DELETE(self) -> None:
        self._serve("DELETE")

    def _serve(self, method: str) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length)) if length else None
        unit = self.unit
        unit.requests.append((method, self.path, body))
        if unit.no_json:
            self._say(503, "<html>starting up, admin-secret-0001</html>")
            return
        if (method, self.path) == ("POST", "/rest/session") and body["action"] == "Login":
            self._say(*self._login(body))
            return
        session = self.headers.get("Cookie", "").removeprefix("session_id=")
        if unit.forget:
            unit.forget = False
            unit.sessions.clear()
        if session not in unit.sessions:
            self._say(403, "<html>log in</html>")
            return
        if (method, self.path) == ("POST", "/rest/session"):
            unit.sessions.discard(session)
            self._say(200, {"success": True})
            return
        self._say(*self._answer(method, body))

    def _login(self, body: Any) -> tuple[int, Any]:
        unit = self.unit
        if unit.full:
            return 400, {"reason": "SessionAlreadyActive"}
        good = unit.take(body["password"])
        state = {"failedLogins": unit.failed, "loginResult": unit.lockout}
        if not good:
            return 401, {"loginStatus": state, "success": False}
        name = f"PS{len(unit.logins)}"
        unit.sessions.add(name)
        session = {"role": "ADMIN", "sessionId": name, "userId": "admin"}
        return 200, {"loginStatus": state, "session": session, "success": True}

    def _answer(self, method: str, body: Any) -> tuple[int, Any]:
        unit = self.unit
        if unit.broken and f"{method} {self.path}".startswith(unit.broken):
            return 500, {"reason": "broken"}
        if self.path == "/rest/config" and "names" in body:
            return 200, {"vars": [self._variable(name) for name in body["names"]]}
        if self.path == "/rest/config":
            written = [self._set(v) for v in body["vars"]]
            return 200, {"vars": written, "rebootNeeded": unit.reboot_needed and "write" in unit.tells_reboot}
        if method == "GET" and self.path.startswith("/rest/system"):
            return self._system()
        if self.path in unit.equipment:
            return 200, unit.equipment[self.path]
        return self._calls(method, body) if "conferences" in self.path else self._reboot()

    def _system(self) -> tuple[int, Any]:
        unit = self.unit
        if self.path == "/rest/system":
            return 200, {
                "model": unit.model, "serialNumber": SERIAL, "softwareVersion": "6.2.2", "systemName": "Ga Ry",
                "uptime": "1 day", "state": "READY",
                "rebootNeeded": unit.reboot_needed and "system" in unit.tells_reboot,
            }  # fmt: skip
        if self.path == "/rest/system/status":
            return 200, [{"name": "system.status.sipserver", "state": ["up" if unit.online else "down"]}]
        if self.path == "/rest/system/sipservers":
            address = unit.system.get("sipregistrarserver", "")
            return 200, [{"address": address, "state": "UP" if unit.online else "DOWN"}] if address else []
        return 404, {"reason": "not found"}

    def _reboot(self) -> tuple[int, Any]:
        if self.path != "/rest/system/reboot":
            return 404, {"reason": "not found"}
        self.unit.reboots += 1
        self.unit.reboot_needed = False
        self.unit.sessions.clear()
        return 200, {}

    def _calls(self, method: str, body: Any) -> tuple[int, Any]:
        unit = self.unit
        if (method, self.path) == ("POST", "/rest/conferences"):
            unit.calls.append(f"callinfo:1::{body['address']}:{body['rate']}:connected:notmuted:outgoing:videocall")
            return 200, {} if unit.odd_dial else [{"href": "/rest/conferences/1"}]
        if method == "DELETE":
            unit.calls.clear()
            return 200, {}
        if self.path == "/rest/conferences/1/mediastats":
            rate = 0 if unit.mute_media else 500
            return 200, [
                {"mediaDirection": d, "mediaType": m, "actualBitRate": rate, "packetLoss": 1,
                 "percentPacketLoss": 0.5, "jitter": 4} for d in ("TX", "RX") for m in ("AUDIO", "VIDEO")
            ]  # fmt: skip
        return 404, {"reason": "not found"}

    def _variable(self, name: str) -> dict[str, Any]:
        value = self.unit.variables.get(name)
        shown = None if value is None else str(value)
        return {"name": name, "result": "NOERROR", "value": shown, "isEditable": True}

    def _set(self, variable: Any) -> dict[str, Any]:
        name, value = variable["name"], variable["value"]
        result = self.unit.refuse_variable.get(name, "NOERROR")
        if result == "NOERROR":
            self.unit.variables[name] = value
            self.unit.reboot_needed = self.unit.reboot_needed or name.startswith("comm.firewall.fixedports")
        return {"name": name, "requestedValue": str(value), "result": result}

    def _say(self, status: int, body: Any) -> None:
        content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if self.unit.drop:
            self.send_header("Connection", "close")
        self.close_connection = self.unit.drop or self.unit.drop_silently
        self.end_headers()
        self.wfile.write(content)


def certificate(directory: Path) -> Path:
    """A new self-signed certificate with its key in one file."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "endpoint")])
    now = datetime.datetime(2020, 1, 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=36500))
        .sign(key, hashes.SHA256())
    )
    path = directory / "endpoint.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


class _Web(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):  # a client that goes after a look at the certificate
            super().handle_error(request, client_address)


@contextmanager
def listening(unit: Unit, pem: Path, host_key: asyncssh.SSHKey = HOST_KEY) -> Iterator[Unit]:
    """The unit's two faces on free ports of loopback, while the block runs."""
    handler = type("Handler", (_Handler,), {"unit": unit})
    web = _Web(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    web.socket = context.wrap_socket(web.socket, server_side=True, do_handshake_on_connect=False)
    loop = asyncio.new_event_loop()
    threads = [threading.Thread(target=loop.run_forever), threading.Thread(target=web.serve_forever, args=(0.02,))]
    for thread in threads:
        thread.start()

    async def start() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1", 0, server_factory=lambda: _Server(unit), server_host_keys=[host_key],
            process_factory=lambda process: _shell(unit, process), line_editor=False,
            gss_host=None, signature_algs=["ssh-rsa"],
        )  # fmt: skip

    try:
        server = asyncio.run_coroutine_threadsafe(start(), loop).result(30)
        unit.ssh_port, unit.https_port = server.get_port(), web.server_address[1]
        yield unit
        loop.call_soon_threadsafe(server.close)
    finally:
        web.shutdown()
        web.server_close()
        loop.call_soon_threadsafe(loop.stop)
        for thread in threads:
            thread.join(20)
        loop.close()
