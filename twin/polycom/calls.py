"""Commands for calls: making, ending and measuring them."""

from __future__ import annotations

from twin.polycom.agent import Call, Stream
from twin.polycom.endpoint import CallRefused, Endpoint
from twin.polycom.settings import H323_ENABLE, RATES, SIP_ENABLE
from twin.polycom.words import ILLEGAL, MORE, NO_CALL, CommandError, answer, exactly, no_sub_command


async def dial(endpoint: Endpoint, rest: list[str]) -> list[str]:
    """``dial manual SPEED "STRING" [h323|ip|sip]``."""
    if rest and rest[0] != "manual":
        raise no_sub_command(rest[0])
    if len(rest) < 3:
        raise CommandError(MORE)
    _, speed, number, *kind = rest
    if len(kind) > 1 or (kind and kind[0] not in ("h323", "ip", "sip")) or speed not in RATES or not number:
        raise CommandError(ILLEGAL)
    by_sip = kind == ["sip"] or (kind != ["h323"] and endpoint.store[SIP_ENABLE] == "True")
    enabled = endpoint.store[SIP_ENABLE if by_sip else H323_ENABLE]
    if enabled != "True":
        raise CommandError(ILLEGAL)
    if by_sip:
        try:
            await endpoint.dial(number, int(speed))
        except CallRefused as refusal:
            return ["dialing manual", f"info: {refusal}"]
    return ["dialing manual"]  # nobody in the twin answers H.323: that call never comes about


async def hangup(endpoint: Endpoint, rest: list[str]) -> list[str]:
    exactly(rest, "all")
    await endpoint.hang_up()
    return ["hanging up all"]


async def callinfo(endpoint: Endpoint, rest: list[str]) -> list[str]:
    exactly(rest, "all")
    calls = endpoint.calls()
    if not calls:
        return [NO_CALL]
    return ["callinfo begin", *(_call(endpoint, call) for call in calls), "callinfo end"]


def _call(endpoint: Endpoint, call: Call) -> str:
    fields = (
        str(call.id),
        call.name,
        call.number,
        str(call.rate_kbps),
        "connected" if call.connected else "connecting",
        "muted" if endpoint.is_muted(call) else "notmuted",
        "outgoing" if call.outgoing else "incoming",
        "videocall",
    )
    return ":".join(("callinfo", *fields))


async def mute(endpoint: Endpoint, rest: list[str]) -> list[str]:
    if rest and rest[0] != "near":
        raise no_sub_command(rest[0])
    if len(rest) < 2:
        raise CommandError(MORE)
    exactly(rest[2:])
    match rest[1]:
        case "on" | "off" as word:
            endpoint.mute(word == "on")
        case "toggle":
            endpoint.mute(not endpoint.is_muted())
        case "get":
            pass
        case word:
            raise no_sub_command(word)
    return [answer("mute", "near", "on" if endpoint.is_muted() else "off")]


# ---------------------------------------------------------------- measurements
def _sum(streams: list[Stream], direction: str, medium: str = "") -> float:
    return sum(s.rate_kbps for s in streams if s.direction == direction and medium in ("", s.medium))


def _worst(streams: list[Stream], direction: str, medium: str) -> tuple[int, int]:
    """Packets lost and jitter in whole milliseconds."""
    chosen = [s for s in streams if s.direction == direction and s.medium == medium]
    lost = sum(s.packets_lost for s in chosen)
    return lost, round(max((s.jitter_ms for s in chosen), default=0.0))


def _loss(streams: list[Stream]) -> tuple[int, float]:
    """Packets lost and the worst share in percent: of what is sent only, as on the device."""
    sent = [s for s in streams if s.direction == "TX"]
    return sum(s.packets_lost for s in sent), max((s.percent_lost for s in sent), default=0.0)


async def netstats(endpoint: Endpoint, rest: list[str]) -> list[str]:
    exactly(rest)
    lines = []
    for number, call in enumerate(endpoint.calls()):
        streams = await endpoint.agent.statistics(call.id)
        lost, percent = _loss(streams)
        lines.append(
            f"call:{number} txrate:{_sum(streams, 'TX'):.0f} K rxrate:{_sum(streams, 'RX'):.0f} K pktloss:{lost} "
            f"%pktloss:{percent:.1f} % tvp:H.264 rvp:H.264 tvf:720p rvf:720p tap:G.722 rap:G.722 tcp:SIP rcp:SIP"
        )
    return lines or [NO_CALL]


async def advnetstats(endpoint: Endpoint, rest: list[str]) -> list[str]:
    exactly(rest)
    lines = []
    for number, call in enumerate(endpoint.calls()):
        streams = await endpoint.agent.statistics(call.id)
        rates = [
            f"{name}:{_sum(streams, direction, medium):.0f} K"
            for name, direction, medium in (
                ("tar", "TX", "AUDIO"),
                ("rar", "RX", "AUDIO"),
                ("tvr", "TX", "VIDEO"),
                ("rvr", "RX", "VIDEO"),
            )
        ]
        (tapl, taj), (rapl, raj) = _worst(streams, "TX", "AUDIO"), _worst(streams, "RX", "AUDIO")
        (tvpl, tvj), (rvpl, rvj) = _worst(streams, "TX", "VIDEO"), _worst(streams, "RX", "VIDEO")
        measured = (
            f"tapl:{tapl} rapl:{rapl} taj:{taj} ms raj:{raj} ms tvpl:{tvpl} rvpl:{rvpl} tvj:{tvj} ms rvj:{rvj} ms"
        )
        lines.append(" ".join([f"call:{number}", *rates, measured, "dc:--- ccaps:---"]))
    return lines or [NO_CALL]
