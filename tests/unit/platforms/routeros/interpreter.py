"""A RouterOS of its own for the planner's tests: executes statements on lists of entries, knows nothing of plans."""

from __future__ import annotations

import re

WORD = re.compile(r'(?:[^\s"\[]|"(?:[^"\\]|\\.)*"|\[(?:[^\[\]"]|"(?:[^"\\]|\\.)*"|\[[^\]]*\])*\])+')

Entry = dict[str, str]
DEFAULTS: dict[str, Entry] = {  # of arguments that find entries
    "/system logging": {"topics": "info", "action": "memory"},
    "/ip route": {"routing-table": "main"},
}
UNIQUE = {  # what a router refuses to have twice
    "/interface wireguard peers": (("interface", "public-key"),),
    "/ip dhcp-server lease": (("mac-address",), ("address",)),
    "/ip dhcp-server": (("interface",),),
    "/ip address": (("address", "interface"),),
    "/interface bridge": (("name",),),
}
REFERS = (  # a name that is used: menu and argument that use it, menu where it comes from
    ("/interface list member", "list", "/interface list"),
    ("/interface bridge port", "bridge", "/interface bridge"),
    ("/interface wireguard peers", "interface", "/interface wireguard"),
    ("/ip dhcp-server", "address-pool", "/ip pool"),
    ("/ip dhcp-server lease", "server", "/ip dhcp-server"),
    ("/routing bgp connection", "instance", "/routing bgp instance"),
    ("/system logging", "action", "/system logging action"),
    ("/user ssh-keys", "user", "/user"),
)
OWN: dict[str, Entry] = {  # what the router adds by itself
    "/ip firewall filter": {"chain": "forward", "action": "passthrough", "comment": "special dummy rule"},
    "/ip route": {"dst-address": "0.0.0.0/0", "gateway": "198.51.100.9"},
    "/ip firewall address-list": {"list": "DISTRICT", "address": "10.77.0.0/16"},
}


class Refused(Exception):
    """The statement names something that is not there, or would make something that cannot be."""


def text_of(value: str) -> str:
    if not value.startswith('"'):
        return value
    body = re.sub(r"\\([0-9A-F]{2})", lambda m: chr(int(m[1], 16)), value[1:-1])
    return (
        re.sub(r"\\(.)", lambda m: {"n": "\n", "r": "\r", "t": "\t"}.get(m[1], m[1]), body).encode("latin-1").decode()
    )


def values_of(words: list[str]) -> Entry:
    pairs = (word.partition("=") for word in words)
    return {key: text_of(value) if equals else "yes" for key, equals, value in pairs}


class Device:
    """``entries``: menu -> list of dicts; ``settings``: (menu, item) -> dict."""

    def __init__(
        self, entries: dict[str, list[Entry]], settings: dict[tuple[str, str], Entry], strict: bool = False
    ) -> None:
        self.entries = {menu: [dict(e) for e in found] for menu, found in entries.items()}
        self.settings = {name: dict(values) for name, values in settings.items()}
        self.strict = {menu for user, _, source in REFERS for menu in (user, source)} if strict else set()
        for menu, entry in OWN.items():
            self.entries.setdefault(menu, []).insert(0, {**entry, "dynamic": "yes"})

    def configured(self) -> dict[str, list[Entry]]:
        """What an export shows."""
        return {menu: [e for e in found if "dynamic" not in e] for menu, found in self.entries.items()}

    def run(self, statement: str) -> None:
        words = WORD.findall(statement)
        at = next(i for i, word in enumerate(words) if word in ("add", "set", "remove"))
        menu, verb, rest = " ".join(words[:at]), words[at], words[at + 1 :]
        entries = self.entries.setdefault(menu, [])
        if verb == "add":
            values = values_of(rest)
            before = values.pop("place-before", None)
            entries.insert(self._find(menu, before) if before else len(entries), values)
        elif verb == "remove":
            del entries[self._find(menu, rest[0])]
        elif rest[0].startswith("["):
            self._set(entries[self._find(menu, rest[0])], rest[1:])
        else:
            item = rest.pop(0) if "=" not in rest[0] else ""
            self._set(self.settings.setdefault((menu, item), {}), rest)
        for names in UNIQUE.get(menu, ()):
            found = [tuple(e.get(name) for name in names) for e in entries if all(name in e for name in names)]
            if len(found) != len(set(found)):
                raise Refused(f"{statement}: already there")
        if menu in self.strict:
            self._refer(statement)

    def _refer(self, statement: str) -> None:
        """Nothing may use a name that is not there: stricter than a router, which leaves such an entry broken."""
        for user, argument, source in REFERS:
            names = {entry["name"] for entry in self.entries.get(source, [])}
            used = {entry[argument] for entry in self.entries.get(user, []) if argument in entry}
            if not used <= names:
                raise Refused(f"{statement}: {user} is left with {used - names}")

    @staticmethod
    def _set(entry: Entry, words: list[str]) -> None:
        for word in words:
            if word.startswith("!"):
                del entry[word[1:]]
        entry.update(values_of([word for word in words if not word.startswith("!")]))

    def _find(self, menu: str, selector: str) -> int:
        """The place of the one entry that is meant; a statement that means none or several is a mistake."""
        pick = re.fullmatch(r"\[:pick (\[find.*\]) (\d+)\]", selector)
        condition = (pick[1] if pick else selector).removeprefix("[find").removesuffix("]")
        found = [i for i, entry in enumerate(self.entries[menu]) if self._meant(menu, entry, condition)]
        if pick:
            found = found[int(pick[2]) : int(pick[2]) + 1]
        if len(found) != 1:
            raise Refused(f"{menu} {selector} finds {len(found)}")
        return found[0]

    @staticmethod
    def _meant(menu: str, entry: Entry, condition: str) -> bool:
        full = {"dynamic": "no", **DEFAULTS.get(menu, {}), **entry}
        if menu == "/ip address" and "/" not in full["address"]:
            full["address"] += "/32"  # shown so, though an export leaves it out
        return all(full.get(key, "") == value for key, value in values_of(WORD.findall(condition)).items())
