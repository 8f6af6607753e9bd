"""A small part of the district in a copy of the project: what a test does to its inventory and secrets stays there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.conftest import LOGS, PROJECT, District, Finished

HUBS = ("huyen-uy", "ubnd")
INVENTORY = Path("inventory") / "district.yml"

# The block of docs/inventory.md, ten lines.
ZA_HUNG = """\
        za_hung:
          vars:
            site: {number: 21, name: "Za Hung"}
            wan:
              circuits:
                - {name: fibre, up_kbps: 4000, down_kbps: 8000}
                - {name: lte, up_kbps: 1500, down_kbps: 4000}
          hosts:
            za-hung-router: {platform: vyos, release: "1.5"}
            za-hung-room: {mac: "64:16:7f:77:00:15", serial_number: "82137790563349"}
"""


class Valley(District):
    """Two hubs and some communes, in a twin of their own."""

    @property
    def inventory(self) -> str:
        return (self.project / INVENTORY).read_text(encoding="utf-8")

    def edit(self, pattern: str, new: str) -> None:
        """Write something else into the inventory, as a person would; the pattern matches exactly once."""
        text, count = re.subn(pattern, new, self.inventory)
        assert count == 1, f"{pattern}: {count} places in the inventory"
        (self.project / INVENTORY).write_text(text, encoding="utf-8")

    def secret(self, host: str) -> dict[str, str]:
        """The secrets of one device, by name."""
        return {
            name.partition(": ")[2]: value
            for name, value in self.all_secrets().items()
            if name.startswith(f"{host}.yml: ")
        }

    def bundles(self, site: str) -> list[Path]:
        """What lies ready for a site's technician."""
        return sorted((self.project / "build" / "bundles" / site).glob(f"{site}-router.*"))

    def printed_secrets(self) -> list[tuple[str, str]]:
        """Which secrets stand in which logs; none may."""
        texts = {path.name: path.read_text(encoding="utf-8") for path in LOGS.glob(f"{self.name}*.log")}
        secrets = self.all_secrets()
        return [(log, name) for log, text in texts.items() for name, value in secrets.items() if value in text]

    def start(self, playbook: str, *options: str) -> Running:
        """Run a playbook at the control machine while something else happens."""
        return Running(self, ["twin", "run", "--", "ansible-playbook", f"playbooks/{playbook}.yml", *options])

    def plug(self, site: str, running: Running, seconds: float = 240) -> None:
        """The technician puts the stick into the site's router as soon as there is one."""
        deadline = time.monotonic() + seconds
        while not self.bundles(site):
            assert running.alive(), f"it ended before there was a stick:\n{running.end().output}"
            assert time.monotonic() < deadline, "no stick"
            time.sleep(0.5)
        self.must("twin", "usb", f"{site}-router", str(self.bundles(site)[0]))

    def with_technician(self, site: str, playbook: str, *options: str) -> Finished:
        """Run a playbook that needs a stick in the middle of it."""
        running = self.start(playbook, *options)
        try:
            self.plug(site, running)
        finally:
            done = running.end()
        return done


class Running:
    """A command in a process namespace of its own: it ends with everything that it started, or not at all."""

    def __init__(self, valley: Valley, argv: Sequence[str]) -> None:
        self._valley, self._argv = valley, argv
        LOGS.mkdir(parents=True, exist_ok=True)
        with valley.lock:
            valley.runs += 1
            self._log = LOGS / f"{valley.name}{valley.runs:03}.log"
        with self._log.open("w", encoding="utf-8") as file:
            file.write(f"$ {' '.join(argv)}\n")
            file.flush()
            self._process = subprocess.Popen(
                ["unshare", "--pid", "--fork", "--kill-child=KILL", *argv], cwd=valley.project,
                env=valley.environment, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def text(self) -> str:
        """What was printed so far."""
        return self._log.read_text(encoding="utf-8")

    def alive(self) -> bool:
        return self._process.poll() is None

    def until(self, words: str, seconds: float = 240) -> None:
        """Wait until something was printed."""
        deadline = time.monotonic() + seconds
        while words not in self.text():
            assert self.alive() and time.monotonic() < deadline, f"no {words!r}:\n{self.text()}"
            time.sleep(0.5)

    def kill(self) -> None:
        """The control machine loses its power: nothing of the command is left a moment later."""
        self._process.kill()
        self._process.wait(30)

    def end(self, timeout: float = 900) -> Finished:
        """Wait until it ends by itself."""
        try:
            status = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        return Finished(status, self.text())


def add_za_hung(valley: Valley) -> None:
    (valley.project / INVENTORY).write_text(valley.inventory + ZA_HUNG, encoding="utf-8")


def copy(there: Path) -> None:
    """The project's own files, as they are now, in a repository of their own."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (PROJECT / name).is_file():
            (there / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, there / name)
    person = ["-c", "user.name=tester", "-c", "user.email=tester@localhost"]
    for argv in (["init", "-q"], ["add", "-A"], [*person, "commit", "-qm", "as it is"]):
        subprocess.run(["git", *argv], cwd=there, check=True, capture_output=True)


@contextmanager
def raised(
    folder: Path, name: str, communes: Sequence[str], more: Callable[[Valley], None] = lambda _: None
) -> Iterator[Valley]:
    """The hubs and these communes, set up and ready; ``more`` may write further sites for the twin alone."""
    project = folder / "project"
    copy(project)
    environment = {
        **os.environ, "PATH": f"{PROJECT / '.venv' / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(project),
        "TWIN_STATE": str(folder / "twin"), "ANSIBLE_NOCOLOR": "1",
    }  # fmt: skip
    valley = Valley(environment, project, name)
    for old in LOGS.glob(f"{name}*.log"):
        old.unlink()
    try:
        _provide(valley, communes, more)
        yield valley
    finally:
        valley.twin("down")


def _provide(valley: Valley, communes: Sequence[str], more: Callable[[Valley], None]) -> None:
    before, sites = valley.inventory, [*HUBS, *communes]
    more(valley)
    there = [
        name for name in re.findall(r"^ +([a-z-]+)-router:", valley.inventory, re.M) if f"{name}-router" not in before
    ]
    valley.must("twin", "up", "--fresh", "--only", ",".join([*sites, *there]))
    (valley.project / INVENTORY).write_text(before, encoding="utf-8")
    valley.must("ansible-playbook", "playbooks/secrets.yml")
    load_accounts(valley)
    valley.must("ansible-playbook", "playbooks/bundle.yml", "-l", ",".join(f"{site}-router" for site in sites))
    for site in sites:
        valley.must("twin", "usb", f"{site}-router", str(valley.bundles(site)[0]))
    shutil.rmtree(valley.project / "build" / "bundles")
    hosts = ",".join(f"{site}-router,{site}-room" for site in sites)
    valley.must("twin", "run", "--", "ansible-playbook", "playbooks/site.yml", "-l", hosts)


def load_accounts(valley: Valley) -> None:
    """The call server's people get the rooms' accounts."""
    valley.must("ansible-playbook", "playbooks/accounts.yml")
    accounts = valley.project / "build" / "accounts"
    valley.must("twin", "usb", "call-server", str(accounts / "sip-accounts.csv"))
    shutil.rmtree(accounts)
