"""What the tunnels of a RouterOS router hang on, out of its model."""

from __future__ import annotations

from collections.abc import Collection

from diemcau.platforms import End, Ends
from diemcau.platforms.routeros.parse import Entry, Model
from diemcau.platforms.routeros.sections import owner

_OF_TUNNEL = ("private-key", "listen-port", "disabled")


def ends(model: Model) -> Ends:
    """The addresses of the circuits, and each tunnel with what it needs at this end."""
    bridges = {str(bridge.get("name")) for bridge in model.entries.get("/interface bridge", [])}
    addresses = model.entries.get("/ip address", [])
    wan = [entry for entry in addresses if owner("/ip address", entry, bridges) == "wan"]
    found = set()
    for tunnel in model.entries.get("/interface wireguard", []):
        name = str(tunnel.get("name"))
        inner = [entry for entry in addresses if entry.get("interface") == name]
        shared = _facts([tunnel], _OF_TUNNEL) | _facts(inner, ("address", "disabled"))
        for peer in model.entries.get("/interface wireguard peers", []):
            if peer.get("interface") == name:
                key = str(peer.get("public-key", ""))
                found.add(End(str(peer.get("name")), name, key, _facts([peer], peer.keys() - {"comment"}), shared))
    return Ends(_facts(wan, ("address", "interface", "disabled")), frozenset(found))


def _facts(entries: Collection[Entry], names: Collection[str]) -> frozenset[tuple[object, ...]]:
    return frozenset((name, entry[name]) for entry in entries for name in names if name in entry)


def held(running: Model, desired: Model, interfaces: Collection[str]) -> Model:
    """``desired`` with these tunnels as they run."""
    kept = dict(desired.entries)
    for menu, key in (("/interface wireguard", "name"), ("/interface wireguard peers", "interface")):
        ours = [entry for entry in desired.entries.get(menu, []) if entry.get(key) not in interfaces]
        kept[menu] = ours + [entry for entry in running.entries.get(menu, []) if entry.get(key) in interfaces]
    return Model(desired.settings, kept)
