"""The calls that baresip tells about, and what it measured of them."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from twin.polycom.agent import Call, Stream
from twin.polycom.baresip_config import number_of
from twin.polycom.baresip_control import Event

_ID = re.compile(r"^ *af=\S+ id=(\S+)", re.MULTILINE)
_DIALLED = re.compile(r"^call id: (\S+)", re.MULTILINE)
_PEER = re.compile(r"^ *peer_uri: *(.*?) *<(.*)>", re.MULTILINE)
MEDIA = ("audio", "video")


@dataclass
class Record:
    """One call."""

    id: int
    sip_id: str
    uri: str
    outgoing: bool
    rate_kbps: int
    name: str = ""
    connected: bool = False
    muted: bool = False
    measured: dict[str, Event] = field(default_factory=dict)  # RTCP's numbers by medium, once packets were counted

    def learn(self, callstat: str) -> None:
        """Take the other side's display name from what `callstat` printed of this call."""
        if _id(callstat) == self.sip_id and (found := _PEER.search(callstat)):
            self.name = found[1].strip('" ')

    def streams(self, rates: dict[str, tuple[int, int]]) -> list[Stream]:
        """Each direction of each medium that was measured; rates in bit/s, sent and received."""
        made = []
        for medium in MEDIA:
            if medium in self.measured:
                sent, received = rates.get(medium, (0, 0))
                made += [
                    _stream("TX", medium, sent, self.measured[medium]["tx"]),
                    _stream("RX", medium, received, self.measured[medium]["rx"]),
                ]
        return made


def _stream(direction: str, medium: str, bits: int, told: Event) -> Stream:
    # What arrives twice counts as less than nothing lost (RFC 3550, 6.4.1). The jitter is in microseconds.
    lost, sent = max(0, int(told["lost"])), int(told["sent"])
    percent = min(100.0, 100.0 * lost / sent) if sent else 0.0
    return Stream(direction, medium.upper(), bits / 1000, lost, round(percent, 2), round(int(told["jit"]) / 1000, 2))


def _id(callstat: str) -> str:
    found = _ID.search(callstat)
    return found[1] if found else ""


def dialled_id(said: str) -> str:
    """The id of an outgoing call in what `dial` or `callstat` said; "" when there is none."""
    if found := _DIALLED.search(said):
        return found[1]
    return _id(said) if "direction: Outgoing" in said else ""


class Calls:
    """The calls of one life of the client."""

    def __init__(self, registrar: str, rate_kbps: int) -> None:
        self._registrar = registrar
        self._rate = rate_kbps  # the highest; what the other side asked for is not told
        self._records: dict[str, Record] = {}
        self.ended = 0  # outgoing calls that are over
        self._numbers = itertools.count(1)  # never given twice: who asks late means the call that is over

    def __len__(self) -> int:
        return len(self._records)

    def some(self, call: int | None) -> list[Record]:
        """The call with this id, or all."""
        return [record for record in self._records.values() if call in (None, record.id)]

    def public(self) -> list[Call]:
        return [
            Call(
                id=record.id,
                number=number_of(record.uri, self._registrar),
                name=record.name,
                rate_kbps=record.rate_kbps,
                connected=record.connected,
                outgoing=record.outgoing,
                muted=record.muted,
            )
            for record in self._records.values()
        ]

    def hear(self, kind: str, event: Event) -> Record | None:
        """Keep in step with an event; the call that it is about, None when that is over."""
        sip_id = str(event.get("id", ""))
        if not sip_id:
            return None
        if kind == "CALL_CLOSED":
            self._records.pop(sip_id, None)
            self.ended += event.get("direction") == "outgoing"
            return None
        record = self._records.get(sip_id)
        if record is None:
            record = self._add(sip_id, str(event.get("peeruri", "")), event.get("direction") == "outgoing")
        if kind == "CALL_ESTABLISHED":
            record.connected = True
        told = event.get("rtcp_stats")
        if kind == "CALL_RTCP" and told and (told["tx"]["sent"] or told["rx"]["sent"]):
            record.measured[str(event.get("param"))] = told
        return record

    def dialled(self, sip_id: str, uri: str, rate_kbps: int) -> Record:
        """The call that was dialled, which may have been heard of already."""
        record = self._records.get(sip_id) or self._add(sip_id, uri, outgoing=True)
        record.rate_kbps = rate_kbps
        return record

    def number(self) -> int:
        """The id of a further call."""
        return next(self._numbers)

    def _add(self, sip_id: str, uri: str, outgoing: bool) -> Record:
        record = Record(self.number(), sip_id, uri, outgoing, self._rate)
        self._records[sip_id] = record
        return record
