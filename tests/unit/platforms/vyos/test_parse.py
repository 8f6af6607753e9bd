from __future__ import annotations

import pytest

from diemcau.errors import Unexpected
from diemcau.platforms.vyos import parse
from diemcau.platforms.vyos.parse import is_noise
from diemcau.redaction import Secret
from tests.unit.platforms.vyos.fakes import WALL

KEY = "mNb7OIIXTdgW4khM7OFlzJ+UPs7lmcWHV7xjPgakMkQ="


def test_quoting_makes_no_difference() -> None:
    wanted = frozenset({("interfaces", "ethernet", "eth0", "description", "two words")})
    assert parse("set interfaces ethernet eth0 description 'two words'\n") == wanted
    assert parse('set interfaces ethernet "eth0" description "two words"\n') == wanted


def test_a_bare_node_an_empty_value_and_repeated_lines() -> None:
    text = "set service ssh disable-host-validation\nset service ssh disable-host-validation\nset system host-name ''\n"
    assert parse(text) == {("service", "ssh", "disable-host-validation"), ("system", "host-name", "")}


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        (f"set interfaces wireguard wg0 private-key '{KEY}'", KEY),
        (f"set interfaces wireguard wg0 peer x preshared-key '{KEY}'", KEY),
        ("set system login user vyos authentication encrypted-password '$6$abc'", "$6$abc"),
        ("set system login user vyos authentication plaintext-password 'abc'", "abc"),
        ("set system login user x authentication otp key 'ABCDEF'", "ABCDEF"),
        ("set system login radius server 10.0.0.1 key 'abc'", "abc"),
        ("set protocols bgp neighbor 10.0.0.1 password 'abc'", "abc"),
        ("set service snmp community hidden authorization 'ro'", "hidden"),
        ("set system config-management commit-archive location 'sftp://u:pw@10.0.0.1/x'", "sftp://u:pw@10.0.0.1/x"),
    ],
)
def test_secrets_are_wrapped(line: str, secret: str) -> None:
    (path,) = parse(line)
    assert [token for token in path if isinstance(token, Secret)] == [Secret(secret)]
    assert secret not in repr(path)


@pytest.mark.parametrize(
    "line",
    [
        "set system login user x authentication public-keys control key 'AAAAC3NzaC1lZDI1NTE5'",
        "set system login user x authentication encrypted-password '*'",
        "set policy route-map X rule 10 match community community-list 'abc'",
        "set interfaces wireguard wg0 peer x public-key 'abc='",
    ],
)
def test_what_is_no_secret_is_left_readable(line: str) -> None:
    (path,) = parse(line)
    assert all(isinstance(token, str) for token in path)


def test_comments_blank_lines_and_known_messages_are_passed_over() -> None:
    text = f"# a comment\n\n{WALL}\nBroadcast message from root@vyos (Mon 2022-01-03):\nset system host-name 'a'\n"
    assert parse(text) == {("system", "host-name", "a")}
    assert is_noise("The system is going down for reboot NOW!")


@pytest.mark.parametrize(
    "line",
    [
        f"ivate-key '{KEY}'",
        f"set interfaces wireguard wg0 private-key '{KEY}",
        f"delete interfaces wireguard wg0 private-key {KEY}",
        f"hello {KEY}",
        "set",
        "vyos@vyos:~$ show configuration commands",
    ],
)
def test_any_other_line_is_an_error_that_quotes_it_without_secrets(line: str) -> None:
    with pytest.raises(Unexpected) as caught:
        parse(f"set system host-name 'a'\n{line}\n")
    assert line.split()[0] in str(caught.value)
    assert KEY not in str(caught.value)
