"""README.vi.md, followed to the letter: what it says to type is typed, what it says to see is seen.

Blocks: ``sh`` is typed, with the comment "cửa sổ thứ hai" into a second window while the first one waits; ``yaml`` goes
into the inventory; ``text`` appears in the first window. All of it but ``make demo``, which is what raises the twin of
the other tests of this folder (tools/demo).
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace

import pytest

from tests.e2e.conftest import PROJECT
from tests.e2e.valley import INVENTORY, Running, Valley

SECOND = "# cửa sổ thứ hai"
DURATION = re.compile(r"\d+ (?:giờ|phút|giây)(?: \d+ phút)?")


@dataclass(frozen=True)
class Block:
    kind: str  # "sh", "yaml", "text"
    lines: tuple[str, ...]


def blocks(page: str) -> list[Block]:
    found = re.findall(r"^```(\w+)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return [Block(kind, tuple(text.splitlines())) for kind, text in found]


def alike(line: str) -> str:
    """A line without what differs from run to run: times, numbers, how wide a table is."""
    line = re.sub(r"─+", "─", DURATION.sub("#", line))
    return re.sub(r"\s+", " ", re.sub(r"[\d.]*\d", "#", line)).strip()


def missing(block: Block, output: str) -> list[str]:
    """Lines of the page that are not on the screen."""
    there = {alike(line) for line in output.splitlines()}
    return [line for line in block.lines if line.strip() and alike(line) not in there]


class Reader:
    """Somebody with two windows who does what the page says."""

    def __init__(self, valley: Valley) -> None:
        self.valley = valley
        self.busy: Running | None = None  # in the first window
        self.shown = ""  # by the last command that ended there
        self.sourced: dict[bool, list[str]] = {False: [], True: []}  # window -> what holds for each of its commands

    def type(self, block: Block, waits: bool) -> None:
        second = block.lines[0] == SECOND
        running = Running(self.valley, ["bash", "-ec", "\n".join((*self.sourced[second], *block.lines))])
        self.sourced[second] += [line for line in block.lines if line.startswith(". ")]
        if waits:
            self.busy = running
            return
        done = running.end()
        assert done.status == 0, done.output
        if not second:
            self.shown = done.output

    def wait_for_first(self) -> None:
        if self.busy is not None:
            done, self.busy = self.busy.end(), None
            assert done.status == 0, done.output
            self.shown = done.output

    def see(self, block: Block) -> None:
        deadline = time.monotonic() + 300
        while self.busy is not None and missing(block, self.busy.text()):
            assert self.busy.alive() and time.monotonic() < deadline, (
                missing(block, self.busy.text()),
                self.busy.text(),
            )
            time.sleep(0.5)
        assert self.busy is not None or missing(block, self.shown) == [], self.shown

    def write(self, block: Block) -> None:
        """A site's block goes to the end of the inventory, a host's line takes the place of the one it has."""
        name = block.lines[0].strip().partition(":")[0]
        if re.search(rf"^ +{name}:", self.valley.inventory, re.MULTILINE):
            (line,) = block.lines
            self.valley.edit(rf"(?m)^ +{name}: .*$", line)
        else:
            path = self.valley.project / INVENTORY
            path.write_text(self.valley.inventory + "\n".join((*block.lines, "")), encoding="utf-8")


@pytest.mark.slow
def test_who_reads_the_page_does_both_jobs(valley: Valley) -> None:
    page = blocks((PROJECT / "README.vi.md").read_text(encoding="utf-8"))
    assert page[0] == Block("sh", ("make demo",)) and page[1].lines[-1] == "12/12 điểm cầu sẵn sàng"
    (valley.project / ".venv").symlink_to(PROJECT / ".venv")
    outside = {**valley.environment, "PATH": valley.environment["PATH"].partition(":")[2]}  # . .venv/bin/activate
    reader = Reader(replace(valley, environment=outside, name=f"{valley.name}-vi"))
    steps = page[2:]
    for index, block in enumerate(steps):
        if block.kind == "yaml":
            reader.write(block)
        elif block.kind == "text":
            reader.see(block)
        else:
            following = next((later for later in steps[index + 1 :] if later.kind == "sh"), None)
            second = block.lines[0] == SECOND
            if not second:
                reader.wait_for_first()
            reader.type(block, waits=not second and following is not None and following.lines[0] == SECOND)
            if second:
                reader.wait_for_first()
    assert [block.kind for block in steps].count("sh") >= 9
    done = valley.must("twin", "status")
    assert re.search(r"^jo-ngay-router .*routeros 7\.22 .*provisioned", done, re.MULTILINE)
    assert re.search(r"^ga-ry-router .*vyos 1\.4 .*provisioned", done, re.MULTILINE)
    assert valley.printed_secrets() == []
