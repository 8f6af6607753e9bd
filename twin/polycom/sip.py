"""The settings as the SIP client takes them, and the client kept in step with them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from twin.polycom import settings as s
from twin.polycom.agent import Account, Agent, Media

QUIET_SECONDS = 0.5  # settings come in bunches
_DYNAMIC_PORTS = (49152, 65535)
_TRANSPORT = {"Auto": "udp", "UDP": "udp", "TCP": "tcp", "TLS": "tls"}

Value = Callable[[str], str]  # a setting's key to its value in effect


def account(value: Value) -> Account | None:
    """Where and as whom to register; None when it is switched off or not complete.

    "Auto" asks the network for the servers, and no network of the twin names any.
    """
    registrar, user = value(s.SIP_REGISTRAR), value(s.SIP_USER)
    if value(s.SIP_ENABLE) != "True" or value(s.SIP_CONFIG) != "Specify" or not registrar or not user:
        return None
    return Account(
        registrar=registrar,
        proxy=value(s.SIP_PROXY),
        user=user.partition("@")[0],
        auth_user=value(s.SIP_ACCOUNT) or user.partition("@")[0],
        password=value(s.SIP_PASSWORD),
        transport=_TRANSPORT[value(s.SIP_TRANSPORT)],
    )


def media(value: Value) -> Media:
    """How calls are made and answered."""
    low, high = _DYNAMIC_PORTS
    if value(s.FIXED_PORTS) == "True":
        low, high = int(value(s.FIXED_PORTS + "udplow")), int(value(s.FIXED_PORTS + "udphigh"))
    audio, video, control = (_dscp(value, medium) for medium in ("audio", "video", "oam"))
    return Media(
        name=value(s.SYSTEM_NAME),
        auto_answer=value("autoanswer") == "yes",
        multipoint_auto_answer=value("mpautoanswer") == "yes",
        mute=value("muteautoanswer") == "yes",
        udp_low=low,
        udp_high=high,
        dscp_audio=audio,
        dscp_video=video,
        dscp_signalling=control,
        rate_kbps=rate(value),
    )


def rate(value: Value) -> int:
    """The highest rate of a call, kbit/s."""
    return min(int(value(key)) for key in (s.MAX_INCOMING, "maxrxbandwidth", "maxtxbandwidth"))


def _dscp(value: Value, medium: str) -> int:
    if value(s.TOS_FIELD) == "DIFFSERV":
        return int(value(s.DIFFSERV + medium))
    return int(value(s.PRECEDENCE + medium)) << 3  # a precedence is the upper three bits


class Keeper:
    """Starts the client anew when its part of the settings changed and no call would end by it."""

    def __init__(self, agent: Agent, value: Value, quiet: float = QUIET_SECONDS) -> None:
        self._agent = agent
        self._value = value
        self._quiet = quiet
        self._running: tuple[Account | None, Media] | None = None
        self._changed = asyncio.Event()
        self._when = 0.0
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the client; what it raises says why it cannot run."""
        await self._apply()
        self._task = asyncio.create_task(self._watch())

    def changed(self) -> None:
        """Some setting changed."""
        self._when = asyncio.get_running_loop().time()
        self._changed.set()

    async def settle(self) -> None:
        """Do now what the changes ask for, unless a call is on."""
        async with self._lock:
            if self._changed.is_set() and not self._agent.calls():
                self._changed.clear()
                await self._try()

    async def stop(self) -> None:
        """End the client and its calls."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._agent.stop()

    async def _watch(self) -> None:
        while True:
            await self._changed.wait()
            rest = self._when + self._quiet - asyncio.get_running_loop().time()
            if rest > 0:
                await asyncio.sleep(rest)
                continue
            await self.settle()
            if self._changed.is_set():  # a call is on
                await asyncio.sleep(self._quiet)

    async def _try(self) -> None:
        try:
            await self._apply()
        except Exception as error:  # the twin's own fault: told, and tried again with the next change
            context = {"message": "the SIP client does not start with the new settings", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)

    async def _apply(self) -> None:
        wanted = (account(self._value), media(self._value))
        if wanted != self._running:
            self._running = None
            await self._agent.start(*wanted)
            self._running = wanted
