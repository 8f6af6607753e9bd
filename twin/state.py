"""Where a twin keeps what it knows: one directory, `build/twin` of the project, or $TWIN_STATE."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from twin.errors import TwinError

BOOT_TIMEOUT = 120.0  # seconds for all machines together
MARKS = ("ansible.cfg", "inventory")  # what the project's directory has


def project() -> Path:
    """The project around the current directory: the nearest one with an ansible.cfg or an inventory."""
    here = Path.cwd()
    return next((path for path in (here, *here.parents) if any((path / mark).exists() for mark in MARKS)), here)


@dataclass(frozen=True)
class Process:
    """A process that cannot be mistaken for a later one with the same id."""

    pid: int
    start: str  # field 22 of /proc/PID/stat, clock ticks since boot

    @classmethod
    def of(cls, pid: int) -> Process | None:
        """The process with this id, or None."""
        try:
            text = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return None
        fields = text.rpartition(")")[2].split()  # the name before it may hold anything
        return None if fields[0] == "Z" else cls(pid, fields[19])

    def alive(self) -> bool:
        return Process.of(self.pid) == self


@dataclass(frozen=True)
class State:
    """The state directory's parts."""

    directory: Path

    @classmethod
    def current(cls) -> State:
        """The state directory that the current directory and the environment name."""
        named = os.environ.get("TWIN_STATE")
        return cls((Path(named) if named else project() / "build" / "twin").absolute())

    @property
    def prefix(self) -> str:
        """What this twin's namespaces begin with; another clone's twin has another."""
        return f"t{hashlib.sha256(os.fsencode(self.directory.resolve())).hexdigest()[:5]}-"

    def namespace(self, node: str) -> str:
        """The name, in `ip netns`, of a node's network namespace."""
        return self.prefix + node

    def node(self, name: str) -> Path:
        """A node's own directory."""
        return self.directory / "nodes" / name

    @property
    def log(self) -> Path:
        return self.directory / "supervisor.log"

    @property
    def _record(self) -> Path:
        return self.directory / "supervisor.json"

    def write_record(self, process: Process, facts: dict[str, object]) -> None:
        """Note the supervisor's process and what it built."""
        text = json.dumps({"pid": process.pid, "start": process.start, **facts}, ensure_ascii=False, indent=1)
        fresh = self._record.with_suffix(".new")
        fresh.write_text(text + "\n")
        fresh.rename(self._record)

    def record(self) -> dict[str, object]:
        """What was noted, {} when nothing was."""
        try:
            found = json.loads(self._record.read_text())
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise TwinError(f"{self._record} is damaged ({error}); `twin down` clears it") from error
        if not isinstance(found, dict):
            raise TwinError(f"{self._record} is damaged; `twin down` clears it")
        return found

    def supervisor(self) -> Process | None:
        """The supervisor that runs, or None."""
        try:
            record = self.record()
        except TwinError:
            return None
        if not record:
            return None
        process = Process(int(str(record.get("pid", 0))), str(record.get("start", "")))
        return process if process.alive() else None

    def empty(self) -> None:
        """Delete everything in the directory."""
        for path in self.directory.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    @contextlib.contextmanager
    def lock(self) -> Iterator[int]:
        """Only one `twin up` or `twin down` at a time on this directory, which exists meanwhile. Yields what holds it.

        The directory itself is the lock; when it is empty in the end it goes, and an empty `build` above it as well.
        """
        fd = self._locked()
        try:
            yield fd
        finally:
            with contextlib.suppress(OSError):  # not empty
                self.directory.rmdir()
                if self.directory.parent.name == "build":
                    self.directory.parent.rmdir()
            os.close(fd)

    def _locked(self) -> int:
        while True:
            try:
                self.directory.mkdir(parents=True, exist_ok=True)
                fd = os.open(self.directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            except FileNotFoundError:  # somebody else's `twin down` removed it, or the folder above it, at this moment
                continue
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.path.samestat(os.fstat(fd), os.stat(self.directory)):
                    return fd
            except FileNotFoundError:  # removed before it was locked: what holds then is nobody's directory
                pass
            except BlockingIOError:
                os.close(fd)
                raise TwinError(f"another `twin up` or `twin down` works on {self.directory}") from None
            os.close(fd)


def _short(path: Path, fd: int) -> str:
    """A socket's path through an open directory: the kernel takes 107 bytes, a deep clone's path is longer."""
    return f"/proc/self/fd/{fd}/{path.name}"


def listen(path: Path) -> socket.socket:
    """A listening unix socket at a path of any length, for root only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    fd = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        server.bind(_short(path, fd))
        path.chmod(0o600)
        server.listen(16)
    except OSError:
        server.close()
        raise
    finally:
        os.close(fd)
    return server


def ask(path: Path, request: dict[str, object], timeout: float) -> dict[str, object]:
    """Send one JSON line to a unix socket and return the JSON line that answers.

    Raises ConnectionError when nobody listens or the other side died, TimeoutError after timeout seconds.
    """
    try:
        fd = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise ConnectionRefusedError(str(error)) from error
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(timeout)
        try:
            client.connect(_short(path, fd))
        except FileNotFoundError as error:
            raise ConnectionRefusedError(str(error)) from error
        finally:
            os.close(fd)
        client.sendall(json.dumps(request).encode() + b"\n")
        with client.makefile("rb") as stream:
            line = stream.readline()
    if not line.endswith(b"\n"):
        raise ConnectionResetError("no answer: it went down meanwhile")
    answer = json.loads(line)
    if not isinstance(answer, dict):
        raise ConnectionResetError(f"not an answer: {answer!r}")
    return answer
