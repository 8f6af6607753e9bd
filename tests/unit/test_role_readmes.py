"""tools/role-readmes: what it writes is current, and a change of a specification is seen."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The tool, at work on a copy of the roles."""
    loader = importlib.machinery.SourceFileLoader("role_readmes", str(PROJECT / "tools" / "role-readmes"))
    spec = importlib.util.spec_from_loader("role_readmes", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    shutil.copytree(PROJECT / "roles", tmp_path / "roles")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return module


def test_the_readmes_are_current(tool: ModuleType) -> None:
    assert tool.main(["--check"]) == 0


def test_a_changed_specification_is_seen_named_and_mended(
    tool: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "roles" / "vpn" / "meta" / "argument_specs.yml"
    spec.write_text(spec.read_text(encoding="utf-8").replace("default: 1420", "default: 1400"), encoding="utf-8")
    (tmp_path / "roles" / "lan" / "README.md").unlink()
    assert tool.main(["--check"]) == 1
    assert capsys.readouterr().out == (
        "not what the argument specifications give: roles/lan/README.md, roles/vpn/README.md\n"
        "    to do: tools/role-readmes\n"
    )
    assert not (tmp_path / "roles" / "lan" / "README.md").exists()
    assert tool.main([]) == 0 and tool.main(["--check"]) == 0
    readme = (tmp_path / "roles" / "vpn" / "README.md").read_text(encoding="utf-8")
    assert "| `vpn.mtu` | int | `1400` |" in readme


def test_a_table_tells_what_a_person_needs(tool: ModuleType) -> None:
    options = {
        "a": {
            "type": "list", "elements": "dict", "required": True, "description": "The C(a), or O(b).",
            "options": {"x": {"type": "bool", "default": False, "description": ["One | two.", "Three."]}},
        },
        "b": {"default": "", "choices": ["", "on"], "description": "B."},
    }  # fmt: skip
    assert list(tool.rows(options, "r.")) == [
        "| **`r.a`** | list of dict |  | The `a`, or `b`. |",
        r"| `r.a[].x` | bool | `false` | One \| two. Three. |",
        '| `r.b` | str | `""` | B. One of `""`, `on`. |',
    ]


def test_anything_else_is_refused(tool: ModuleType) -> None:
    assert tool.main(["--force"]) == 2
