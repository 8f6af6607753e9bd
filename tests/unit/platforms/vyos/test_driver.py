from __future__ import annotations

import pytest

from diemcau.errors import DiemcauError, Problem, Refused, Unexpected, Unreachable
from diemcau.intent import SECTIONS
from diemcau.platforms import Hop, Moment, Plan, Port
from diemcau.platforms.vyos import parse, plan, render
from tests.unit.platforms.routers import commune, key
from tests.unit.platforms.vyos.fakes import WALL, FakeVyos, driver

OLD = (
    "interfaces ethernet eth0 hw-id '0c:00:00:00:00:01'",
    "interfaces wireguard wg0 mtu '1400'",
    f"interfaces wireguard wg0 private-key '{key('old')}'",
    "service ssh port '22'",
    "system host-name 'vyos'",
)
NEW_KEY = key("new")
NEW = f"""
set interfaces wireguard wg0 mtu 1420
set interfaces wireguard wg0 private-key {NEW_KEY}
set service ssh port 22
set system host-name ga-ry-router
"""


def shown(paths: tuple[str, ...] | list[str]) -> str:
    return "".join(f"set {path}\n" for path in paths)


def change(device: FakeVyos) -> Plan:
    return plan(parse(shown(device.running)), parse(NEW), SECTIONS)


def test_reading_takes_one_exchange_and_brings_release_text_and_timer() -> None:
    device = FakeVyos(OLD)
    subject = driver(device)
    running = subject.read()
    assert running.release == "1.4"
    assert running.pending is None
    assert parse(running.text) == parse(shown(OLD))
    assert subject._dialogue.exchanges == 1


@pytest.mark.parametrize("chunk", [1, 7, 65536])
@pytest.mark.parametrize("obeys_stty", [True, False])
def test_reading_survives_echo_prompts_colours_and_any_cut_into_pieces(chunk: int, obeys_stty: bool) -> None:
    device = FakeVyos(render(commune("vyos", "1.4"), SECTIONS)["vpn"].reveal().replace("set ", "").splitlines())
    device.chunk, device.obeys_stty = chunk, obeys_stty
    assert parse(driver(device).read().text) == parse(shown(device.running))


def test_a_long_line_and_vietnamese_text_survive_reading() -> None:
    long = f"system login banner pre-login '{'Huyện Tây Giang ' * 60}'"
    device = FakeVyos([*OLD, long])
    device.chunk = 5  # cuts characters of several bytes
    assert parse(driver(device).read().text) == parse(shown([*OLD, long]))


def test_a_message_between_lines_is_passed_over_and_one_within_a_line_is_read_again() -> None:
    for at in ("mtu '1400'\n", "mtu '14"):
        device = FakeVyos(OLD)
        device.wall_at = at
        subject = driver(device)
        assert parse(subject.read().text) == parse(shown(OLD))
        assert WALL.encode() not in device._out


def test_a_router_that_shows_nonsense_is_reported_without_its_secrets() -> None:
    device = FakeVyos([f"interfaces wireguard wg0 private-key '{key('old')}"])  # the quote does not close
    with pytest.raises(Unexpected, match="ga-ry-router") as caught:
        driver(device).read()
    assert key("old") not in str(caught.value)


def test_a_timer_that_an_earlier_run_left_is_reported() -> None:
    device = FakeVyos(OLD)
    device.timer = True
    assert driver(device).read().pending


def test_another_release_is_read_as_it_is() -> None:
    assert driver(FakeVyos(OLD, version="1.5-rolling-202411230007")).read().release == "1.5"
    with pytest.raises(Unexpected, match="show version"):
        driver(FakeVyos(OLD, version="?")).read()


def test_commit_runs_the_change_unsaved_under_a_timer() -> None:
    device = FakeVyos(OLD)
    subject = driver(device)
    subject.read()
    before = subject._dialogue.exchanges
    subject.commit(change(device), 5)
    assert subject._dialogue.exchanges - before == 7
    assert device.timer
    assert device.candidate is None
    assert parse(shown(device.running)) == parse(NEW) | parse(shown(OLD[:1]))
    assert device.saved == sorted(OLD)


def test_the_last_word_is_the_yes_and_it_is_told_when_the_router_has_it() -> None:
    device, seen = FakeVyos(OLD), []
    moment = Moment(lambda: seen.append((device.typed[-1], device.timer)), lambda: seen.append(device.typed[-1]))
    driver(device).commit(change(device), 5, moment)
    assert seen == [("commit-confirm 5", False), "y"] and device.timer


def test_a_router_that_starts_no_timer_has_nothing_under_way() -> None:
    device, seen = FakeVyos(OLD), []
    device.timer = True  # somebody else's
    with pytest.raises(Refused):
        driver(device).commit(change(device), 5, Moment(lambda: seen.append("ready"), lambda: seen.append("under way")))
    assert seen == []


def test_a_last_word_that_is_not_to_be_spoken_leaves_the_router_as_it_was() -> None:
    def other_end() -> None:
        raise DiemcauError(Problem(found="the other end is off"))

    device = FakeVyos(OLD)
    with pytest.raises(DiemcauError, match="the other end is off"):
        driver(device).commit(change(device), 5, Moment(other_end))
    assert (device.running, device.timer, device.candidate) == (sorted(OLD), False, None)


def test_why_it_is_not_to_be_spoken_is_told_also_when_the_session_has_died_meanwhile() -> None:
    device = FakeVyos(OLD)

    def other_end() -> None:
        device.dead = True
        raise DiemcauError(Problem(found="the other end is off"))

    with pytest.raises(DiemcauError, match="the other end is off"):
        driver(device).commit(change(device), 5, Moment(other_end))


def test_commit_of_200_statements_takes_no_more_exchanges() -> None:
    device = FakeVyos(OLD)
    subject = driver(device)
    subject.read()
    many = NEW + "".join(f"set protocols static route 10.1.{i}.0/24 next-hop 10.0.0.1\n" for i in range(200))
    subject.commit(plan(parse(shown(OLD)), parse(many), SECTIONS), 5)
    assert subject._dialogue.exchanges == 8
    assert len(device.running) == len(parse(many)) + 1


def test_what_somebody_never_saved_is_saved_before_the_timer_starts() -> None:
    device = FakeVyos(OLD)
    device.saved = []
    subject = driver(device)
    subject.read()
    subject.commit(change(device), 5)
    assert device.saved == sorted(OLD)
    typed = [line for line in device.typed if not line.startswith("echo")]
    assert typed.index("save") < typed.index("commit-confirm 5")


def test_a_refused_statement_changes_nothing_and_is_named_with_the_routers_words() -> None:
    device = FakeVyos(OLD)
    device.refuse = {"set interfaces wireguard wg0 private-key": f"Value validation failed: {NEW_KEY}"}
    with pytest.raises(Refused) as caught:
        driver(device).commit(change(device), 5)
    assert caught.value.words == "Value validation failed: *** Set failed"
    assert caught.value.statement == "set interfaces wireguard wg0 private-key ***"
    assert caught.value.section == "vpn"
    assert device.running == sorted(OLD)
    assert (device.candidate, device.timer) == (None, False)


def test_a_failed_commit_stops_the_timer_when_nothing_was_committed() -> None:
    device = FakeVyos(OLD)
    device.commit_fails = "[ interfaces wireguard wg0 ]\nsomething is wrong\n\n[[interfaces wireguard wg0]] failed"
    with pytest.raises(Refused, match="something is wrong") as caught:
        driver(device).commit(change(device), 5)
    assert caught.value.section == "vpn"
    assert caught.value.statement == "delete interfaces wireguard wg0 mtu"
    assert (device.running, device.candidate, device.timer) == (sorted(OLD), None, False)


def test_a_half_done_commit_is_taken_back_before_the_timer_is_stopped() -> None:
    device = FakeVyos(OLD)
    device.commit_fails = "[[interfaces wireguard wg0]] failed"
    device.commit_half = [*OLD[:-1], "system host-name 'ga-ry-router'"]
    with pytest.raises(Refused, match="wg0"):
        driver(device).commit(change(device), 5)
    assert (device.running, device.candidate, device.timer) == (sorted(OLD), None, False)


def test_a_half_done_commit_that_cannot_be_taken_back_leaves_the_timer_running() -> None:
    device = FakeVyos(OLD)
    device.commit_fails = "[[interfaces wireguard wg0]] failed"
    device.commit_half = [*OLD[:-1], "system host-name 'ga-ry-router'"]
    device.refuse = {"set system host-name vyos": "no"}
    with pytest.raises(Unexpected, match=r"half-way.*by itself.*within 5 minutes"):
        driver(device).commit(change(device), 5)
    assert device.timer


def test_another_commit_in_progress_is_a_refusal_and_leaves_no_timer() -> None:
    device = FakeVyos(OLD)
    device.commit_locked = True
    with pytest.raises(Refused, match="another commit in progress"):
        driver(device).commit(change(device), 5)
    assert (device.running, device.timer) == (sorted(OLD), False)


def test_another_pending_confirm_is_a_refusal_and_its_timer_is_left_alone() -> None:
    device = FakeVyos(OLD)
    device.timer = True
    with pytest.raises(Refused, match="Another confirm is pending"):
        driver(device).commit(change(device), 5)
    assert (device.running, device.timer, device.candidate) == (sorted(OLD), True, None)


@pytest.mark.parametrize("at", ["show version", "configure", "set system host-name", "commit-confirm", "compare"])
def test_a_session_that_is_cut_is_unreachable_and_names_the_host(at: str) -> None:
    device = FakeVyos(OLD)
    device.dies_at = at
    with pytest.raises(Unreachable, match="ga-ry-router"):
        driver(device).commit(change(device), 5)


def test_a_session_that_falls_silent_is_unreachable() -> None:
    device = FakeVyos(OLD)
    device.silent_at = "commit-confirm"
    with pytest.raises(Unreachable, match="silent"):
        driver(device).commit(change(device), 5)


def test_confirm_stops_the_timer_and_saves() -> None:
    device = FakeVyos(OLD)
    driver(device).commit(change(device), 5)
    again = FakeVyos(device.running)
    again.timer, again.saved = True, device.saved
    subject = driver(again)
    subject.confirm()
    assert (again.timer, again.saved, again.candidate) == (False, device.running, None)
    assert subject._dialogue.exchanges == 6


def test_confirm_with_nothing_to_confirm_is_an_error_that_saves_nothing() -> None:
    device = FakeVyos(OLD)
    device.saved = []
    with pytest.raises(Unexpected, match="there was no change to confirm"):
        driver(device).confirm()
    assert device.saved == []


def test_confirm_that_cannot_save_says_so() -> None:
    device = FakeVyos(OLD)
    device.timer, device.save_fails = True, True
    with pytest.raises(Unexpected, match="No space left"):
        driver(device).confirm()
    assert device.timer  # the router takes back what would not survive a restart


def test_a_session_that_is_cut_while_it_confirms_has_saved_before_it_stopped_the_timer() -> None:
    device = FakeVyos(OLD)
    driver(device).commit(change(device), 5)
    again = FakeVyos(device.running)
    again.timer, again.saved, again.dies_at = True, device.saved, "compare saved"
    with pytest.raises(Unreachable):
        driver(again).confirm()
    assert (again.saved, again.timer) == (device.running, True)


def test_state_tells_handshakes_leases_and_neighbours() -> None:
    state = driver(FakeVyos(OLD)).state()
    assert state.handshakes == {"AAAA=": 10}
    assert state.leases == {"64:16:7f:77:00:10": "10.77.16.20", "64:16:7f:00:00:01": "10.77.16.101"}
    assert state.neighbors == {"10.77.250.1": True, "10.77.251.2": False}
    assert state.ports == {"eth0": Port(True, True), "eth2": Port(False, False)}
    assert state.routes["0.0.0.0/0"] == Hop("198.51.100.1", "eth0")
    assert state.clock_ahead < -1_000_000_000  # the fake's clock stands in January 1970


def test_state_takes_no_more_exchanges_for_ports_routes_and_the_clock() -> None:
    subject = driver(FakeVyos(OLD))
    subject.state()
    assert subject._dialogue.exchanges == 3


def test_an_empty_plan_says_nothing_to_the_router() -> None:
    device = FakeVyos(OLD)
    driver(device).commit(Plan(()), 5)
    assert device.typed == []


def test_close_disconnects_the_session() -> None:
    device = FakeVyos(OLD)
    driver(device).close()
    assert device.closed == 1
