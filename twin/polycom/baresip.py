"""The endpoint's SIP client: baresip from Debian, which sends real RTP.

Of the SIP clients in Debian it is the one that carries many calls at once without holding any, is one small process
(8 MB, some 2 % of a processor for a call), is controlled over TCP with JSON, and takes its RTP ports from a range.
linphone's daemon pauses all calls but one.

baresip listens on an address, not on an interface: it is started anew when the room gets another one, when it dies,
and when the registrar refused or was not there, as its own next attempt would come after a minute or more.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import re
import socket
import struct
import sys
from collections.abc import Coroutine
from pathlib import Path

from twin.linux import commands
from twin.polycom import baresip_config as files
from twin.polycom.agent import Account, Call, Media, Stream
from twin.polycom.baresip_calls import Calls, Record, dialled_id
from twin.polycom.baresip_control import Control, Event

FOLDER = Path("/run/baresip")
LOOK = 1.0  # seconds between looks at the address and the registration
START_TIMEOUT = 15.0  # seconds that start() waits for it to be there
STOP_TIMEOUT = 2.0  # seconds to take leave of the registrar and of calls, which may be out of reach
RETRY = 8.0  # seconds after a failed registration
LONGEST_PAUSE = 30.0  # seconds before a client that dies again and again is started anew
MOST_DEATHS = 10  # in a row; then it stays down until the settings change
WELL = 60.0  # seconds of life after which earlier deaths do not count
SIOCGIFADDR = 0x8915  # linux/sockios.h
RATES_TIMEOUT = 2.0  # seconds; the client tells the rates of its current call ten times a second

_RATES = re.compile(r"\[\d+:\d\d:\d\d\] (.*)\(bit/s\)")
_MEDIUM = re.compile(r"(audio|video)=(\d+)/(\d+)")
# What it prints at each start and in each call, without being worth a line in the log.
_CHATTER = re.compile(
    r"baresip v|baresip is ready|Local network|Populated|(aucodec|ausrc|auplay|vidcodec|vidsrc|vidisp): |ausine: "
    r"|audio[: ]|video[: ]|stream: |Set (audio|video) |ua: using|call: (SIP Progress|connecting|answering|got re)"
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class BaresipAgent:
    """Implements ``twin.polycom.agent.Agent`` for the network namespace that this process runs in."""

    def __init__(self, folder: Path = FOLDER, port: str = "eth0") -> None:
        self._folder = folder
        self._port = port
        self._account: Account | None = None
        self._media: Media | None = None
        self._task: asyncio.Task[None] | None = None
        self._up = asyncio.Event()  # it runs and listens
        self._control: Control | None = None
        self._calls = Calls("", 0)
        self._lock = asyncio.Lock()  # commands that choose a call and then act on it
        self._jobs: set[asyncio.Task[None]] = set()
        self._registered = False
        self._failure = ""
        self._failed_at: float | None = None
        self._answering = ""  # how baresip is told to answer
        self._rates: asyncio.Queue[dict[str, tuple[int, int]]] | None = None

    # ------------------------------------------------------------ life
    async def start(self, account: Account | None, media: Media) -> None:
        """See ``Agent``. Without an account nothing runs: whom nobody knows nobody calls.

        Raises MeaningError when Linux refuses the marks.
        """
        await self.stop()
        self._account, self._media = account, media
        if account is None:
            return
        try:
            files.user_agent(account, media)
        except ValueError as error:
            self._failure = str(error)
            return
        await commands.run(["nft", "-f", "-"], files.marks(media))
        self._task = asyncio.create_task(self._keep(account, media))
        if _address(self._port):
            done, _ = await asyncio.wait({up := asyncio.create_task(self._up.wait())}, timeout=START_TIMEOUT)
            if not done:
                up.cancel()

    async def stop(self) -> None:
        """See ``Agent``."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await commands.run(["nft", "delete", "table", *files.TABLE.split()], check=False)
        self._failure = ""

    async def _keep(self, account: Account, media: Media) -> None:
        """Run it as long as there is an address, again and again."""
        loop = asyncio.get_running_loop()
        deaths = 0
        while deaths < MOST_DEATHS:
            address = _address(self._port)
            if not address:
                self._failure = "no network address"
                await asyncio.sleep(LOOK)
                continue
            began = loop.time()
            try:
                wanted = await self._run(account, media, address)
            except OSError as error:
                wanted, self._failure = False, str(error)
            if wanted:
                continue
            deaths = 1 if loop.time() - began > WELL else deaths + 1
            self._failure = self._failure or "the SIP client ended by itself"
            print(f"the SIP client ended by itself ({deaths} in a row)", file=sys.stderr, flush=True)
            await asyncio.sleep(min(LONGEST_PAUSE, 0.5 * 2**deaths))
        self._failure = "the SIP client does not stay up"

    async def _run(self, account: Account, media: Media, address: str) -> bool:
        """One life of the process; whether its end was wanted."""
        files.write(self._folder, media)
        try:
            process = await asyncio.create_subprocess_exec(
                *("baresip", "-4", "-f", str(self._folder)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env={**commands.ENVIRONMENT, "HOME": str(self._folder)},
            )
        except OSError as error:
            raise ConnectionRefusedError(f"baresip: {error.strerror}") from error
        self._calls = Calls(account.registrar, media.rate_kbps)
        self._answering = files.answer_mode(media, 0)
        self._failed_at = None
        control = self._control = Control(self._hear)
        reading = asyncio.create_task(self._read(process))
        try:
            await control.connect(files.CONTROL_PORT)
            # Only now, as what it says about the registration must not come before somebody listens.
            if not await self._introduce(control, account, media):
                return False
            self._up.set()
            while True:
                await asyncio.wait({reading}, timeout=LOOK)
                if reading.done() or not control.alive:
                    return False
                if _address(self._port) != address or (self._may_retry() and not self._calls):
                    return True
        finally:
            self._up.clear()
            self._registered = False
            self._calls = Calls(account.registrar, media.rate_kbps)
            await _end(process)
            await control.close()
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reading

    async def _introduce(self, control: Control, account: Account, media: Media) -> bool:
        """Give it the account."""
        try:
            await control.command("uanew", files.user_agent(account, media))
        except ValueError:  # its words repeat the password
            self._failure = "the SIP client refuses the account"
            return False
        return True

    def _may_retry(self) -> bool:
        return self._failed_at is not None and asyncio.get_running_loop().time() - self._failed_at > RETRY

    # ------------------------------------------------------------ what it tells
    async def _read(self, process: asyncio.subprocess.Process) -> None:
        """What it prints goes to the machine's log, except the line of rates that it repaints."""
        assert process.stdout is not None
        rest = ""
        while data := await process.stdout.read(4096):
            *lines, rest = re.split(r"[\r\n]+", rest + data.decode(errors="replace"))
            if _RATES.search(rest):
                lines, rest = [*lines, rest], ""
            for line in lines:
                if found := _RATES.search(line):
                    if self._rates is not None:
                        told = {name: (int(sent), int(got)) for name, sent, got in _MEDIUM.findall(found[1])}
                        self._rates.put_nowait(told)
                elif (words := _COLOUR.sub("", line).strip()) and not _CHATTER.match(words):
                    print(f"baresip: {words}", file=sys.stderr, flush=True)

    def _hear(self, event: Event) -> None:
        kind, parameter = str(event.get("type")), str(event.get("param", ""))
        if kind == "REGISTER_OK":
            self._registered, self._failure, self._failed_at = True, "", None
        elif kind == "REGISTER_FAIL":
            self._registered, self._failure = False, parameter
            self._failed_at = asyncio.get_running_loop().time()
        elif kind.startswith("CALL_"):
            record = self._calls.hear(kind, event)
            # Not before these two: only then it takes commands about the call.
            if record is not None and not record.outgoing and kind in ("CALL_INCOMING", "CALL_ESTABLISHED"):
                self._later(self._meet(record))
            self._answer_as_asked()

    def _later(self, job: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(job)
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)

    def _answer_as_asked(self) -> None:
        """A call beside others is answered by another rule than the first."""
        assert self._media is not None
        wanted = files.answer_mode(self._media, len(self._calls))
        if wanted != self._answering:
            self._answering = wanted
            self._later(self._tell("answermode", wanted))

    async def _tell(self, command: str, parameters: str = "") -> None:
        control = self._control
        assert control is not None
        try:
            await control.command(command, parameters)
        except (ValueError, ConnectionError) as error:  # it may have ended meanwhile; the log tells
            print(f"baresip: {command}: {error}", file=sys.stderr, flush=True)

    async def _meet(self, record: Record) -> None:
        """Learn who calls, and switch the own microphone off if that is asked."""
        assert self._media is not None
        with contextlib.suppress(ValueError, ConnectionError):  # the call may be over already
            async with self._lock:
                await self._choose(record)
                record.learn(await self._command("callstat"))
                if self._media.mute and record.connected and not record.muted:
                    await self._command("mute")
                    record.muted = True

    # ------------------------------------------------------------ what it is told
    async def _command(self, name: str, parameters: str = "") -> str:
        if self._control is None or not self._up.is_set():
            raise ConnectionResetError(self._failure or "the SIP client does not run")
        return await self._control.command(name, parameters)

    async def _choose(self, record: Record) -> None:
        await self._command("callfind", record.sip_id)

    @property
    def registered(self) -> bool:
        """See ``Agent``."""
        return self._registered

    @property
    def failure(self) -> str:
        """See ``Agent``."""
        return self._failure

    async def dial(self, number: str, rate_kbps: int) -> int:
        """See ``Agent``."""
        account = self._account
        if account is None:
            raise ValueError("not registered")
        async with self._lock:
            try:
                ended = self._calls.ended
                uri = files.target(number, account.registrar)
                said = await self._command("dial", uri)
                # baresip 1.1 says the call's id at once; with 1.0 it is the current call.
                sip_id = dialled_id(said) or dialled_id(await self._command("callstat"))
                if not sip_id and self._calls.ended > ended:
                    return self._calls.number()  # refused already: a call that is over
                if not sip_id:
                    raise ValueError("the SIP client makes no call")
                record = self._calls.dialled(sip_id, uri, rate_kbps)
            except ConnectionError as error:
                raise ValueError(str(error)) from None
        self._answer_as_asked()
        return record.id

    async def hang_up(self, call: int | None = None) -> None:
        """See ``Agent``."""
        for record in self._calls.some(call):
            async with self._lock:
                with contextlib.suppress(ValueError, ConnectionError):  # the other side was faster
                    await self._choose(record)
                    await self._command("hangup")

    def calls(self) -> list[Call]:
        """See ``Agent``."""
        return self._calls.public()

    async def statistics(self, call: int) -> list[Stream]:
        """See ``Agent``. Losses are of the whole call, rates of the last seconds."""
        record = next((record for record in self._calls.some(call) if record.connected and record.measured), None)
        if record is None:
            return []
        async with self._lock:
            try:
                await self._choose(record)
                rates = await self._current_rates()
            except (ValueError, ConnectionError, TimeoutError):  # it ended meanwhile
                return []
        return record.streams(rates)

    async def _current_rates(self) -> dict[str, tuple[int, int]]:
        """Bits a second sent and received of each medium of the chosen call."""
        self._rates = asyncio.Queue()
        await self._command("statmode")  # on
        try:
            await asyncio.wait_for(self._rates.get(), RATES_TIMEOUT)  # may have been painted before
            return await asyncio.wait_for(self._rates.get(), RATES_TIMEOUT)
        finally:
            self._rates = None
            await self._tell("statmode")  # off


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_TIMEOUT)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _address(port: str) -> str:
    """The port's first IPv4 address; "" when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            answer = fcntl.ioctl(asked, SIOCGIFADDR, struct.pack("256s", port.encode()))
        except OSError:
            return ""
    return socket.inet_ntoa(answer[20:24])
