"""Decides whether a site's router is lost; if so, makes the keys of the one that takes its place, once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from diemcau.ansible.action import SECRETS, PlainAction, RouterAtWork
from diemcau.errors import DiemcauError, Problem, Unreachable
from diemcau.naming import group_of
from diemcau.push import waiting
from diemcau.reports import restoration, wording
from diemcau.secrets import replacement
from diemcau.secrets.replacement import Replacement
from diemcau.secrets.vaultfiles import Vault
from diemcau.transport import host_key

WORD = 15.0  # seconds from one word to the next: as long as there is time to stop


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        host, check = str(task_vars["inventory_hostname"]), bool(task_vars.get("ansible_check_mode"))
        path, vault, device = SECRETS / f"{host}.yml", self.vault(), self.device(task_vars, host)
        if arguments["undo"]:
            changed = not check and replacement.undo(path, vault)
            line = "dùng lại khóa cũ" if changed else "không có việc khôi phục nào đang dở"
            return {"changed": changed, "line": f"{line}: các trung tâm nhận khóa hiện có"}
        found = replacement.read(path, vault)
        if found.under_way:
            once = waiting.router(device.platform, device.target)
            since = wording.moment(found.times[replacement.SINCE])
            line = f"đang khôi phục từ {since}: khóa mới đã tạo lúc đó, không tạo lại"
            return _result(device, found, answers=once(device.target.connect_timeout) is None, line=line)
        error = self._wait(device, 0 if check else arguments["minutes"])
        if error is None:
            line = "trả lời bằng đúng khóa của nó: không bị thay, giữ nguyên"
            rows = restoration.kept(host, datetime.now().astimezone())
            return {"answers": True, "line": line, "restoration": rows}
        _refuse_who_is_there(device, error)
        if check:
            return {"changed": True, "answers": False, "line": f"would count as lost: {wording.in_short(error)}"}
        return self._lost(device, vault, task_vars)

    def _wait(self, device: RouterAtWork, minutes: int) -> DiemcauError | None:
        """Why the router does not answer, or None. What is about to happen is told first, while nothing has."""
        say = self.tell(device.target.host)
        hubs = "" if device.router.is_hub else ", các trung tâm từ chối khóa cũ ngay"
        say(
            f"KHÔI PHỤC {device.router.display_name}: bộ định tuyến không trả lời trong {minutes} phút thì coi như "
            f"đã mất: tạo khóa mới{hubs}"
        )
        say("chỉ đứt đường truyền hay mất điện thì dừng lại bằng Ctrl-C: chưa có gì thay đổi")

        def tell(left: float, error: DiemcauError) -> None:
            say(f"còn {wording.remaining(left)} để dừng lại: {wording.in_short(error)}")

        return waiting.wait(waiting.router(device.platform, device.target), minutes, tell, WORD)

    def _lost(self, device: RouterAtWork, vault: Vault, task_vars: dict[str, Any]) -> dict[str, Any]:
        host, site = device.target.host, device.router.site
        wanted = self.district(task_vars).secrets_wanted[host]
        names = replacement.names_of(wanted, wireguard=not device.router.is_hub)
        found = replacement.begin(SECRETS / f"{host}.yml", names, (), vault, datetime.now().astimezone())
        self.tell(host)(
            "máy cũ từ nay không vào được nữa, kể cả khi đường truyền có lại. Máy cũ vẫn còn? Lấy lại bằng: "
            f"ansible-playbook playbooks/restore.yml -l {group_of(site)} --tags undo"
        )
        return {**_result(device, found, answers=False, line="coi như đã mất: đã tạo khóa mới"), "changed": True}


def _refuse_who_is_there(device: RouterAtWork, error: DiemcauError) -> None:
    """Raise when the router of this key is there, and only no session opens: it is not lost."""
    target, router = device.target, device.router
    kind = target.host_key.partition(" ")[0]
    try:
        shown = host_key.host_key(target.host, target.address, target.port, target.connect_timeout, kind)
    except Unreachable:
        return
    if shown.split()[:2] == target.host_key.split()[:2]:
        raise DiemcauError(
            Problem(
                host=target.host,
                found=(
                    f"is not lost: {target.address} answers with its own host key, but no session opens: "
                    f"{wording.in_short(error)}"
                ),
                state="nothing was changed",
                expected=(
                    f"{router.platform} {router.release}, as the inventory says, with its own user and "
                    "key; or a router that is gone"
                ),
                remedy=(
                    f"if it still is the old unit, put platform and release of {target.host} back; to "
                    "exchange a unit that works: ansible-playbook playbooks/new_room.yml -l "
                    f"{group_of(router.site)}"
                ),
            )
        )


def _result(device: RouterAtWork, found: Replacement, *, answers: bool, line: str) -> dict[str, Any]:
    what = f"bộ định tuyến ({device.router.platform} {device.router.release})"
    return {"answers": answers, "line": line, "restoration": restoration.rows(device.target.host, found, what)}
