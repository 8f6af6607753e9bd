"""Ansible's hostvars as plain data."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleUndefinedVariable
from ansible.parsing.dataloader import DataLoader

from diemcau.ansible.hostvars import from_hostvars
from diemcau.inventory.hostvars import Broken


class Templated(dict[str, Any]):
    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if "nowhere" in str(value):
            raise AnsibleUndefinedVariable("'nowhere' is undefined")
        return value


class FakeHostVars(dict[str, Templated]):
    """What from_hostvars() uses of ansible.vars.hostvars.HostVars; the real one is used in tests/inventory/."""

    def raw_get(self, host: str) -> dict[str, Any]:
        return dict(self[host].items())


def hostvars(text: str) -> FakeHostVars:
    return FakeHostVars({"ga-ry-router": Templated(DataLoader().load(text, file_name="/inventory/x.yml"))})


def test_only_what_means_something_comes_along() -> None:
    found = from_hostvars(hostvars("{platform: vyos, group_names: [communes], ansible_user: x, weather: rain}"))
    assert found == {"ga-ry-router": {"platform": "vyos", "group_names": ["communes"]}}


def test_a_near_miss_comes_along_so_that_it_is_refused() -> None:
    assert set(from_hostvars(hostvars("{firewal: 1, routng: 2, hosts_of_mine: 3}"))["ga-ry-router"]) == {
        "firewal",
        "routng",
    }


def test_a_near_miss_that_no_file_names_is_ansibles_own() -> None:
    assert from_hostvars(FakeHostVars({"h": Templated({"platfrom": "x"})})) == {"h": {}}


def test_a_template_that_cannot_be_rendered_is_kept_as_such() -> None:
    broken = from_hostvars(hostvars("lan: {prefix: '{{ nowhere }}'}"))["ga-ry-router"]["lan"]
    assert isinstance(broken, Broken)
    assert broken.words == "'nowhere' is undefined"
    assert broken.place is not None and broken.place.file == "/inventory/x.yml"


def test_a_name_that_is_no_text_is_nobodys() -> None:
    assert from_hostvars(FakeHostVars({"h": Templated({1: 2, None: 3, "platform": "vyos"})})) == {
        "h": {"platform": "vyos"}
    }  # type: ignore[dict-item]
