"""Places a call from a room to another one, measures it, and hangs up."""

from __future__ import annotations

from typing import Any

from diemcau import endpoints
from diemcau.ansible import interrupts
from diemcau.ansible.action import SECRETS, PlainAction, failed
from diemcau.endpoints import CONNECT_SECONDS, CallReport, InCall
from diemcau.errors import DiemcauError, Problem
from diemcau.intent import Endpoint
from diemcau.secrets import pins


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        host = str(task_vars["inventory_hostname"])
        rooms = self.district(task_vars).rooms
        here, there = rooms[host], _found(rooms, arguments["to"], host)
        if task_vars.get("ansible_check_mode"):
            return {"line": f"sẽ gọi thử {there.label}", "changed": False}
        known = pins.read(SECRETS / f"{host}.yml", self.vault())
        if not (known.host_key and known.certificate):
            raise DiemcauError(
                Problem(
                    host=host,
                    found="the endpoint was not set up yet",
                    expected=f"its pinned_host_key and pinned_certificate in secrets/{host}.yml",
                    remedy=f"run ansible-playbook playbooks/site.yml -l {host} first",
                )
            )
        usual = _backup_rate(here, there) if arguments["on_backup"] else here.call_rate_kbps
        rate = arguments["rate_kbps"] or usual
        registrar = here.settings.get("sip_registrar", "")
        number = f"{there.extension}@{registrar}" if registrar else there.extension
        try:
            with interrupts.orderly():
                report = endpoints.load(here.family).call(
                    here, known, number, rate, arguments["seconds"], self.tell(host)
                )
        except InCall as error:
            return failed(*error.problems, in_call=True)
        if not report.connected:
            return failed(
                Problem(
                    host=host,
                    found=(
                        f"the call to {there.host} ({there.extension}) did not connect within {CONNECT_SECONDS:.0f} s"
                    ),
                    expected="media from the far end; the call was ended",
                    remedy=(f"see whether {there.host} is registered and answers by itself: playbooks/readiness.yml"),
                ),
                call_report=report.as_dict(),
                rate_kbps=rate,
            )
        return {
            "call_report": report.as_dict(),
            "rate_kbps": rate,
            "line": _line(there, report),
            "changed": False,
        }


def _found(rooms: dict[str, Endpoint], to: str, host: str) -> Endpoint:
    """A room by its host or its site."""
    found = rooms.get(to) or next((room for room in rooms.values() if room.site == to), None)
    if found is None or found.host == host:
        sites = ", ".join(room.site for room in rooms.values() if room.host != host)
        raise DiemcauError(
            Problem(
                host=host,
                found=f"polycom_call: to: {to} is no other room",
                expected=f"one of {sites}",
                remedy="correct it",
            )
        )
    return found


def _backup_rate(here: Endpoint, there: Endpoint) -> int:
    """What both sides carry while those that have a second circuit are on it."""
    rates = [room.backup_rate_kbps for room in (here, there) if room.backup_rate_kbps]
    if not rates:
        raise DiemcauError(
            Problem(
                host=here.host,
                found=f"polycom_call: on_backup: neither this site nor {there.site} has a second circuit",
                expected="a site with two circuits on one side of the call",
                remedy="leave on_backup out",
            )
        )
    return min(rates)


def _line(there: Endpoint, report: CallReport) -> str:
    return (
        f"gọi {there.label}: gửi {report.tx_kbps:.0f} kbit/s, nhận {report.rx_kbps:.0f} kbit/s, "
        f"mất gói {report.percent_lost:.1f} %, jitter {report.jitter_ms:.0f} ms trong {report.seconds:.0f} s"
        + (f", gián đoạn {report.longest_gap_s:.0f} s" if report.longest_gap_s >= 1 else "")
    )
