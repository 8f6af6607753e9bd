"""A router without a command line: it routes, and what it is given at the console is a Meaning as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from twin import cli
from twin.device import DeviceRefused, Host, MeaningError, Unit
from twin.meaning import DhcpClient, FailoverRoute, LeafQueue, Link, Meaning, Shaper, TrafficClass


def to_json(meaning: Meaning) -> bytes:
    return json.dumps(asdict(meaning)).encode()


def from_json(content: bytes) -> Meaning:
    found: dict[str, Any] = json.loads(content)
    found["links"] = tuple(
        Link(**{**link, "addresses": tuple(link["addresses"]), "members": tuple(link["members"])})
        for link in found["links"]
    )
    found["dhcp_clients"] = tuple(DhcpClient(**client) for client in found["dhcp_clients"])
    found["failover"] = tuple(
        FailoverRoute(**{**route, "targets": tuple(route["targets"])}) for route in found["failover"]
    )
    found["shapers"] = tuple(shaper(given) for given in found["shapers"])
    return Meaning(**found)


def shaper(given: dict[str, Any]) -> Shaper:
    classes = (
        TrafficClass(**{**item, "queue": LeafQueue(**item["queue"]) if item["queue"] else None})
        for item in given["classes"]
    )
    return Shaper(**{**given, "classes": tuple(classes), "filters": tuple(given["filters"])})


class FakeDevice:
    """Keeps the last imported meaning on its disk."""

    def __init__(self, unit: Unit, host: Host) -> None:
        self._unit = unit
        self._host = host
        self._saved = unit.disk / "meaning.json"

    async def boot(self) -> None:
        if self._saved.exists():
            await self._host.apply(from_json(self._saved.read_bytes()))
        else:
            await self._host.apply(Meaning("factory"))

    async def usb(self, name: str, content: bytes) -> str:
        if name == "reboot":
            self._host.reboot()
        if name == "crash":
            raise ValueError("crashed as told")
        try:
            await self._host.apply(from_json(content))
        except MeaningError as error:
            raise DeviceRefused(str(error)) from error
        self._saved.write_bytes(content)
        return f"imported {name}"

    def status(self) -> dict[str, object]:
        pids: dict[str, object] = getattr(self._host, "pids", dict)()
        return {
            "factory_new": not self._saved.exists(),
            "release": self._unit.release,
            "hostname": self._unit.name,
            "pids": pids,
        }

    async def shutdown(self) -> None:
        pass


if __name__ == "__main__":  # the command `twin` with these devices
    cli.SOFTWARE.update(vyos=("tests.twin.fake", "FakeDevice"), routeros=("tests.twin.fake", "FakeDevice"))
    sys.exit(cli.main())
