"""What a run leaves for people."""

from __future__ import annotations

import fcntl
import os
import re
import stat
from pathlib import Path

import pytest

from diemcau import files
from diemcau.files import gone, put
from diemcau.paths import PROJECT


def test_a_file_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    assert put(path, "Ch'Ơm\n", private=False, check=False)
    assert path.read_text(encoding="utf-8") == "Ch'Ơm\n"
    assert not put(path, "Ch'Ơm\n", private=False, check=False)
    assert put(path, "other\n", private=False, check=False)


def test_check_writes_nothing(tmp_path: Path) -> None:
    assert put(tmp_path / "new" / "file", "x", private=False, check=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("before", [None, "old", "secret"])
def test_what_is_private_is_readable_for_nobody_else(tmp_path: Path, before: str | None) -> None:
    path = tmp_path / "new" / "file"
    if before:
        path.parent.mkdir()
        path.write_text(before)
        path.chmod(0o644)
    put(path, "secret", private=True, check=False)
    assert path.stat().st_mode & 0o777 == 0o600
    if not before:
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_is_deleted_once(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("secret")
    assert gone(path, check=True) and path.exists()
    assert gone(path, check=False) and not path.exists()
    assert not gone(path, check=False)


@pytest.mark.parametrize("mode", [files.PRIVATE, files.PUBLIC])
def test_the_mode_holds_from_the_first_byte_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int) -> None:
    seen: list[int] = []
    real = os.fsync

    def sync(handle: int) -> None:
        if stat.S_ISREG(os.fstat(handle).st_mode):
            seen.append(stat.S_IMODE(os.fstat(handle).st_mode))
        real(handle)

    monkeypatch.setattr(os, "fsync", sync)
    files.write(tmp_path / "file", b"secret", mode=mode)
    assert seen == [mode]


def test_the_content_is_on_the_disk_before_the_name_and_the_name_before_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    sync, replace = os.fsync, os.replace

    def synced(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "content")
        sync(handle)

    def replaced(source: Path, target: Path) -> None:
        steps.append("name")
        assert source.parent == target.parent and files.is_draft(source) and source.read_bytes() == b"new"
        replace(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    files.write(tmp_path / "file", b"new")
    assert steps == ["content", "name", "folder"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_when_writing_fails_the_old_file_stays_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    files.write(tmp_path / "file", b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(OSError, match="No space"):
        files.write(tmp_path / "file", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == b"old"


def test_drafts_of_killed_runs_go_and_one_that_is_being_written_stays(tmp_path: Path) -> None:
    killed, other, busy = (tmp_path / name for name in (".file.0123abcd", ".other.0123abcd", ".file.4567cdef"))
    for draft in (killed, other, busy):
        draft.write_bytes(b"secret")
    with busy.open("rb") as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)
        files.write(tmp_path / "file", b"new")
        assert {path.name for path in tmp_path.iterdir()} == {"file", other.name, busy.name}
        files.sweep(tmp_path)
        assert {path.name for path in tmp_path.iterdir()} == {"file", busy.name}


def test_nothing_writes_a_file_in_another_way() -> None:
    """``meetings.py`` adds lines to a record; its reader leaves out one that was cut off."""
    sources = [path for folder in ("diemcau", "plugins") for path in (PROJECT / folder).rglob("*.py")]
    other = re.compile(r"write_text|write_bytes|O_CREAT|mkstemp|NamedTemporaryFile|open\([^)\n]*[\"'][wx]b?[\"']")
    found = {path.relative_to(PROJECT).as_posix() for path in sources if other.search(path.read_text("utf-8"))}
    # The one writer; the other writes on a router.
    assert found == {"diemcau/files.py", "diemcau/platforms/routeros/upload.py"}
