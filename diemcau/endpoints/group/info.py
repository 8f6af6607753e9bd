"""What an endpoint says about itself, and whether it can be reached by a call: registered, and free."""

from __future__ import annotations

import time
from dataclasses import replace

from diemcau.endpoints import RoomState, unknown
from diemcau.endpoints.group import access, replies
from diemcau.endpoints.group.access import DEFAULT_LINE, Line
from diemcau.endpoints.group.console import Console
from diemcau.endpoints.group.replies import Refusal
from diemcau.endpoints.group.rest import Rest, System
from diemcau.endpoints.group.transaction import STATUS, in_call
from diemcau.errors import Problem, Unexpected
from diemcau.intent import Endpoint
from diemcau.secrets.pins import Pins

PAUSE = 3.0  # seconds between two looks
FORGOTTEN = "thiết bị chưa được cài đặt: chạy site.yml"


def room_state(
    endpoint: Endpoint, pins: Pins, wait: float, line: Line = DEFAULT_LINE, equipment: bool = False
) -> RoomState:
    """Ask again and again until the endpoint is registered or ``wait`` seconds are over.

    Only an endpoint that was met before is asked, with its own password. ``equipment``: its microphones, its cameras
    and whether it reaches its SIP server, too. Raises DiemcauError.
    """
    if not (pins.host_key and pins.certificate):
        return unknown(endpoint, FORGOTTEN)
    deadline = time.monotonic() + wait
    entered = access.enter(endpoint, pins, line, only_own=True)
    try:
        system = entered.rest.system()
        with access.shell(endpoint, pins, line, entered.password) as shell:
            while True:
                found = _look(endpoint, system, shell, entered.rest)
                if not found.reason or time.monotonic() + PAUSE > deadline:
                    break
                time.sleep(PAUSE)
            found = replace(found, in_call=in_call(endpoint.host, shell))
        return _with_equipment(found, entered.rest) if equipment else found
    finally:
        entered.rest.close()


def in_call_now(endpoint: Endpoint, pins: Pins, line: Line = DEFAULT_LINE) -> bool:
    """Whether the room is in a call. Only an endpoint that takes our own password is asked. Raises DiemcauError."""
    entered = access.enter(endpoint, pins, line, only_own=True)
    entered.rest.close()
    with access.shell(endpoint, pins, line, entered.password) as shell:
        return in_call(endpoint.host, shell)


def _with_equipment(found: RoomState, rest: Rest) -> RoomState:
    servers = list(rest.sip_servers())
    audio, cameras = rest.audio(), rest.cameras()
    return replace(
        found,
        server_answers=rest.reaches_sip(servers[0]) if servers else None,
        muted=None if audio is None else audio.muted,
        microphones=None if audio is None else audio.microphones,
        cameras=cameras,
    )


def _look(endpoint: Endpoint, system: System, shell: Console, rest: Rest) -> RoomState:
    answer = shell.ask(STATUS)
    if isinstance(answer, Refusal):
        raise Unexpected(Problem(host=endpoint.host, found=f"the endpoint refuses to tell its status: {answer.words}"))
    said = replies.status(answer.value).get("sipserver", "")
    servers = rest.sip_servers()
    registered = said == "online" and "UP" in servers.values()
    return RoomState(
        site=endpoint.site,
        host=endpoint.host,
        name=endpoint.display_name,
        extension=endpoint.extension,
        registered=registered,
        model=system.model,
        serial=system.serial,
        software=system.software,
        system_name=system.name,
        uptime=system.uptime,
        reason="" if registered else _reason(endpoint, said, servers),
        sip_wanted=endpoint.settings.get("sip_enable", True) is not False,
    )


def _reason(endpoint: Endpoint, said: str, servers: dict[str, str]) -> str:
    if endpoint.settings.get("sip_enable", True) is False:
        return ""  # as the inventory asks
    asked = endpoint.settings.get("sip_registrar", "")
    if not servers:
        return "chưa đăng ký: thiết bị chưa có máy chủ SIP nào"
    if asked and asked not in servers:
        return f"chưa đăng ký: thiết bị dùng máy chủ SIP {', '.join(servers)}, đúng ra là {asked}"
    states = ", ".join(f"{address} {state or '?'}" for address, state in servers.items())
    return f"chưa đăng ký với máy chủ SIP ({states}; sipserver {said or '?'})"
