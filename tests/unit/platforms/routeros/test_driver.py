"""The driver against a router that answers by script and remembers in which order it was asked."""

from __future__ import annotations

from typing import Any

import pytest

from diemcau.errors import Refused, Unexpected, Unreachable
from diemcau.platforms import Plan, Statement
from diemcau.platforms.routeros.driver import RouterosDriver
from diemcau.redaction import Secret

BEFORE = "/system identity set name=old\n"


class Files:
    """SFTP of a session."""

    def __init__(self, router: Router) -> None:
        self.router = router

    def open_sftp(self) -> Files:
        return self

    def open(self, name: str, mode: str) -> Files:
        self.name = name
        return self

    def set_pipelined(self, on: bool) -> None: ...

    def write(self, content: bytes) -> None:
        self.router.log.append(f"upload {self.name}")
        self.router.script = content.decode()

    def __enter__(self) -> Files:
        return self

    def __exit__(self, *_: object) -> None: ...


class Router:
    """``refuses``: number of the statement that fails; ``timers``: how many schedulers are there."""

    def __init__(self, refuses: int | None = None, timers: int = 0, arms: bool = True) -> None:
        self.log: list[str] = []
        self.script, self.identity = "", "old"
        self.refuses, self.timers, self.arms = refuses, timers, arms
        self.files = 0
        self.remote_conn_pre = Files(self)

    def disconnect(self) -> None:
        self.log.append("close")

    def ask(self, commands: Any) -> list[str]:
        return [self.answer(command) for command in commands]

    def answer(self, command: str) -> str:
        self.log.append(command.split(" [find")[0].split(" on-event")[0])
        if command == "/system resource print":
            return "version: 7.18.2 (stable)"
        if command.startswith("/export"):
            return f"# comment\n/system identity set name={self.identity}"
        if command.startswith("/system backup save") and self.arms:
            self.files += 1
        if command.startswith("/system scheduler add") and self.arms:
            self.timers += 1
        if command.startswith("/system scheduler remove"):
            self.timers = max(0, self.timers - 1)
        if command.startswith("/file remove"):
            self.files = 0
        if "scheduler print count-only" in command:
            return str(self.timers)
        if "file print count-only" in command:
            return str(self.files)
        if command.startswith("/import"):
            return self.run()
        return ""

    def run(self) -> str:
        printed = []
        for number, line in enumerate(line for line in self.script.splitlines() if not line.startswith(":put")):
            if number == self.refuses:
                self.refuses = None
                return "\n".join([*printed, "failure: no such thing"])
            if line.startswith("/system identity set name="):
                self.identity = line.rpartition("=")[2]
            printed.append(f"dc{number + 1}")
        return "\n".join(printed)


def driver(router: Router) -> RouterosDriver:
    return RouterosDriver(router, "ga-ry-router", router)  # type: ignore[arg-type]


PLAN = Plan(
    (
        Statement("/system identity set name=new", "/system identity set name=new", "system"),
        Statement(Secret("/user add password=hunter2"), "/user add password=***", "system"),
    )
)


def test_backup_then_timers_then_the_change() -> None:
    router = Router()
    device = driver(router)
    device.read()
    router.log.clear()
    device.commit(PLAN, 5)
    order = [entry for entry in router.log if "print" not in entry]
    assert order == [
        "/system backup save name=diemcau-revert dont-encrypt=yes",
        "/system scheduler add name=diemcau-revert-deadline interval=5m",
        "/system scheduler add name=diemcau-revert-startup start-time=startup interval=0s",
        "upload diemcau-change.rsc",
        "/import file-name=diemcau-change.rsc",
    ]
    assert router.timers == 2  # until somebody confirms


def test_without_its_timers_nothing_is_changed() -> None:
    router = Router(arms=False)
    with pytest.raises(Refused, match="revert timer could not be set"):
        driver(router).commit(PLAN, 5)
    assert not [entry for entry in router.log if "import" in entry]


def test_a_refused_statement_is_named_and_what_came_before_is_put_back() -> None:
    router = Router(refuses=1)
    device = driver(router)
    device.read()
    with pytest.raises(Refused) as caught:
        device.commit(PLAN, 5)
    assert (caught.value.words, caught.value.section) == ("failure: no such thing", "system")
    assert caught.value.statement == "/user add password=***"
    assert "hunter2" not in str(caught.value)
    assert router.identity == "old"
    assert (router.timers, router.files) == (0, 0)


def test_confirm_removes_timers_and_files() -> None:
    router = Router(timers=2)
    driver(router).confirm()
    assert (router.timers, router.files) == (0, 0)


def test_confirm_says_when_the_router_went_back_already() -> None:
    with pytest.raises(Unexpected, match="taken the change back before it was confirmed"):
        driver(Router(timers=0)).confirm()


def test_a_session_that_dies_while_uploading_is_unreachable() -> None:
    router = Router()
    router.remote_conn_pre.open_sftp = lambda: (_ for _ in ()).throw(EOFError())  # type: ignore[method-assign]
    with pytest.raises(Unreachable, match="ga-ry-router: the change could not be uploaded"):
        driver(router).commit(PLAN, 5)
    assert router.timers == 2  # the router takes back what it may have got
