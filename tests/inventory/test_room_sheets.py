"""room_sheets.yml: a page for each room that was asked for, and nothing else; no device, no secret."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.valley import copy
from tests.inventory.test_command_line import playbook


def test_each_room_that_was_asked_for(tmp_path: Path) -> None:
    copy(tmp_path)
    sheets = tmp_path / "build" / "room-sheets"
    status, output = playbook(tmp_path, "room_sheets", "-l", "ch_om", "--check")
    assert status == 0 and not sheets.exists(), output
    status, output = playbook(tmp_path, "room_sheets", "-l", "ch_om")
    assert status == 0 and "build/room-sheets/ch-om/phieu-phong.pdf written" in output, output
    assert [str(path.relative_to(sheets)) for path in sorted(sheets.rglob("*.*"))] == [
        "ch-om/phieu-phong.html",
        "ch-om/phieu-phong.pdf",
    ]
    assert (sheets / "ch-om" / "phieu-phong.pdf").read_bytes().startswith(b"%PDF-")
    status, output = playbook(tmp_path, "room_sheets")
    assert status == 0 and output.count(".pdf written") == 11, output
    assert "build/room-sheets/ch-om/phieu-phong.pdf is current" in output
    assert not (tmp_path / "secrets").exists()
