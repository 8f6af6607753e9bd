"""What a run leaves for people."""

from __future__ import annotations

from pathlib import Path

import pytest

from diemcau.files import gone, put


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
