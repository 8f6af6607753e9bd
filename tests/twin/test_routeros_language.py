"""The console's language: quotes, escapes, brackets, conditions, and where errors are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.twin.routeros_kit import running, wait
from twin.routeros.errors import Incomplete, Refusal, ScriptError
from twin.routeros.export import fold, quoted
from twin.routeros.parser import parse
from twin.routeros.tree import Literal


def said(folder: Path, text: str, release: str = "7.18") -> str:
    async def work() -> str:
        async with running(folder, release) as bench:
            return await bench.say(text)

    printed = wait(work())
    assert isinstance(printed, str)
    return printed


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (':put "a b"', "a b"),
        (':put ("a"."b")', "ab"),
        (r':put "\"\\\$\r\n\t\_|"', '"\\$\r\n\t |'),
        (r':put "\C6\B0"', "ư"),
        (":put (1 + 2 * 3)", "7"),
        (":put ((1 < 2) && !(2 = 3))", "true"),
        (':local x "v"; :put "<$x>"', "<v>"),
        (':put "n=$[:len [/interface find]]"', "n=7"),
        (':put [:pick "abcdef" 1 3]', "bc"),
        (':put [:find "abcabc" "b" 1]', "4"),
        (":do { /ip address remove 99 } on-error={ :put failed }", "failed"),
        (":if ([/system identity get name] = MikroTik) do={ :put yes } else={ :put no }", "yes"),
        (":local n 0; :foreach i in=[/interface bridge port find] do={ :set n ($n + 1) }; :put $n", "4"),
        (":put [:typeof [/interface find name=nothing]]", "array"),
        ("{ :local a 1; :put $a }", "1"),
        ('/ip address; :put [get [find address~"^192"] interface]', "bridge"),
        ("# a comment\n:put 1 # not one", ""),
    ],
)
def test_values(tmp_path: Path, text: str, printed: str) -> None:
    if not printed:
        with pytest.raises(ScriptError):
            said(tmp_path, text)
    else:
        assert said(tmp_path, text) == printed + "\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/foo", "bad command name foo (line 1 column 2)"),
        ("/ip foo print", "bad command name foo (line 1 column 5)"),
        (":foo", "bad command name foo (line 1 column 2)"),
        ("/ip address\nfoo", "bad command name foo (line 2 column 1)"),
        ("/ip address add foo=1", "expected end of command (line 1 column 17)"),
        ("/ip address print foo", "expected end of command (line 1 column 19)"),
        ("/system routerboard print", "bad command name routerboard (line 1 column 9)"),
        ("/ip address add comment='x'", "syntax error (line 1 column 25)"),
        (':put "a', "expected closing quote (line 1 column 6)"),
        (":do { :put 1", "expected closing brace (line 1 column 6)"),
        ('/ip address add comment="a\\\n    b" \\\n    foo=1', "expected end of command (line 3 column 30)"),
    ],
)
def test_errors_before_anything_runs(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ScriptError) as error:
        said(tmp_path, f":put 1\n{text}".removeprefix(":put 1\n"))
    assert str(error.value) == words


def test_a_wrong_word_stops_the_whole_line(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            with pytest.raises(ScriptError):
                await bench.say("/system identity set name=changed; /nonsense")
            assert await bench.say(":put [/system identity get name]") == "MikroTik\n"

    wait(work())


def test_a_refused_command_stops_those_after_it(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            with pytest.raises(Refusal, match="no such item"):
                await bench.say("/system identity set name=one; /ip address remove 99; /system identity set name=two")
            assert await bench.say(":put [/system identity get name]") == "one\n"

    wait(work())


def test_open_ends_are_told_from_mistakes() -> None:
    for text in (':put "a', ":do {", "[find", "(1"):
        with pytest.raises(Incomplete):
            parse(text)


@pytest.mark.parametrize("value", ["plain", "10.0.0.0/8", "", "a b", 'q"\\$?', "Ch'Ơm", "line\r\nline", "x=y", "[;]{}"])
def test_what_export_quotes_is_read_back(value: str) -> None:
    command = f"add comment={quoted(value)} name={'n' * 40} place={'p' * 40}"
    for text in (command, fold(command)):
        (item, *_) = parse(text).statements[0].items[1:]
        assert isinstance(item.value, Literal)
        assert item.value.text == value


def test_folded_lines_are_short_and_lose_nothing() -> None:
    value = " ".join("một hai ba" for _ in range(30))
    folded = fold(f"add comment={quoted(value)} name=x")
    assert all(len(line) <= 80 for line in folded.splitlines())
    assert len(folded.splitlines()) > 3
    items = parse(folded).statements[0].items
    assert isinstance(items[1].value, Literal)
    assert items[1].value.text == value
    assert items[2].name == "name"
