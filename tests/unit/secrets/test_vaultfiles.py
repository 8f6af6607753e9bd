"""Encrypted files: read with plain words when that fails, written as a whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from diemcau.errors import DiemcauError
from diemcau.secrets import vaultfiles


def vault(password: bytes = b"right") -> VaultLib:
    return VaultLib([("default", VaultSecret(password))])


def test_what_is_added_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    vaultfiles.add(path, {"a": "1", "b": "line\nline\n"}, vault())
    assert vaultfiles.reader(vault())(path) == {"a": "1", "b": "line\nline\n"}
    assert path.read_bytes().startswith(b"$ANSIBLE_VAULT;")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["x.yml"]


def test_what_a_killed_run_left_goes_with_the_next_write(tmp_path: Path) -> None:
    (tmp_path / ".x.yml.half").write_bytes(b"$ANSIBLE_VAULT;")
    (tmp_path / ".y.yml.half").write_bytes(b"another file's")
    vaultfiles.add(tmp_path / "x.yml", {"a": "1"}, vault())
    assert sorted(p.name for p in tmp_path.iterdir()) == [".y.yml.half", "x.yml"]


def test_adding_keeps_every_byte_that_was_there(tmp_path: Path) -> None:
    path, text = tmp_path / "x.yml", "---\n# by hand\nb: 'two'\na: |\n  1\n"
    path.write_bytes(vault().encrypt(text.encode()))
    vaultfiles.add(path, {"c": "3"}, vault())
    assert vault().decrypt(path.read_bytes()).decode() == f"{text}c: '3'\n"


def test_a_change_touches_what_it_names_and_no_other_byte(tmp_path: Path) -> None:
    path, text = tmp_path / "x.yml", "---\n# by hand\nb: 'two'\na: |\n  1\n  b: 9\n# the third\nd: '4\n\n  5'\ne: 6\n"
    path.write_bytes(vault().encrypt(text.encode()))
    vaultfiles.change(path, {"b": "3", "f": "l\nm\n"}, ["a", "nowhere"], vault())
    assert vault().decrypt(path.read_bytes()).decode().startswith("---\n# by hand\n# the third\nd: '4\n\n  5'\ne: 6\n")
    vaultfiles.change(path, {"e": "7"}, ["d"], vault())
    assert vaultfiles.reader(vault())(path) == {"b": "3", "f": "l\nm\n", "e": "7"}


def test_a_change_to_a_file_of_another_form_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_bytes(vault().encrypt(b"{a: one, b: two}\n"))
    before = path.read_bytes()
    with pytest.raises(DiemcauError, match=r"nothing can be added to it"):
        vaultfiles.change(path, {}, ["a"], vault())
    assert path.read_bytes() == before


def test_a_file_of_another_form_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_bytes(vault().encrypt(b"{a: one}\n"))
    before = path.read_bytes()
    with pytest.raises(DiemcauError, match=r"nothing can be added to it"):
        vaultfiles.add(path, {"c": "3"}, vault())
    assert path.read_bytes() == before


def test_when_writing_fails_the_old_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.yml"
    vaultfiles.add(path, {"a": "1"}, vault())
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError):
        vaultfiles.add(path, {"b": "2"}, vault())
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["x.yml"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"a: plain-secret\n", "is not encrypted"),
        (b"$ANSIBLE_VAULT;1.1;AES256\n3132\n", "cannot be decrypted"),
        (vault(b"another").encrypt(b"a: plain-secret\n"), "cannot be decrypted"),
        (vault().encrypt(b"- plain-secret\n"), "its content is no list of secrets"),
        (vault().encrypt(b"a: 5\n"), "its content is no list of secrets"),
        (vault().encrypt(b"a: [plain-secret\n"), "its content is no list of secrets"),
        (vault().encrypt(b"\xff\xfe"), "cannot be decrypted"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "x.yml"
    path.write_bytes(content)
    with pytest.raises(DiemcauError) as caught:
        vaultfiles.reader(vault())(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: {words}")
    assert "to do:" in message
    assert "plain-secret" not in message
    assert caught.value.__context__ is None or caught.value.__suppress_context__  # no words of VaultLib


def test_a_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(DiemcauError, match=r"cannot be read"):
        vaultfiles.reader(vault())(tmp_path)


class Counting:
    """A vault that counts what it was asked."""

    def __init__(self, password: bytes = b"right") -> None:
        self.asked, self._vault = 0, vault(password)

    def encrypt(self, plaintext: bytes) -> bytes:
        return bytes(self._vault.encrypt(plaintext))

    def decrypt(self, vaulttext: bytes) -> bytes:
        self.asked += 1
        return bytes(self._vault.decrypt(vaulttext))


def test_the_same_content_is_decrypted_once_and_new_content_anew(tmp_path: Path) -> None:
    path, own = tmp_path / "x.yml", Counting()
    path.write_bytes(own.encrypt(b"a: '1'"))
    vaultfiles.reader(own)(path)["a"] = "changed by who asked"
    assert vaultfiles.reader(own)(path) == {"a": "1"}
    assert own.asked == 1
    path.write_bytes(own.encrypt(b"a: '2'"))
    assert vaultfiles.reader(own)(path) == {"a": "2"}


def test_what_one_password_opened_another_does_not(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_bytes(vault().encrypt(b"a: '1'"))
    assert vaultfiles.reader(vault())(path) == {"a": "1"}
    for _ in range(2):
        with pytest.raises(DiemcauError, match="the vault password is not the one"):
            vaultfiles.reader(vault(b"wrong"))(path)
