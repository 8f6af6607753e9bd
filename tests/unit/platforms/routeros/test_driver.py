"""The driver against a router that answers by script and remembers in which order it was asked."""

from __future__ import annotations

import re

import pytest

from diemcau.errors import DiemcauError, Problem, Refused, Unexpected, Unreachable
from diemcau.intent import SECTIONS
from diemcau.platforms import Moment, Plan, Statement
from diemcau.platforms.routeros.parse import parse
from diemcau.platforms.routeros.plan import plan
from diemcau.platforms.routeros.render import render
from diemcau.redaction import Secret, joined
from tests.unit.platforms.routeros.fakes import FakeRouter, driver
from tests.unit.platforms.routeros.interpreter import Device
from tests.unit.platforms.routers import commune

TEXT = joined(render(commune("routeros", "7.18"), SECTIONS).values()).reveal()
FACTORY = {
    "/interface bridge": [{"name": "bridge", "comment": "defconf"}],
    "/ip address": [{"address": "192.168.88.1/24", "interface": "bridge", "comment": "defconf"}],
    "/user": [{"name": "diemcau", "group": "full"}, {"name": "admin", "group": "full"}],
    "/queue simple": [{"name": "somebody's"}],
}
USER = "/user add name=x group=full password"
PLAN = Plan(
    (
        Statement("/system identity set name=new", "/system identity set name=new", "system"),
        Statement("/ip pool add name=room ranges=10.1.1.1", "/ip pool add name=room ranges=10.1.1.1", "lan"),
        Statement(Secret(f"{USER}=hunter2"), f"{USER}=***", "system"),
    )
)
CLEAR = [
    '/system scheduler remove [find name~"^diemcau-revert"]',
    '/file remove [find name="diemcau-revert.backup"]',
    '/file remove [find name="flash/diemcau-revert.backup"]',
    '/file remove [find name="diemcau-change.rsc"]',
]


def factory() -> FakeRouter:
    return FakeRouter(Device(FACTORY, {("/system identity", ""): {"name": "old"}}))


def commands(router: FakeRouter) -> list[str]:
    """What was typed to change something, without what changes from one time to the next."""
    typed = [line for line in router.typed if " print" not in line and not line.startswith(":put")]
    return [re.sub(r" password=\w+", "", line.split(" on-event")[0]) for line in typed]


def test_a_whole_change_leaves_nothing_to_change_and_nothing_behind() -> None:
    router = factory()
    first = driver(router)
    running = first.read()
    made = plan(parse(running.text), parse(TEXT), SECTIONS)
    assert made.unmanaged == ("/queue simple",)
    first.commit(made, 5)
    first.close()
    driver(router).confirm()
    assert (router.timers, router.files) == ({}, {})
    again = driver(router).read()
    assert (again.release, again.pending) == ("7.18", None)
    assert plan(parse(again.text), parse(TEXT), SECTIONS).shown() == ""
    assert [user["name"] for user in router.device.entries["/user"]] == ["diemcau"]


def test_backup_then_timers_then_the_change() -> None:
    router = factory()
    device = driver(router)
    device.read()
    router.typed.clear()
    device.commit(PLAN, 5)
    assert commands(router) == [
        *CLEAR,
        "/system backup save name=diemcau-revert encryption=aes-sha256",
        "/system scheduler add name=diemcau-revert-deadline interval=5m",
        "/system scheduler add name=diemcau-revert-startup start-time=startup interval=0s",
        "upload diemcau-change.rsc",
        "/import file-name=diemcau-change.rsc",
        '/file remove [find name="diemcau-change.rsc"]',
    ]
    assert sorted(router.timers) == ["diemcau-revert-deadline", "diemcau-revert-startup"]  # until somebody confirms
    (event,) = set(router.timers.values())
    clean, load = event.split("\n")
    assert clean == '/file remove [find name="diemcau-change.rsc"]'
    password = load.removeprefix("/system backup load name=diemcau-revert password=")
    assert re.fullmatch(r"[0-9a-f]{32}", password)  # nobody can read a backup that outlives its entries
    assert f"/system backup save name=diemcau-revert password={password} encryption=aes-sha256" in router.typed


def test_a_backup_outlives_a_power_cut_where_files_are_kept_in_memory() -> None:
    router = factory()
    router.flash = True
    device = driver(router)
    device.read()
    device.commit(PLAN, 5)
    assert "flash/diemcau-revert.backup" in router.files
    assert all("name=flash/diemcau-revert password" in event for event in router.timers.values())
    driver(router).confirm()
    assert router.files == {}


def test_the_next_run_sees_the_timer() -> None:
    router = factory()
    device = driver(router)
    device.read()
    device.commit(PLAN, 5)
    running = driver(router).read()
    assert running.pending and "diemcau-revert" in running.pending
    assert "scheduler" not in running.text.reveal()


@pytest.mark.parametrize(
    ("timers", "files", "pending"),
    [
        (("deadline", "startup"), ("diemcau-revert.backup",), True),
        (("deadline", "startup"), ("flash/diemcau-revert.backup", "diemcau-change.rsc"), True),
        (("deadline", "startup"), (), False),  # there is nothing that they could load
        (("deadline",), ("diemcau-revert.backup",), False),  # the power went before the second, and before any change
        ((), ("diemcau-revert.backup",), False),  # the router went back to it
        ((), ("diemcau-change.rsc",), False),  # a file that did not arrive as a whole
    ],
)
def test_what_an_interrupted_run_left(timers: tuple[str, ...], files: tuple[str, ...], pending: bool) -> None:
    router = factory()
    router.timers = {f"diemcau-revert-{name}": "x" for name in timers}
    router.files = dict.fromkeys(files, "secret")
    device = driver(router)
    running = device.read()
    assert (running.pending is not None, running.leftovers) == (pending, not pending)
    device.tidy()
    assert (router.timers, router.files) == ({}, {})
    after = device.read()
    assert (after.pending, after.leftovers) == (None, False)


def test_a_new_change_begins_without_what_an_earlier_one_left() -> None:
    router = factory()
    router.timers, router.files = {"diemcau-revert-deadline": "load the old one"}, {"diemcau-change.rsc": "old"}
    device = driver(router)
    device.read()
    device.commit(PLAN, 5)
    assert all("load the old one" not in event for event in router.timers.values())
    driver(router).confirm()
    assert (router.timers, router.files) == ({}, {})


def test_nothing_to_change_says_nothing() -> None:
    router = factory()
    driver(router).commit(Plan(()), 5)
    assert router.typed == []


def test_without_its_timers_nothing_is_changed() -> None:
    router = factory()
    router.arms = False
    with pytest.raises(Refused, match="revert timer could not be set: failure: no space left"):
        driver(router).commit(PLAN, 5)
    assert not [line for line in router.typed if "import" in line]
    assert router.files == {}  # nor the backup, which holds secrets


def test_the_last_word_is_the_import_and_it_is_told_when_the_router_has_it() -> None:
    router, seen = factory(), []
    moment = Moment(lambda: seen.append(commands(router)[-1]), lambda: seen.append(commands(router)[-2]))
    driver(router).commit(PLAN, 5, moment)
    assert seen == ["upload diemcau-change.rsc", "/import file-name=diemcau-change.rsc"]


def test_a_last_word_that_is_not_to_be_spoken_leaves_nothing_behind() -> None:
    def other_end() -> None:
        raise DiemcauError(Problem(found="the other end is off"))

    router = factory()
    before = driver(router).read()
    with pytest.raises(DiemcauError, match="the other end is off"):
        driver(router).commit(PLAN, 5, Moment(other_end))
    assert (router.timers, router.files) == ({}, {})
    assert parse(driver(router).read().text) == parse(before.text)


def test_a_refused_statement_is_named_and_what_came_before_is_put_back() -> None:
    router = factory()
    router.refuse = {"/user add": "failure: password hunter2 is too short"}
    device = driver(router)
    before = device.read()
    with pytest.raises(Refused) as caught:
        device.commit(PLAN, 5)
    assert caught.value.words == "failure: password *** is too short"
    assert (caught.value.statement, caught.value.section) == (f"{USER}=***", "system")
    assert parse(driver(router).read().text) == parse(before.text)
    assert (router.timers, router.files) == ({}, {})


def test_what_a_statement_means_to_change_has_to_be_there() -> None:
    router = factory()
    statement = '/ip pool remove [find name="none"]'
    device = driver(router)
    device.read()
    with pytest.raises(Refused, match="is not there") as caught:
        device.commit(Plan((Statement(statement, statement, "lan"),)), 5)
    assert caught.value.statement == statement


def test_a_refusal_that_cannot_be_undone_is_left_to_the_timer() -> None:
    router = factory()
    router.refuse, router.refuse_once = (
        {"/user add": "failure: no", "/ip pool remove": "failure: pool is in use"},
        False,
    )
    device = driver(router)
    device.read()
    with pytest.raises(Unexpected, match="takes it back by itself within 5 minutes") as caught:
        device.commit(PLAN, 5)
    assert "hunter2" not in str(caught.value)
    assert "pool is in use" in str(caught.value)
    assert len(router.timers) == 2


def test_a_user_is_not_put_back_without_a_password() -> None:
    router = factory()
    statements = [Statement(text, text, "system") for text in ('/user remove [find name="admin"]', "/user add name=x")]
    router.refuse = {"/user add": "failure: no"}
    device = driver(router)
    device.read()
    with pytest.raises(Unexpected, match="passwords and keys of users cannot be read"):
        device.commit(Plan(tuple(statements)), 5)
    assert len(router.timers) == 2


@pytest.mark.parametrize("moment", ["/system backup save", "sftp", "/import"])
def test_a_session_that_is_cut_is_unreachable_and_the_timer_stays(moment: str) -> None:
    router = factory()
    router.dies_at = moment
    device = driver(router)
    device.read()
    with pytest.raises(Unreachable, match=r"^ch-om-router: ") as caught:
        device.commit(PLAN, 5)
    assert "hunter2" not in str(caught.value)
    assert len(router.timers) == (0 if moment.startswith("/system") else 2)


def test_confirm_says_when_the_router_went_back_already() -> None:
    router = factory()
    device = driver(router)
    device.read()
    device.commit(PLAN, 5)
    router.restart()
    with pytest.raises(Unexpected, match="taken the change back before it was confirmed"):
        driver(router).confirm()
    assert router.files == {}  # no secret stays behind even so


def test_an_export_that_is_not_complete_is_not_believed() -> None:
    router = factory()
    router.comment = '#error exporting "/ip/firewall/filter" (timeout)'
    with pytest.raises(Unexpected, match="ch-om-router: the export of the configuration is incomplete"):
        driver(router).read()
    router.comment = '#error exporting "/system/routerboard/mode-button"'
    assert driver(router).read().release == "7.18"


def test_what_cannot_be_read_is_masked() -> None:
    router = factory()
    router.comment = '/ppp secret frob name=x password="hunter2 and more"'
    with pytest.raises(Unexpected, match="ch-om-router: line 1 is no statement") as caught:
        driver(router).read()
    assert "hunter2" not in str(caught.value)
