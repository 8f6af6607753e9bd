"""A file of variables that is no YAML is named, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.parsing.dataloader import DataLoader

from diemcau.ansible.varfiles import as_problem, unreadable

REMEDY = "\n    to do: correct this line, or what is left open above it"


@pytest.mark.parametrize("name", ["group_vars/vyos.yml", "group_vars/all/x.yaml", "host_vars/ga-ry-router.yml"])
@pytest.mark.parametrize("source", ["", "district.yml"])
def test_a_file_that_is_no_yaml(tmp_path: Path, name: str, source: str) -> None:
    (tmp_path / "district.yml").write_text("all: {}\n", encoding="utf-8")
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    (file.parent / "right.yml").write_text("lan: {}\n", encoding="utf-8")
    (file.parent / "note.txt").write_text("a: b: c\n", encoding="utf-8")  # Ansible does not read it either
    assert unreadable(DataLoader(), [str(tmp_path / source)]) == []
    file.write_text("routing:\n  asn: 1: 2\n", encoding="utf-8")
    (problem,) = unreadable(DataLoader(), [str(tmp_path / source)])
    message = str(problem)
    assert message.startswith(f"{file}:2: YAML parsing failed")
    assert message.endswith(REMEDY)


def test_hosts_on_the_command_line_have_no_files() -> None:
    assert unreadable(DataLoader(), ["localhost,"]) == []


def test_the_place_is_found_below_what_ansible_wraps_around_it(tmp_path: Path) -> None:
    file = tmp_path / "x.yml"
    file.write_text("\n\tlan: {}\n", encoding="utf-8")
    with pytest.raises(AnsibleParserError) as caught:
        try:
            DataLoader().load_from_file(str(file))
        except AnsibleError as error:
            raise AnsibleParserError(str(error))  # noqa: B904  # as ansible-core does it
    assert str(as_problem(caught.value)).startswith(f"{file}:2: ")
    assert str(as_problem(AnsibleParserError("no"))) == str(as_problem(AnsibleError("no"))) == "no"
