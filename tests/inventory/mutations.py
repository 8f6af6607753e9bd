"""Inventories with mistakes that nobody thought of: the example with one to three values turned into something else.

``python -m tests.inventory.mutations SEED`` prints what became of one.
"""

from __future__ import annotations

import copy
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.inventory.loading import EXAMPLE

HOSTS, DISTRICT = "district.yml", "group_vars/all/district.yml"
JUNK: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1, 250, 65536, 10**15, 1.5, 7.20, float("inf"), float("nan")),
    *("", " ", "x" * 300, "Ch'Ơm", "a\nb", 'a"b', "a'b", "\\", "\x07", "\u202e", "-", "--", "; reboot", "$(reboot)"),
    *("10.77.18.1", "10.77.18.0/24", "10.77.18.1/24", "10.77.0.0/16", "0.0.0.0/0", "256.1.1.1", "10.77.18.0/33", "::1"),
    *("64:16:7f:77:00:12", "64-16-7F-77-00-12", "ff:ff:ff:ff:ff:ff", "2022-01-01", "on", "12", "0x10", "1e3", "٣", "#"),
    *("{{ nowhere }}", "{{ 1 / 0 }}", "{{ site }}", "{% if %}", "{{ lookup('env', 'HOME') }}", "ga-ry", "huyen-uy"),
    *([], {}, [None], [[]], [{}], {"a": 1}, {1: 2}, {None: None}, ["10.77.1.10", 5]),
)  # fmt: skip
# Variables that a mutation may bring in, so that every role's own checks are met.
MORE: dict[str, Any] = {
    "lan": {"prefix": "10.77.99.0/24", "lease_time": 3600, "reservations": [
        {"name": "printer", "mac": "02:00:00:00:00:01", "address": "10.77.99.30"}]},
    "vpn": {"mtu": 1400, "keepalive": 10, "addresses": ["10.77.250.99", "10.77.251.99"], "endpoint": "203.0.113.77"},
    "routing": {"asn": 65100, "router_id": "10.77.255.99", "hold_time": 30, "keepalive_time": 10},
    "firewall": {"allow": [{"name": "web", "destination": "198.51.100.0/24", "protocol": "tcp", "ports": [80, 443]}]},
    "system": {"hostname": "other", "timezone": "Asia/Bangkok", "ntp_servers": ["203.0.113.1"], "admin_keys": []},
    "room": {"extension": "123", "system_name": "X", "calls": {"rate_kbps": 512, "encryption": "off"},
             "media": {"udp_port_low": 4000, "udp_port_high": 4100}, "sip": {"enabled": True, "transport": "TLS"},
             "h323": {"enabled": True, "gatekeeper": "198.51.100.7"}, "snmp": True, "volume": 3},
}  # fmt: skip

Place = tuple[Any, Any]  # a mapping or list, and a key or index of it


def mutated(seed: int) -> dict[str, Any]:
    """The example's files as data, with mistakes; always the same for the same seed."""
    chance = random.Random(seed)
    files = {name: yaml.safe_load((EXAMPLE / name).read_text(encoding="utf-8")) for name in (HOSTS, DISTRICT)}
    for _ in range(chance.randint(1, 3)):
        places = list(_places(files))
        _mutate(chance, places, *chance.choice(places))
    return files


def write(files: dict[str, Any], folder: Path) -> Path:
    """An inventory of these files, with the rest of the example."""
    shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True)
    for name, data in files.items():
        (folder / name).write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def _places(files: dict[str, Any]) -> Iterator[Place]:
    """Everything that a person writes: variables of groups and hosts, hosts' names, the district; not the groups."""
    yield from _inside(files[DISTRICT])
    groups = [files[HOSTS]["all"]]
    while groups:
        group = groups.pop()
        if isinstance(group.get("vars"), dict):
            yield group["vars"], None
            yield from _inside(group["vars"])
        for host in list(group.get("hosts") or ()):
            yield group["hosts"], host
            if isinstance(group["hosts"][host], dict):
                yield from _inside(group["hosts"][host])
        groups += list((group.get("children") or {}).values())


def _inside(value: Any) -> Iterator[Place]:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _inside(value[key])


def _mutate(chance: random.Random, places: list[Place], holder: Any, key: Any) -> None:
    if key is None:  # the variables of a site: one more
        name = chance.choice(list(MORE))
        holder[name] = copy.deepcopy(MORE[name])
        return
    what = chance.choice(("drop", "junk", "junk", "other", "rename", "nudge", "nudge", "wrap", "twice"))
    if what == "drop":
        del holder[key]
    elif what == "rename" and isinstance(holder, dict):
        holder[_misspelt(chance, str(key))] = holder.pop(key)
    elif what == "twice" and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    elif what == "wrap":
        holder[key] = chance.choice(([holder[key]], {str(key): holder[key]}))
    elif what == "other":
        values = [container[index] for container, index in places if index is not None and index in _keys(container)]
        holder[key] = copy.deepcopy(chance.choice(values))
    elif what == "nudge":
        holder[key] = _nudged(chance, holder[key])
    else:
        holder[key] = copy.deepcopy(chance.choice(JUNK))


def _keys(container: Any) -> Any:
    return container if isinstance(container, dict) else range(len(container))


def _misspelt(chance: random.Random, name: str) -> str:
    at = chance.randrange(len(name) or 1)
    return chance.choice((name[:at] + name[at + 1 :], name.upper(), f"{name}s", name[:at] + "-" + name[at:]))


def _nudged(chance: random.Random, value: Any) -> Any:
    """Nearly the same: a number beside it, a text with another digit."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return value
    if isinstance(value, int):
        return value + chance.choice((-1, 1, -value, value * 1000))
    digits = [at for at, sign in enumerate(value) if sign.isdigit()]
    if not digits:
        return value + chance.choice(("", " ", "x"))
    at = chance.choice(digits)
    return value[:at] + str(chance.randrange(10)) + value[at + 1 :]


if __name__ == "__main__":
    from diemcau.errors import DiemcauError
    from tests.inventory.loading import district, load

    with tempfile.TemporaryDirectory() as folder:
        here = write(mutated(int(sys.argv[1])), Path(folder))
        try:
            print(f"accepted: {len(district(load(here)).routers)} routers")
        except DiemcauError as error:
            print(error)
