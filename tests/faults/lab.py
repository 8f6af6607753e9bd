"""The routers of two hubs and six communes in a twin of their own, provisioned as the suite does it."""

from __future__ import annotations

import json
import os
import re
import secrets as random_secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible.parsing.vault import VaultLib, VaultSecret

from diemcau import platforms
from diemcau.design.district import District, build
from diemcau.intent import SECTIONS
from diemcau.inventory import hostvars
from diemcau.inventory.validation import load_specs
from diemcau.redaction import joined
from diemcau.secrets import store, vaultfiles
from diemcau.secrets.placeholders import PlaceholderSecrets
from diemcau.secrets.store import VaultSecrets

PROJECT = Path(__file__).resolve().parents[2]
STATE = PROJECT / "build" / "faults"
HUBS = ("huyen-uy", "ubnd")
COMMUNES = {"routeros": ("a-nong", "ga-ry", "a-vuong"), "vyos": ("a-tieng", "bha-lee", "dang")}
MINUTES = 1  # until a router takes a change back

# What a person types to see everything that a router has.
_SHOW = {
    "routeros": ("/export terse show-sensitive", "/user print terse", "/user ssh-keys print terse"),
    "vyos": ("/opt/vyatta/bin/vyatta-op-cmd-wrapper show configuration commands",),
}
_LEFT = {
    "routeros": (
        '/system scheduler print count-only where name~"diemcau"',
        '/file print count-only where name~"diemcau"',
    ),
    "vyos": ("systemctl is-active commit-confirm.timer",),
}
_NOTHING_LEFT = {"routeros": ["0", "0"], "vyos": ["inactive"]}


class Silent(Exception):
    """A router cannot be reached through the tunnel."""


@dataclass
class Lab:
    variables: dict[str, dict[str, Any]]  # by host, what the inventory says of it now
    source: VaultSecrets
    environment: dict[str, str]
    busy: threading.Lock = field(default_factory=threading.Lock)  # the twin's command line, one at a time

    def district(self, **changed: dict[str, Any]) -> District:
        """The district with other variables of some hosts, their names with ``_`` for ``-``."""
        wanted = self.variables | {name.replace("_", "-"): values for name, values in changed.items()}
        return build(wanted, self.source, load_specs())

    def platform(self, host: str) -> str:
        return str(self.variables[host]["platform"])

    def desired(self, host: str, variables: dict[str, Any] | None = None) -> str:
        """The text that is desired of one router."""
        district = self.district() if variables is None else self.district(**{host.replace("-", "_"): variables})
        return joined(platforms.load(self.platform(host)).render(district.routers[host], SECTIONS).values()).reveal()

    def address(self, host: str) -> str:
        return str(self.district().routers[host].management_address)

    def job(self, host: str, desired: str, what: str = "", after: int = 0) -> dict[str, Any]:
        """What tests.faults.pusher reads. ``after``: bytes."""
        return {
            "host": host,
            "address": self.address(host),
            "user": self.district().routers[host].system.admin.name,
            "private_key": self.source.admin_ssh_key().reveal(),
            "host_key": self.source.ssh_host_public_key(host),
            "platform": self.platform(host),
            "release": str(self.variables[host]["release"]),
            "desired": desired,
            "minutes": MINUTES,
            "what": what,
            "after": after,
        }

    def start(self, job: dict[str, Any]) -> subprocess.Popen[str]:
        """A push on the control machine."""
        process = subprocess.Popen(
            ["twin", "run", "--", sys.executable, "-m", "tests.faults.pusher"], cwd=PROJECT, env=self.environment,
            text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(json.dumps(job))
        process.stdin.close()
        process.stdin = None  # so that communicate() leaves it alone
        return process

    def twin(self, *argv: str) -> None:
        with self.busy:
            done = subprocess.run(
                ["twin", *argv], cwd=PROJECT, env=self.environment, text=True, capture_output=True, check=False
            )
        if done.returncode != 0:
            raise RuntimeError(f"twin {' '.join(argv)}: {done.stdout}{done.stderr}")

    def shown(self, host: str) -> list[str]:
        """Everything that a router has, as it prints it; not read by the suite. Raises Silent."""
        printed = self._ask(host, _SHOW[self.platform(host)])
        lines = (line.strip() for text in printed for line in text.splitlines())
        # VyOS writes the addresses of its ports into its configuration when it starts.
        not_ours = re.compile(r"#|/system scheduler|set interfaces ethernet eth\d hw-id ")
        found = sorted(line for line in lines if line and not not_ours.match(line))
        assert len(found) > 50, f"{host} does not show its configuration: {found[:3]}"
        return found

    def leftovers(self, host: str) -> list[str]:
        """What of a transaction is still on a router; none = clean."""
        said = [text.strip() for text in self._ask(host, _LEFT[self.platform(host)])]
        return [] if said == _NOTHING_LEFT[self.platform(host)] else said

    def _ask(self, host: str, commands: Sequence[str]) -> list[str]:
        """Commands on exec channels, from the control machine, through the tunnel."""
        argv = ["twin", "run", "--", sys.executable, "-m", "tests.faults.asking", self.address(host), *commands]
        key = self.source.admin_ssh_key().reveal()
        done = subprocess.run(
            argv, cwd=PROJECT, env=self.environment, input=key, text=True, capture_output=True, check=False, timeout=120
        )
        if done.returncode != 0:
            raise Silent(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no answer")
        found: list[str] = json.loads(done.stdout)
        return found


@contextmanager
def lab(sites: Sequence[str]) -> Iterator[Lab]:
    """The lab of these communes; down again afterwards."""
    path = f"{PROJECT / '.venv' / 'bin'}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "TWIN_STATE": str(STATE), "PYTHONPATH": str(PROJECT)}
    with tempfile.TemporaryDirectory(prefix="diemcau-faults-") as folder:
        made = _lab(Path(folder), environment)
        every = (*HUBS, *sites)
        made.twin("up", "--fresh", "--only", ",".join(every))
        try:
            for site in every:
                _provision(made, f"{site}-router", Path(folder))
            yield made
        finally:
            made.twin("down")


def _lab(folder: Path, environment: dict[str, str]) -> Lab:
    listing = subprocess.run(
        ["ansible-inventory", "--list"], cwd=PROJECT, env=environment, check=True, capture_output=True, text=True
    )
    inventory = json.loads(listing.stdout)
    variables = {
        host: {name: found[name] for name in hostvars.NAMES if name in found}
        | {hostvars.GROUPS: [group for group, it in inventory.items() if host in _members(inventory, it)]}
        for host, found in inventory["_meta"]["hostvars"].items()
    }
    wanted = build(variables, PlaceholderSecrets(), load_specs()).secrets_wanted
    vault = VaultLib([("default", VaultSecret(random_secrets.token_bytes(32)))])
    store.ensure(wanted, folder / "secrets", vault)
    return Lab(variables, VaultSecrets(folder / "secrets", vaultfiles.reader(vault)), environment)


def _members(inventory: dict[str, Any], group: dict[str, Any]) -> set[str]:
    below = (_members(inventory, inventory.get(child, {})) for child in group.get("children", ()))
    return set(group.get("hosts", ())).union(*below)


def _provision(made: Lab, host: str, folder: Path) -> None:
    """The stick, then one push."""
    platform = platforms.load(made.platform(host))
    bundle = folder / f"{host}.{platform.EXTENSION}"
    bundle.write_text(
        platform.bundle(made.district().routers[host], made.source.ssh_host_key(host)).reveal(), encoding="utf-8"
    )
    made.twin("usb", host, str(bundle))
    for _ in range(20):  # tunnels and routes need their time
        process = made.start(made.job(host, made.desired(host)))
        output = process.communicate(timeout=300)[0]
        if "=DONE" in output and output.split()[-1].isdigit():
            return
    raise RuntimeError(f"{host} cannot be provisioned: {output}")
