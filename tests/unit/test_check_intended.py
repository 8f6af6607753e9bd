"""tools/check-intended: what is refused is told with its place, what cannot be checked is never counted as checked."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests import programs

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    return programs.load(PROJECT / "tools" / "check-intended")


@pytest.fixture
def intended(tmp_path: Path) -> Path:
    folder = tmp_path / "intended"
    folder.mkdir()
    (folder / "a-router.vyos").write_text("set system host-name a-router\nset system time-zone Asia/Ho_Chi_Minh\n")
    (folder / "b-router.rsc").write_text("/system identity set name=b\n")
    return folder


def run(
    tool: ModuleType, capsys: pytest.CaptureFixture[str], folder: Path, a: str = "1.4", b: str = "7.18"
) -> tuple[int, list[str]]:
    status = tool.check({"a-router": ("vyos", a), "b-router": ("routeros", b)}, folder)
    return status, capsys.readouterr().out.splitlines()


def test_what_devices_take(tool: ModuleType, capsys: pytest.CaptureFixture[str], intended: Path) -> None:
    assert run(tool, capsys, intended) == (0, ["3 checked, 0 refused, 0 skipped"])


def test_what_a_device_refuses_has_its_place(
    tool: ModuleType, capsys: pytest.CaptureFixture[str], intended: Path
) -> None:
    with (intended / "a-router.vyos").open("a") as file:
        file.write("set system hostname a\n")
    assert run(tool, capsys, intended) == (
        1,
        [
            "intended/a-router.vyos:3: vyos 1.4 refuses it: no 'hostname' below 'system'",
            "4 checked, 1 refused, 0 skipped",
        ],
    )


def test_without_a_tree_nothing_counts_as_checked(
    tool: ModuleType, capsys: pytest.CaptureFixture[str], intended: Path
) -> None:
    (intended / "a-router.vyos").write_text("# 1.9\nset no such\n\nset thing\n")
    assert run(tool, capsys, intended, a="1.9") == (
        0,
        ["skipped: no tree for vyos 1.9 (intended/a-router.vyos)", "1 checked, 0 refused, 2 skipped"],
    )


def test_an_older_tree_is_told(tool: ModuleType, capsys: pytest.CaptureFixture[str], intended: Path) -> None:
    status, lines = run(tool, capsys, intended, b="7.19")
    assert status == 0
    assert lines == [
        "routeros 7.19 has no tree of its own: checked against that of 7.18", "3 checked, 0 refused, 0 skipped",
    ]  # fmt: skip


def test_a_router_without_a_file(tool: ModuleType, capsys: pytest.CaptureFixture[str], intended: Path) -> None:
    (intended / "b-router.rsc").unlink()
    status, lines = run(tool, capsys, intended)
    assert status == 1 and lines[0].startswith("b-router: no file in intended/")


def test_a_checkout_without_trees_does_not_pass(
    tool: ModuleType, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool.trees, "DATA", tmp_path)
    assert tool.main([]) == 1
    assert "holds no tree of routeros or vyos" in capsys.readouterr().err


def test_the_project_itself(tool: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """Every release of the inventory has a tree: all of intended/ is checked."""
    assert tool.main([]) == 0
    checked, refused, skipped = capsys.readouterr().out.splitlines()[-1].split(", ")
    assert int(checked.split()[0]) > 3000 and (refused, skipped) == ("0 refused", "0 skipped")


def test_a_folder_without_whole_trees_is_no_check(
    tool: ModuleType, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert tool.main([str(tmp_path)]) == 2
    assert "no whole trees to hold the project's against" in capsys.readouterr().err


def test_the_projects_trees_are_held_against_the_whole_ones(
    tool: ModuleType, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "ground-truth").mkdir()
    (tmp_path / "ground-truth" / "vyos-1.4.json").write_text('{"s": {"system": {"k": "n", "s": {}}}}')
    assert tool.main([str(tmp_path)]) == 1
    assert (
        "checked" not in capfd.readouterr().out
    )  # nothing is said of intended/ by trees that are not what they should be
