"""Any inventory is planned or refused in words: 1 000 mutated ones with MUTATIONS=1000 (make nightly), fewer always."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleError

from diemcau import endpoints, platforms
from diemcau.ansible.varfiles import as_problem
from diemcau.design.district import District
from diemcau.errors import InventoryError
from diemcau.intent import SECTIONS
from diemcau.redaction import joined
from diemcau.reports.changes import Base, since
from tests.inventory.loading import EXAMPLE, district, load
from tests.inventory.mutations import mutated, write
from tests.inventory.test_releases import CHECKER

COUNT = int(os.environ.get("MUTATIONS", "60"))
MESSAGE = re.compile(r"\S[^\n]*: [^\n]+\n    expected: [^\n]+\n    to do: [^\n]+")


@dataclass
class Outcome:
    """What became of all of them."""

    refused: int = 0
    accepted: dict[int, District] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    found = Outcome()

    def touch(self: socket.socket, address: object) -> None:
        found.touched.append(str(address))
        raise OSError("a test of inventories reaches no device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", touch)
        for seed in range(COUNT):
            _try(seed, tmp_path_factory.mktemp("inventory"), found)
    yield found


def _try(seed: int, folder: Path, found: Outcome) -> None:
    try:
        made = district(load(write(mutated(seed), folder)))
        _texts(made)
    except InventoryError as error:
        found.refused += 1
        if list(error.problems) != sorted(error.problems):
            found.wrong.append(f"{seed}: not in the order of the lines")
        found.wrong += [f"{seed}: {p}" for p in error.problems if not (MESSAGE.fullmatch(str(p)) and p.host and p.file)]
    except AnsibleError as error:  # what Ansible itself cannot read never comes to us: a playbook ends with its words
        found.refused += 1
        if not as_problem(error).found.strip():
            found.wrong.append(f"{seed}: no words for {error!r}")
    except Exception as error:
        found.wrong.append(f"{seed}: {type(error).__name__}: {error}")
    else:
        found.accepted[seed] = made


def _texts(made: District) -> dict[str, str]:
    """File -> text of every device, as in intended/."""
    files = {f"{host}.{room.family}": endpoints.load(room.family).intended(room) for host, room in made.rooms.items()}
    for host, router in made.routers.items():
        platform = platforms.load(router.platform)
        files[f"{host}.{platform.EXTENSION}"] = joined(platform.render(router, SECTIONS).values()).reveal()
    return files


def test_every_one_is_planned_or_refused_in_words(outcome: Outcome) -> None:
    assert not outcome.wrong, "\n".join(outcome.wrong)
    assert outcome.refused + len(outcome.accepted) == COUNT


def test_no_device_is_touched(outcome: Outcome) -> None:
    assert outcome.touched == []


def test_there_are_enough_of_both(outcome: Outcome) -> None:
    """Mutations that all are refused, or all accepted, would try nothing."""
    assert outcome.refused > COUNT / 4 and len(outcome.accepted) > COUNT / 20


def test_what_is_accepted_reads_back_and_is_planned(outcome: Outcome) -> None:
    example = Base("example", _texts(district(load(EXAMPLE))))
    for seed, made in outcome.accepted.items():
        assert len(list(since(example, made))) >= len(made.routers) + len(made.rooms), seed
        assert not any(device.differs for device in since(Base("itself", _texts(made)), made)), seed


@pytest.mark.skipif(not CHECKER.exists(), reason="the command trees of real devices are not beside the project")
def test_a_real_device_knows_every_statement_of_what_is_accepted(outcome: Outcome, tmp_path: Path) -> None:
    known = set(_texts(district(load(EXAMPLE))).values())  # checked by tests/inventory/test_releases.py
    groups: dict[str, dict[str, str]] = {}
    for seed, made in outcome.accepted.items():
        texts: dict[str, Any] = _texts(made)
        for host, router in made.routers.items():
            name = f"{host}.{platforms.load(router.platform).EXTENSION}"
            if texts[name] not in known:
                known.add(texts[name])
                groups.setdefault(f"{router.platform}-{router.release}", {})[f"{seed}-{name}"] = texts[name]
    for tree, files in groups.items():
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        argv = [sys.executable, str(CHECKER), tree, *(str(tmp_path / name) for name in files)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:]
