"""Asking Kamailio over its socket."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket

from twin.callserver.config import FOLDER, RPC
from twin.device import MeaningError

TIMEOUT = 5.0  # seconds


async def ask(method: str, *parameters: str) -> object:
    """Ask Kamailio over its socket; raises MeaningError when it does not answer or refuses."""
    try:
        answer = await asyncio.to_thread(_rpc, method, parameters)
    except (OSError, ValueError) as error:
        raise MeaningError(f"kamailio does not answer: {error}") from error
    if "error" in answer:
        raise MeaningError(f"kamailio: {method}: {answer['error']}")
    return answer.get("result")


def _rpc(method: str, parameters: tuple[str, ...]) -> dict[str, object]:
    own = FOLDER / f"asks-{os.getpid()}-{method}"
    own.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.bind(str(own))
        try:
            client.settimeout(TIMEOUT)
            request = {"jsonrpc": "2.0", "method": method, "params": list(parameters), "id": 1}
            client.sendto(json.dumps(request).encode(), str(RPC))
            answer = json.loads(client.recv(1 << 20))
        finally:
            own.unlink()
    if not isinstance(answer, dict):
        raise ValueError(f"{answer!r} is no answer")
    return answer


def registrations(dumped: object) -> dict[str, str]:
    """The host of each user's contact, from what `ul.dump` answers."""
    found = {}
    for record in _all(dumped, "Info"):
        for contact in _all(record, "Contact"):
            if address := re.search(r"@([^:;>]+)", str(contact.get("Address"))):
                found[str(record.get("AoR"))] = address[1]
    return found


def _all(dumped: object, name: str) -> list[dict[str, object]]:
    """The objects of a name, at any depth; none below one of them."""
    if isinstance(dumped, list):
        return [item for part in dumped for item in _all(part, name)]
    if not isinstance(dumped, dict):
        return []
    here = [value for key, value in dumped.items() if key == name and isinstance(value, dict)]
    return here + [item for key, value in dumped.items() if key != name for item in _all(value, name)]
