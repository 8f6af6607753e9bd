"""The REST interface: who may ask, what there is to ask, and what each answer holds."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from twin.polycom import reach, settings
from twin.polycom.conferences import Conferences
from twin.polycom.endpoint import Endpoint, Refused
from twin.polycom.https import Request, Response, Wrong, failure, json_object
from twin.polycom.passwords import Login
from twin.polycom.sessions import Sessions
from twin.polycom.settings import SETTINGS
from twin.polycom.unit import SOFTWARE, BadDays

REBOOT_SECONDS = 0.2  # the answer leaves before the unit goes down
COOKIE = "session_id"
_ACTIVE = "SessionAlreadyActive"

Handler: TypeAlias = Callable[..., Awaitable[Response]]


class Rest:
    """Answers requests."""

    def __init__(self, endpoint: Endpoint, bad: BadDays) -> None:
        self._endpoint = endpoint
        self.sessions = Sessions(bad.sessions_taken)
        calls = Conferences(endpoint)
        self._routes: list[tuple[str, dict[str, Handler]]] = [
            ("/rest/config", {"POST": self._config}),
            ("/rest/system", {"GET": self._system}),
            ("/rest/system/status", {"GET": self._status}),
            ("/rest/system/sipservers", {"GET": self._sip_servers}),
            ("/rest/system/reboot", {"POST": self._reboot}),
            ("/rest/system/network/ping", {"POST": self._ping}),
            ("/rest/conferences", {"GET": calls.conferences, "POST": calls.dial}),
            ("/rest/conferences/([0-9]+)", {"GET": calls.conference, "DELETE": calls.hang_up}),
            ("/rest/conferences/([0-9]+)/mediastats", {"GET": calls.media_statistics}),
            ("/rest/audio", {"GET": self._audio}),
            ("/rest/cameras/near/all", {"GET": self._cameras}),
        ]

    async def __call__(self, request: Request) -> Response:
        """The answer to any request."""
        try:
            if request.path == "/rest/session":
                return self._session(request)
            for pattern, methods in self._routes:
                match = re.fullmatch(pattern, request.path)
                if match is None:
                    continue
                if not self.sessions.known(request.cookie(COOKIE)):
                    return failure(403, "SessionRequired")
                if request.method not in methods:
                    return Response(405, {"success": False}, {"Allow": ", ".join(methods)})
                return await methods[request.method](request, *match.groups())
        except Wrong as wrong:
            return failure(400, str(wrong))
        return failure(404, "NotFound")

    # ------------------------------------------------------------ sessions
    def _session(self, request: Request) -> Response:
        if request.method != "POST":
            return Response(405, {"success": False}, {"Allow": "POST"})
        body, session = json_object(request), request.cookie(COOKIE)
        match body:
            case {"action": "Login", "user": str(user), "password": str(password)}:
                if self.sessions.known(session):
                    return failure(412, _ACTIVE)
                return self._login(user, self._endpoint.passwords.login(user, password))
            case {"action": "Logout"}:
                if not self.sessions.known(session):
                    return failure(403, "SessionRequired")
                self.sessions.close(session)
                return Response(200, {"success": True}, {"Set-Cookie": f"{COOKIE}=; Path=/; Max-Age=0"})
        raise Wrong("expected action Login with user and password, or action Logout")

    def _login(self, user: str, login: Login) -> Response:
        status = {"failedLogins": login.failed, "loginResult": "LOCKOUT" if login.locked else "NOLOCKOUT"}
        if not login.success:
            return Response(401, {"loginStatus": status, "success": False})
        session = self.sessions.open()
        if not session:
            return failure(400, _ACTIVE)
        told = {"role": "ADMIN", "sessionId": session, "userId": user}
        cookie = f"{COOKIE}={session}; Path=/; Secure; HttpOnly"
        return Response(200, {"loginStatus": status, "session": told, "success": True}, {"Set-Cookie": cookie})

    # ------------------------------------------------------------ settings
    async def _config(self, request: Request) -> Response:
        match json_object(request):
            case {"names": list(names), **rest} if not rest and all(isinstance(name, str) for name in names):
                return Response(200, {"vars": [self._read(name) for name in names]})
            case {"vars": list(given), **rest} if not rest and all(_is_variable(one) for one in given):
                written = [self._write(one["name"], one["value"]) for one in given]
                waits = any(one["result"] == "NOERROR" and self._endpoint.waits(one["name"]) for one in written)
                return Response(200, {"vars": written, "rebootNeeded": waits})
        raise Wrong("expected names, or vars with name and value")

    def _read(self, name: str) -> dict[str, Any]:
        setting = SETTINGS.get(name)
        if setting is None or not setting.rest:
            return {"name": name, "result": "NOTFOUND"}
        return {
            "name": name,
            "result": "NOERROR",
            "value": "" if setting.secret else self._endpoint.store[name],
            "isEditable": self._endpoint.editable(name),
            "isHidden": False,
            "isSecure": setting.secret,
        }

    def _write(self, name: str, value: object) -> dict[str, Any]:
        requested = str(value)  # True becomes "True"
        result = "NOERROR"
        setting = SETTINGS.get(name)
        if setting is None or not setting.rest:
            result = "NOTFOUND"
        else:
            try:
                self._endpoint.change(name, requested)
            except Refused as refused:
                result = refused.reason.value
        return {"name": name, "requestedValue": requested, "result": result}

    # ------------------------------------------------------------ the unit
    async def _system(self, request: Request) -> Response:
        endpoint = self._endpoint
        return Response(
            200,
            {
                "model": endpoint.model,
                "serialNumber": endpoint.serial,
                "softwareVersion": SOFTWARE,
                "state": "READY",
                "systemName": endpoint.store[settings.SYSTEM_NAME],
                "uptime": endpoint.uptime,
                "rebootNeeded": endpoint.reboot_needed,
                "lanStatus": {"duplex": "FULL", "speedMbps": 1000, "state": "UP"},
            },
        )

    async def _status(self, request: Request) -> Response:
        endpoint, store = self._endpoint, self._endpoint.store
        address, _ = await endpoint.address()
        sip = store[settings.SIP_ENABLE] == "True"
        states = {
            "system.status.ipnetwork": "up" if address else "down",
            "system.status.sipserver": "off" if not sip else "up" if endpoint.agent.registered else "down",
            "system.status.gatekeeper": "off" if store["usegatekeeper"] == "off" else "down",
            "system.status.globaldirectory": "off",
            "system.status.microphones": "up",
            "system.status.cameras": "up",
            "system.status.remotecontrol": "up",
            "system.status.logthreshold": "up",
        }
        return Response(200, [{"name": name, "state": [state]} for name, state in states.items()])

    async def _sip_servers(self, request: Request) -> Response:
        store = self._endpoint.store
        address = store[settings.SIP_REGISTRAR]
        if store[settings.SIP_ENABLE] != "True" or not address:
            return Response(200, [])
        state = "UP" if self._endpoint.agent.registered else "DOWN"
        return Response(200, [{"address": address, "state": state, "type": "REGISTRAR"}])

    async def _reboot(self, request: Request) -> Response:
        if json_object(request) != {"action": "reboot"}:
            raise Wrong("expected action reboot")
        asyncio.get_running_loop().call_later(REBOOT_SECONDS, self._endpoint.reboot)
        return Response(200, {"success": True})

    async def _ping(self, request: Request) -> Response:
        match json_object(request):
            case {"destination": str(destination)} if reach.is_destination(destination):
                return Response(200, await reach.ping(self._endpoint.run, destination))
        raise Wrong("expected a destination: an address or a name")

    async def _audio(self, request: Request) -> Response:
        endpoint = self._endpoint
        told = {"muteLocked": False, "muted": endpoint.is_muted(), "numOfMicsConnected": 1}
        return Response(200, {**told, "volume": int(endpoint.store["volume"])})

    async def _cameras(self, request: Request) -> Response:
        camera = {"cameraIndex": 1, "connected": True, "model": "EagleEye IV", "name": "Main", "selected": True}
        return Response(200, [camera])


def _is_variable(one: object) -> bool:
    match one:
        case {"name": str(), "value": str() | bool() | int(), **rest}:
            return not rest
    return False
