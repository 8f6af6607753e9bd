"""What an endpoint's two faces need of the SIP client behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Account:
    """Where and as whom to register."""

    registrar: str  # address
    proxy: str  # address; "" = the registrar
    user: str  # "8018"
    auth_user: str
    password: str
    transport: str  # "udp", "tcp" or "tls"


@dataclass(frozen=True)
class Media:
    """How calls are made and answered."""

    name: str  # the display name that others see
    auto_answer: bool  # of the first call
    multipoint_auto_answer: bool  # of calls beside another one
    mute: bool  # answer with the own microphone off
    udp_low: int  # first and last UDP port for RTP and RTCP
    udp_high: int
    dscp_audio: int  # 0..63
    dscp_video: int
    dscp_signalling: int
    rate_kbps: int  # the highest rate of a call


@dataclass(frozen=True)
class Call:
    """One call as both faces show it."""

    id: int  # small, unique while it lasts
    number: str  # the other side: "8001" or "8001@10.77.1.15"
    name: str  # its display name, "" when unknown
    rate_kbps: int
    connected: bool
    outgoing: bool
    muted: bool


@dataclass(frozen=True)
class Stream:
    """One direction of one medium, as measured."""

    direction: str  # "TX" or "RX"
    medium: str  # "AUDIO" or "VIDEO"
    rate_kbps: float
    packets_lost: int
    percent_lost: float
    jitter_ms: float


class Agent(Protocol):
    """A SIP client with real RTP. One at a time in a network namespace."""

    async def start(self, account: Account | None, media: Media) -> None:
        """Run with these settings, registered when there is an account; ends calls when it has to start anew."""

    async def stop(self) -> None:
        """End it and its calls. May be called twice."""

    @property
    def registered(self) -> bool:
        """Whether the registrar accepted the account and has not refused since."""

    @property
    def failure(self) -> str:
        """Why it is not registered, in SIP's words ("401 Unauthorized"); "" when nothing was said."""

    async def dial(self, number: str, rate_kbps: int) -> int:
        """Call somebody; the id of the call, which connects later. Raises ValueError when the client refuses."""

    async def hang_up(self, call: int | None = None) -> None:
        """End one call, or all."""

    def calls(self) -> list[Call]:
        """Calls that ring or are connected."""

    async def statistics(self, call: int) -> list[Stream]:
        """What is measured of a connected call; [] when there is no such call or nothing was measured yet."""
