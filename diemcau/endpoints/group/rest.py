"""A Group endpoint's REST interface: HTTPS with a pinned certificate, one session, always logged out.

Round trips: 1 TCP, 1 to 2 TLS, 1 for each request; the connection is kept between them when the device keeps it.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import re
import ssl
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from diemcau.endpoints.group.settings import Plain
from diemcau.errors import DiemcauError, HostKeyChanged, Problem, Unexpected, Unreachable
from diemcau.redaction import MASK, Secret
from diemcau.transport.ssh import pinned_anew

LONGEST = 1_000_000  # bytes of an answer
QUOTED = 80  # characters of an answer, in a message
USER = "admin"


class WrongPassword(DiemcauError):
    """The device refuses a log-in. ``failed``: how many in a row it has counted; ``result``: NOLOCKOUT or another."""

    def __init__(self, failed: int, result: str) -> None:
        super().__init__(Problem(found=f"log-in refused: {failed} failed, {result}"))
        self.failed, self.result = failed, result


class SessionsTaken(DiemcauError):
    """The device holds as many sessions as it can."""


@dataclass(frozen=True)
class Site:
    """Where the interface is."""

    host: str  # inventory name
    address: str
    certificate: str  # pinned: "SHA256:…"; "" = first contact
    port: int = 443
    timeout: float = 60.0  # seconds for each step
    connect_timeout: float = 20.0


@dataclass(frozen=True)
class System:
    """What the device says about itself."""

    model: str
    serial: str
    software: str
    name: str
    uptime: str
    reboot_needed: bool


@dataclass(frozen=True)
class Written:
    """What became of variables: name -> result ("NOERROR" or a refusal), and whether a reboot is due."""

    results: Mapping[str, str]
    reboot_needed: bool


@dataclass(frozen=True)
class Stream:
    """One direction of one medium."""

    direction: str  # "TX" or "RX"
    medium: str  # "AUDIO", "VIDEO", …
    rate_kbps: float
    packets_lost: float
    percent_lost: float
    jitter_ms: float


@dataclass(frozen=True)
class Audio:
    """What is said about sound; None: not told."""

    muted: bool | None
    microphones: int | None


class Rest:
    """One session. Every method raises Unreachable, HostKeyChanged or Unexpected, besides what it names itself."""

    def __init__(self, site: Site, secrets: Iterable[Secret] = ()) -> None:
        self._site = site
        self._secrets = [secret for secret in secrets if secret.reveal()]
        self._connection: http.client.HTTPSConnection | None = None
        self._session, self._password = "", Secret("")
        self.certificate = ""  # what the device showed; from then on the pinned one
        self.requests = self.bytes_up = self.bytes_down = 0

    def look(self) -> str:
        """The certificate that the endpoint shows to anybody; nothing is sent."""
        self._connect()
        return self.certificate

    def login(self, password: Secret) -> None:
        """Open the session. Raises WrongPassword and SessionsTaken."""
        # Not twice, not even when the connection broke: the device may have counted the first.
        self._drop()  # a request that is not repeated must not meet a connection that has died meanwhile
        self._connect()
        status, data = self._answer(
            "POST", "/rest/session", {"action": "Login", "user": USER, "password": password.reveal()}, again=False
        )
        host = self._site.host
        if status in (400, 412) and "SessionAlreadyActive" in json.dumps(data):
            raise SessionsTaken(
                Problem(
                    host=host,
                    found=f"{self._site.address} opens no further REST session (SessionAlreadyActive)",
                    expected="a free one; the endpoint holds few, and forgets unused ones by itself",
                    remedy=(f"log out at the endpoint's web page, or wait some minutes, then run again with -l {host}"),
                )
            )
        found = data if isinstance(data, dict) else {}
        state = found.get("loginStatus")
        session = found.get("session")
        if status in (401, 200) and isinstance(state, dict) and not found.get("success"):
            failed = state.get("failedLogins")
            raise WrongPassword(failed if isinstance(failed, int) else 0, str(state.get("loginResult", "")))
        if status != 200 or not isinstance(session, dict) or not isinstance(session.get("sessionId"), str):
            raise Unexpected(
                Problem(host=host, found=f"the endpoint answers a log-in with HTTP {status} and opens no session")
            )
        if not re.fullmatch(r"[\x21-\x3a\x3c-\x7e]+", session["sessionId"]):  # it goes into a header
            raise Unexpected(Problem(host=host, found="the endpoint's session has a name that no cookie can carry"))
        self._session, self._password = session["sessionId"], password

    def read(self, names: Sequence[str]) -> dict[str, str | None]:
        """Variables by name; None when the device has no value. Raises DiemcauError when it refuses one."""
        data = self._ask("POST", "/rest/config", {"names": list(names)})
        found: dict[str, str | None] = {}
        for variable in _variables(data):
            result, value = variable.get("result"), variable.get("value")
            if result != "NOERROR":
                raise DiemcauError(
                    Problem(
                        host=self._site.host,
                        found=f"the endpoint refuses to tell {variable['name']}: {self.mask(str(result))}",
                        untouched=True,
                        remedy="look whether its software is as new as that of the other rooms",
                    )
                )
            found[variable["name"]] = None if value is None else str(value)
        if missing := set(names) - set(found):
            raise Unexpected(
                Problem(
                    host=self._site.host,
                    found=f"the endpoint does not tell {', '.join(sorted(missing))} when asked for it",
                )
            )
        return found

    def write(self, variables: Sequence[tuple[str, Plain]]) -> Written:
        """Write variables in one request. What the device does not mention counts as refused."""
        data = self._ask("POST", "/rest/config", {"vars": [{"name": n, "value": v} for n, v in variables]})
        results = {v["name"]: self.mask(str(v.get("result", "no result"))) for v in _variables(data)}
        reboot = isinstance(data, dict) and data.get("rebootNeeded") is True
        return Written({name: results.get(name, "no result") for name, _ in variables}, reboot)

    def system(self) -> System:
        data = self._ask("GET", "/rest/system")
        if not isinstance(data, dict) or not isinstance(data.get("model"), str):
            raise self._unexpected("GET", "/rest/system", 200, data)
        return System(
            model=data["model"],
            serial=str(data.get("serialNumber", "")),
            software=str(data.get("softwareVersion", "")),
            name=str(data.get("systemName", "")),
            uptime=str(data.get("uptime", "")),
            reboot_needed=data.get("rebootNeeded") is True,
        )

    def sip_servers(self) -> dict[str, str]:
        """Address -> state ("UP")."""
        data = self._ask("GET", "/rest/system/sipservers")
        if not isinstance(data, list):
            raise self._unexpected("GET", "/rest/system/sipservers", 200, data)
        return {str(e.get("address", "")): str(e.get("state", "")).upper() for e in data if isinstance(e, dict)}

    def audio(self) -> Audio | None:
        """Microphones; None when the device has no such answer."""
        data = self._told("/rest/audio")
        if not isinstance(data, dict):
            return None
        muted, count = data.get("muted"), data.get("numOfMicsConnected")
        return Audio(muted if isinstance(muted, bool) else None, count if isinstance(count, int) else None)

    def cameras(self) -> int | None:
        """How many cameras are connected; None when the device has no such answer."""
        data = self._told("/rest/cameras/near/all")
        if not isinstance(data, list):
            return None
        return sum(1 for camera in data if isinstance(camera, dict) and camera.get("connected") is not False)

    def reaches_sip(self, address: str) -> bool | None:
        """Whether the device itself gets a SIP answer from there; None when it does not tell."""
        destination = address.partition(":")[0]
        status, data = self._authorized("POST", "/rest/system/network/ping", {"destination": destination}, again=True)
        told = data.get("sipReachable") if status == 200 and isinstance(data, dict) else None
        return told if isinstance(told, bool) else None

    def _told(self, path: str) -> Any:
        """An answer that not every software has; None without it."""
        status, data = self._authorized("GET", path, None, again=True)
        return data if status == 200 else None

    def reboot(self) -> None:
        """Start the device anew; the session ends with it."""
        # It may be gone before it has answered; whoever asks for a reboot looks whether it happened.
        self._drop()  # a request that is not repeated must not meet a connection that has died meanwhile
        with contextlib.suppress(Unreachable):
            self._ask("POST", "/rest/system/reboot", {"action": "reboot"}, again=False)
        self._session = ""
        self._drop()

    def dial(self, address: str, rate_kbps: int) -> str:
        """Begin a call; its place: ``/rest/conferences/1``. Not repeated when the answer is lost."""
        asked = {"address": address, "rate": rate_kbps, "dialType": "SIP"}
        self._drop()  # a request that is not repeated must not meet a connection that has died meanwhile
        data = self._ask("POST", "/rest/conferences", asked, again=False)
        entry = data[0] if isinstance(data, list) and data else data
        href = str(entry.get("href", "")) if isinstance(entry, dict) else ""
        if not (match := re.search(r"/?rest/conferences/([\w-]+)", href)):
            raise self._unexpected("POST", "/rest/conferences", 200, data)
        return f"/rest/conferences/{match[1]}"

    def hang_up(self, place: str) -> None:
        """End a call; one that is over already is no error."""
        status, data = self._authorized("DELETE", place, None, again=True)
        if status not in (200, 202, 204, 404):
            raise self._unexpected("DELETE", place, status, data)

    def media(self, place: str) -> list[Stream]:
        """What is measured of a call; [] while there is nothing, or when the call is over."""
        status, data = self._authorized("GET", f"{place}/mediastats", None, again=True)
        if status == 404:
            return []
        if status != 200 or not isinstance(data, list):
            raise self._unexpected("GET", f"{place}/mediastats", status, data)
        return [
            Stream(
                direction=str(entry.get("mediaDirection", "")).upper(),
                medium=str(entry.get("mediaType", "")).upper(),
                rate_kbps=_number(entry.get("actualBitRate")),
                packets_lost=_number(entry.get("packetLoss")),
                percent_lost=_number(entry.get("percentPacketLoss")),
                jitter_ms=_number(entry.get("jitter")),
            )
            for entry in data
            if isinstance(entry, dict)
        ]

    def close(self) -> str:
        """Log out, and end the connection. Never raises; tells why the session could not be given back, or ""."""
        problem = ""
        if self._session:
            try:
                status, _ = self._answer("POST", "/rest/session", {"action": "Logout"}, again=True)
                if status not in (200, 204, 403):  # 403: the device has forgotten the session already
                    problem = f"log-out answered HTTP {status}"
            except DiemcauError as error:
                problem = error.problem.reason
            self._session = ""
        self._drop()
        return problem

    def mask(self, words: str) -> str:
        """What the device said, with secrets masked."""
        for secret in sorted((*self._secrets, self._password), key=lambda s: -len(s.reveal())):
            words = words.replace(secret.reveal(), MASK) if secret.reveal() else words
        return words

    def _ask(self, method: str, path: str, body: object = None, *, again: bool = True) -> Any:
        status, data = self._authorized(method, path, body, again=again)
        if status not in (200, 201, 202, 204):
            raise self._unexpected(method, path, status, data)
        return data

    def _authorized(self, method: str, path: str, body: object, *, again: bool) -> tuple[int, Any]:
        """One request of a session; logs in once more when the device has forgotten it."""
        status, data = self._answer(method, path, body, again=again)
        if status == 403:
            self._session = ""
            try:
                self.login(self._password)
            except WrongPassword as error:
                raise Unexpected(
                    Problem(
                        host=self._site.host,
                        found=(
                            "the endpoint has ended the session and takes its password no more ("
                            f"{error.result or 'no reason given'})"
                        ),
                    )
                ) from None
            status, data = self._answer(method, path, body, again=again)
        return status, data

    def _answer(self, method: str, path: str, body: object, *, again: bool) -> tuple[int, Any]:
        """Status and JSON. ``again``: once more on a new connection when the kept one has died meanwhile."""
        kept = self._connection is not None and self._connection.sock is not None
        try:
            return self._exchange(method, path, body)
        except Unreachable:
            if not (kept and again):
                raise
        return self._exchange(method, path, body)

    def _exchange(self, method: str, path: str, body: object) -> tuple[int, Any]:
        payload = b"" if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json"}
        if payload:
            headers["Content-Type"] = "application/json"
        if self._session:
            headers["Cookie"] = f"session_id={self._session}"
        try:
            connection = self._connect()
            connection.request(method, path, payload or None, headers)
            response = connection.getresponse()
            content = response.read(LONGEST + 1)
        except (OSError, http.client.HTTPException) as error:
            self._drop()
            raise self._unreachable(error) from None
        self.requests += 1
        self.bytes_up += len(payload)
        self.bytes_down += len(content)
        if len(content) > LONGEST:
            self._drop()
            raise Unexpected(Problem(host=self._site.host, found=f"{method} {path} answers more than {LONGEST} bytes"))
        text = content.decode(errors="replace").strip()
        if not text:
            return response.status, None
        try:
            return response.status, json.loads(text)
        except ValueError:
            if response.status == 403:
                return 403, None  # whatever page comes with it
            said = self.mask(" ".join(text.split()))[:QUOTED]
            raise Unexpected(
                Problem(
                    host=self._site.host, found=f"{method} {path} answers HTTP {response.status} and no JSON: {said}"
                )
            ) from None

    def _connect(self) -> http.client.HTTPSConnection:
        """A connection whose certificate is the pinned one; nothing is sent before that is known."""
        if self._connection is not None and self._connection.sock is not None:
            return self._connection
        site = self._site
        connection = http.client.HTTPSConnection(
            site.address, site.port, timeout=site.connect_timeout, context=_context()
        )
        connection.auto_open = 0  # only here, where the certificate is looked at
        try:
            connection.connect()
            connection.sock.settimeout(site.timeout)
            shown = connection.sock.getpeercert(True)
        except OSError as error:
            connection.close()
            raise self._unreachable(error) from None
        found, known = fingerprint(shown or b""), site.certificate or self.certificate
        if known and found != known:
            connection.close()
            raise HostKeyChanged(
                pinned_anew(
                    site.host,
                    "pinned_certificate",
                    f"{site.address} shows the certificate {found}, the pinned one is {known}.",
                )
            )
        self.certificate = found
        self._connection = connection
        return connection

    def _drop(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError):  # closing what is broken may fail, and is closed then
                self._connection.close()
            self._connection = None

    def _unreachable(self, error: Exception) -> Unreachable:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        if isinstance(error, TimeoutError):
            reason = "no answer within the time allowed"
        return Unreachable(
            Problem(host=self._site.host, found=f"{self._site.address} cannot be reached by HTTPS: {reason}")
        )

    def _unexpected(self, method: str, path: str, status: int, data: object) -> Unexpected:
        said = self.mask(json.dumps(data, ensure_ascii=False))[:QUOTED]
        return Unexpected(Problem(host=self._site.host, found=f"{method} {path} answers HTTP {status}: {said}"))


def fingerprint(certificate: bytes) -> str:
    """``SHA256:`` and the digest of a certificate in DER."""
    return f"SHA256:{hashlib.sha256(certificate).hexdigest()}"


def _context() -> ssl.SSLContext:
    """TLS without any authority: the pinned fingerprint says who answers, so old signatures in it do not matter."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("DEFAULT@SECLEVEL=0")  # 1024-bit RSA keys of old units
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _variables(data: object) -> list[dict[str, Any]]:
    listed = data.get("vars") if isinstance(data, dict) else None
    return (
        [v for v in listed if isinstance(v, dict) and isinstance(v.get("name"), str)]
        if isinstance(listed, list)
        else []
    )


def _number(value: object) -> float:
    """A number, also as text with its unit ("64 K"); 0 for anything else."""
    match = re.match(r"\s*(\d+(?:\.\d+)?)", str(value))
    return float(match[1]) if match else 0.0
