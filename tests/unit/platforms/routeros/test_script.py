"""Scripts for /import, and what the router says of them."""

from __future__ import annotations

from diemcau.platforms import Statement
from diemcau.platforms.routeros.script import NOT_FOUND, guarded, result, script, secrets_of
from diemcau.redaction import Secret

PLAIN = Statement("/ip pool add name=a", "/ip pool add name=a", "lan")
SECRET = Statement(
    Secret('/interface wireguard add name=wg0 private-key="k/+=" comment="a b"'),
    '/interface wireguard add name=wg0 private-key=*** comment="a b"',
    "vpn",
)


def test_every_statement_is_numbered() -> None:
    assert script([PLAIN, PLAIN]) == "/ip pool add name=a\n:put dc1\n/ip pool add name=a\n:put dc2\n"


def test_what_a_statement_selects_is_counted_first() -> None:
    statement = '/ip firewall nat remove [find dynamic=no chain="srcnat" comment="a ] b"]'
    assert guarded(statement) == (
        f':if ([:len [/ip firewall nat find dynamic=no chain="srcnat" comment="a ] b"]] != 1) '
        f'do={{:error "{NOT_FOUND}"}}; {statement}'
    )
    statement = "/routing filter rule add chain=x rule=accept place-before=[:pick [find] 2]"
    assert guarded(statement) == (
        f':if ([:len [/routing filter rule find]] <= 2) do={{:error "{NOT_FOUND}"}}; {statement}'
    )
    assert guarded("/ip service set ssh address=10.0.0.1/32") == "/ip service set ssh address=10.0.0.1/32"


def test_all_done() -> None:
    assert result("dc1\ndc2\n\nScript file loaded and executed successfully", [PLAIN, SECRET])[0] == 2


def test_the_words_of_a_refusal_are_about_the_next_statement() -> None:
    assert result("dc1\nfailure: no such key\n", [PLAIN, SECRET]) == (1, "failure: no such key")
    assert result("", [PLAIN]) == (0, "no words")


def test_a_script_that_is_refused_as_a_whole_names_the_line() -> None:
    output = "Script Error: expected end of command (line 3 column 9)"
    assert result(output, [PLAIN, SECRET]) == (1, output)
    assert result("syntax error (line 99 column 1)", [PLAIN, SECRET])[0] == 1


def test_a_secret_that_the_router_repeats_is_masked() -> None:
    assert secrets_of([PLAIN, SECRET]) == {'"k/+="', "k/+="}
    assert result("dc1\ninvalid value k/+= for private-key", [PLAIN, SECRET])[1] == "invalid value *** for private-key"
