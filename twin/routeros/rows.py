"""What ``print``, ``find`` and ``get`` see: stored entries with everything that the device knows about them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from twin.routeros import live, live_network
from twin.routeros.errors import Refusal
from twin.routeros.evaluate import Value, as_text
from twin.routeros.menu import Menu
from twin.routeros.router import Router
from twin.routeros.store import Entry


@dataclass(frozen=True)
class Row:
    """A line of ``print``. ``entry`` is None for what is not configuration; ``menu`` is where the entry is stored."""

    id: str
    properties: dict[str, str]
    menu: Menu
    entry: Entry | None = None


_NEVER_SHOWN = {("/user", "password")}

Provider = Callable[[Router, list[tuple[Entry, dict[str, str]]]], Awaitable[list[tuple[str, dict[str, str]]]]]


async def rows(router: Router, menu: Menu) -> list[Row]:
    """Stored entries first, then what is there only for the moment."""
    if menu.path == "/interface":
        return await _interfaces(router)
    found = []
    stored = []
    for entry in router.config.entries(menu.path):
        properties = _properties(router, menu, entry)
        stored.append((entry, properties))
        found.append(Row(entry.id, properties, menu, entry))
    provider = live.PROVIDERS.get(menu.path)
    if provider is not None:
        for identity, properties in await provider(router, stored):
            properties = {**menu.defaults(), **properties, ".id": identity}
            found.append(Row(identity, properties, menu))
    return found


def _properties(router: Router, menu: Menu, entry: Entry) -> dict[str, str]:
    properties = router.config.full(menu, entry)
    properties[".id"] = entry.id
    for arg in menu.args:
        if (menu.path, arg.name) in _NEVER_SHOWN:
            properties.pop(arg.name, None)
    properties.update(live.derived(router, menu, entry))
    return properties


async def _interfaces(router: Router) -> list[Row]:
    """/interface lists what other menus hold, and the loopback."""
    found = []
    kinds = {"/interface/ethernet": "ether", "/interface/bridge": "bridge", "/interface/wireguard": "wg"}
    linked = await live_network.linked(router)
    slaves = {port["interface"] for port in router.config.enabled("/interface/bridge/port")}
    for path, kind in kinds.items():
        menu = router.schema.menu(path)
        for entry in router.config.entries(path):
            properties = _properties(router, menu, entry)
            mtu = properties.get("mtu", "1500")
            properties |= {"type": kind, "actual-mtu": "1500" if mtu == "auto" else mtu}
            if path == "/interface/ethernet" and properties["name"] not in linked:
                properties["running"] = "no"
            if properties["name"] in slaves:
                properties["slave"] = "yes"
            found.append(Row(entry.id, properties, menu, entry))
    loopback = {"name": "lo", "type": "loopback", "mtu": "65536", "actual-mtu": "65536", "running": "yes", ".id": "*0"}
    found.append(Row("*0", loopback, router.schema.menu("/interface")))
    return found


def choose(found: list[Row], value: Value, menu: Menu) -> list[Row]:
    """The rows that ``numbers=`` means: ids, positions, names. Raises Refusal."""
    if value is None:
        raise Refusal("missing value(s) of argument(s) numbers")
    wanted: list[str] = []
    for part in value if isinstance(value, list) else [value]:
        text = as_text(part)
        wanted += [text] if menu.path == "/file" else [word for word in text.split(",") if word]
    return [_one(found, text, menu) for text in wanted]


def _one(found: list[Row], text: str, menu: Menu) -> Row:
    if text.startswith("*"):
        for row in found:
            if row.id == text:
                return row
    if menu.named:
        for row in found:
            if row.properties.get("name") == text:
                return row
    if text.isdigit() and int(text) < len(found):
        return found[int(text)]
    raise Refusal("no such item")
