"""Where a value was written."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.parsing.dataloader import DataLoader

from diemcau import paths
from diemcau.ansible import core
from diemcau.inventory import source_location
from diemcau.inventory.source_location import Place

TEXT = """---
platform: vyos
wan:
  circuits:
    - name: fibre
      up_kbps: 2000
      spare: true
lan: {prefix: 10.77.18.0/24}
"""


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, object]:
    file = tmp_path / "x.yml"
    file.write_text(TEXT, encoding="utf-8")
    loaded: dict[str, object] = DataLoader().load_from_file(str(file))
    return loaded


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("platform",), 2),
        (("wan", "circuits", 0, "name"), 5),
        (("wan", "circuits", 0, "up_kbps"), 6),
        (("wan", "circuits", 0, "spare"), 7),  # a boolean carries no tag: its key does
        (("wan", "circuits", 0, "down_kbps"), 5),  # missing: the nearest thing around it
        (("wan", "circuits", 7), 5),
        (("lan", "prefix"), 8),
        (("lan", "prefix", "deeper"), 8),
        (("mac",), 2),  # missing altogether: a variable that every host has
    ],
)
def test_locate(variables: dict[str, object], tmp_path: Path, path: tuple[str | int, ...], line: int) -> None:
    assert source_location.locate(variables, path) == Place(str(tmp_path / "x.yml"), line)


def test_files_of_the_project_are_named_from_there() -> None:
    loaded = DataLoader().load_from_file(str(paths.PROJECT / "inventory" / "groups.yml"))
    place = source_location.of(loaded["plugin"])
    assert place is not None and place.file == "inventory/groups.yml" and place.line > 1


def test_key(variables: dict[str, object]) -> None:
    place = source_location.of_key(variables, "wan")
    assert place is not None and place.line == 3
    assert source_location.of_key(variables, "nothing") is None


def test_without_tags_the_inventory_as_a_whole() -> None:
    assert source_location.locate({"wan": {"circuits": []}}, ("wan", "circuits")) == source_location.INVENTORY
    assert source_location.locate({}, ("wan",)) == source_location.INVENTORY


def test_without_ansibles_tag_class(variables: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "Origin", None)
    assert source_location.locate(variables, ("platform",)) == source_location.INVENTORY


def test_exists(variables: dict[str, object]) -> None:
    assert source_location.exists(variables, ("wan", "circuits", 0, "name"))
    for path in (("wan", "circuits", 1), ("wan", "nothing"), ("platform", "deeper"), ("nothing",)):
        assert not source_location.exists(variables, path)


def test_key_text() -> None:
    assert source_location.key_text(("wan", "circuits", 0, "up_kbps")) == "wan.circuits[0].up_kbps"
    assert source_location.key_text(()) == ""
