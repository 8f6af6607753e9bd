"""The firewall as a whole: chains, address lists, and which addresses services listen to."""

from __future__ import annotations

from twin.routeros.firewall_checks import builtin_chains
from twin.routeros.nft_rules import Never, Rule, Translator, address_set, identifier
from twin.routeros.queues import nft_lines
from twin.routeros.store import Config

_HOOKS = {
    ("filter", "input"): "type filter hook input priority filter; policy accept;",
    ("filter", "forward"): "type filter hook forward priority filter; policy accept;",
    ("filter", "output"): "type filter hook output priority filter; policy accept;",
    ("nat", "srcnat"): "type nat hook postrouting priority srcnat; policy accept;",
    ("nat", "dstnat"): "type nat hook prerouting priority dstnat; policy accept;",
    ("mangle", "prerouting"): "type filter hook prerouting priority mangle; policy accept;",
    ("mangle", "input"): "type filter hook input priority mangle; policy accept;",
    ("mangle", "forward"): "type filter hook forward priority mangle; policy accept;",
    ("mangle", "output"): "type route hook output priority mangle; policy accept;",
    ("mangle", "postrouting"): "type filter hook postrouting priority mangle; policy accept;",
}
_ADDRESS_LIST_MATCHERS = ("src-address-list", "dst-address-list")


def ruleset(config: Config) -> str:
    """The complete text for ``nft -f``; RouterOS accepts what no rule decides."""
    translator = Translator(config)
    lines = []
    for table in ("filter", "nat", "mangle"):
        rules = config.enabled(f"/ip/firewall/{table}")
        body = _chains(table, rules, translator)
        if table == "filter":
            body += _services(config)
        if body:
            sets = _sets(config, "/ip/firewall/address-list", "ipv4_addr", rules)
            lines += [f"table ip {table} {{", *sets, *body, "}"]
    return "\n".join([*lines, *_version6(config), *nft_lines(config)]) + "\n"


def _version6(config: Config) -> list[str]:
    if config.settings("/ipv6/settings")["disable-ipv6"] == "yes":
        chains = (
            f"chain {hook} {{ type filter hook {hook} priority filter; policy drop; }}"
            for hook in ("input", "forward", "output")
        )
        return ["table ip6 filter {", *chains, "}"]
    rules = config.enabled("/ipv6/firewall/filter")
    sets = _sets(config, "/ipv6/firewall/address-list", "ipv6_addr", rules)
    return ["table ip6 filter {", *sets, *_chains("filter", rules, Translator(config, "ip6")), "}"] if rules else []


def _sets(config: Config, path: str, kind: str, rules: list[Rule]) -> list[str]:
    """The address lists that rules name; a list without an address is empty, not missing."""
    wanted = {rule[name].removeprefix("!") for rule in rules for name in _ADDRESS_LIST_MATCHERS if name in rule}
    lines = []
    for name in sorted(wanted):
        members = [e["address"] for e in config.enabled(path) if e["list"] == name]
        elements = f" elements = {{ {', '.join(members)} }};" if members else ""
        lines.append(f"set {address_set(name)} {{ type {kind}; flags interval; auto-merge;{elements} }}")
    return lines


def _chains(table: str, rules: list[Rule], translator: Translator) -> list[str]:
    by_chain: dict[str, list[Rule]] = {}
    for rule in rules:
        by_chain.setdefault(rule["chain"], []).append(rule)
    for rule in rules:
        if rule.get("action") == "jump":
            by_chain.setdefault(rule["jump-target"], [])
    order = _bottom_up(by_chain)
    lines = []
    for chain in order:
        base = chain in builtin_chains(table)
        name = chain if base else identifier("chain_", chain)
        lines.append(f"chain {name} {{")
        if base:
            lines.append(_HOOKS[table, chain])
        for rule in by_chain[chain]:
            lines += _rule(rule, translator, order.index(chain), order)
        lines.append("}")
    return lines


def _bottom_up(by_chain: dict[str, list[Rule]]) -> list[str]:
    """Chains before those that jump to them; a jump back into a chain that is on the way is not followed."""
    order: list[str] = []
    entered: set[str] = set()

    def enter(chain: str) -> None:
        if chain in entered:
            return
        entered.add(chain)
        for rule in by_chain[chain]:
            if rule.get("action") == "jump":
                enter(rule["jump-target"])
        order.append(chain)

    for chain in by_chain:
        enter(chain)
    return order


def _rule(rule: Rule, translator: Translator, position: int, order: list[str]) -> list[str]:
    decided = translator.verdict(rule)
    if decided is None:
        return []
    if rule.get("action") == "jump" and order.index(rule["jump-target"]) >= position:
        return []  # a circle: RouterOS would follow it for ever, nftables refuses it
    try:
        alternatives = translator.matches(rule)
    except Never:
        return []
    return [f"{matches} {decided}".strip() for matches in alternatives]


def _services(config: Config) -> list[str]:
    """``address=`` of /ip service: others get no answer."""
    lines = []
    for service in config.enabled("/ip/service"):
        if service["address"]:
            allowed = service["address"].replace(",", ", ")
            lines.append(f"tcp dport {service['port']} ip saddr != {{ {allowed} }} drop")
    if not lines:
        return []
    return ["chain services {", "type filter hook input priority filter + 10; policy accept;", *lines, "}"]
