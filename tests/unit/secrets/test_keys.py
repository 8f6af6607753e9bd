"""Keys and passwords are what devices take, and no message quotes one."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest

from diemcau.secrets import keys


def test_a_wireguard_key_is_clamped_and_new_each_time() -> None:
    found = {keys.new_wireguard() for _ in range(20)}
    assert len(found) == 20
    for key in found:
        raw = base64.b64decode(key)
        assert len(key) == 44 and len(raw) == 32
        assert raw[0] & 7 == 0 and raw[31] & 192 == 64


@pytest.mark.skipif(shutil.which("wg") is None, reason="wireguard-tools is not installed")
def test_the_public_half_is_what_wg_says() -> None:
    private = keys.new_wireguard()
    done = subprocess.run(["wg", "pubkey"], input=private, capture_output=True, text=True, check=True)
    assert keys.wireguard_public(private) == done.stdout.strip()


@pytest.mark.parametrize("text", ["", "abc", "A" * 44, base64.b64encode(b"x" * 31).decode(), "é" * 44])
def test_what_is_no_wireguard_key(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        keys.wireguard_public(text)
    assert str(caught.value) == "is no WireGuard key"


def test_an_ssh_key_and_its_public_half() -> None:
    private = keys.new_ssh()
    assert private.startswith("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    public = keys.ssh_public(private)
    assert public.startswith("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI")
    keys.check_ssh_public(f"{public} somebody@somewhere")
    keys.check_ssh_public(f"{public}\n")


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="openssh-client is not installed")
def test_the_public_half_is_what_ssh_keygen_says(tmp_path: Path) -> None:
    private = keys.new_ssh()
    file = tmp_path / "key"
    file.touch(mode=0o600)
    file.write_text(private, encoding="ascii")
    done = subprocess.run(["ssh-keygen", "-y", "-f", str(file)], capture_output=True, text=True, check=True)
    assert done.stdout.split()[:2] == keys.ssh_public(private).split()[:2]


@pytest.mark.parametrize(
    "text", ["", "nonsense", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"]
)
def test_what_is_no_ssh_private_key(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        keys.ssh_public(text)
    assert str(caught.value) == "is no SSH private key"


def test_what_is_no_ssh_public_key() -> None:
    public = keys.ssh_public(keys.new_ssh())
    for text in ("", "ssh-ed25519", public[:-8], f"{public}\n{public}", f'command="x" {public}'):
        with pytest.raises(ValueError, match=r"^is no SSH public key$"):
            keys.check_ssh_public(text)
    with pytest.raises(ValueError) as caught:
        keys.check_ssh_public(keys.new_ssh())
    assert str(caught.value) == "is a private key, which must not stand here"


def test_passwords_can_be_typed_and_are_taken_everywhere() -> None:
    found = {keys.new_password() for _ in range(50)}
    assert len(found) == 50
    for password in found:
        keys.check_password(password)
        assert not set(password) & set("0O1lI")


@pytest.mark.parametrize(
    "text", ["", "short", "x" * 33, "has a space in it", 'quo"te-quote', "back\\slash12", "$variable1234"]
)
def test_what_is_no_password(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        keys.check_password(text)
    assert str(caught.value) == "is no password that every device takes"
