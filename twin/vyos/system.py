"""What all sessions of a router share: running and saved configuration, commits, the confirm timer."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable

from twin.device import Host, MeaningError, Unit
from twin.vyos import curly, factory, users
from twin.vyos.candidate import Answer, Candidate
from twin.vyos.checks import Failure, failures
from twin.vyos.confirm import ConfirmTimer
from twin.vyos.files import BOOT, CONFIG, Files
from twin.vyos.findings import Context
from twin.vyos.meaning import meaning_of
from twin.vyos.schema import locate, schema_for, value_problem
from twin.vyos.sshd import SshService, make_host_key
from twin.vyos.terminal import Io
from twin.vyos.tree import Path, Tree, below, copy, get, has, paths, put, value

LOCKED = "Configuration system temporarily locked due to another commit in progress\n"
_FOOTER = "\n\n// Release version: {version}\n"


class System:
    """One router's software, from boot to reboot."""

    def __init__(self, unit: Unit, host: Host) -> None:
        self.unit, self.host, self.release = unit, host, unit.release
        self.schema = schema_for(unit.release)
        self.files = Files(unit.disk, curly.render(factory.default_tree(self.schema), self.schema, quote=True))
        self.running: Tree = {}
        self.factory: Tree = {}
        self.terminals: set[Io] = set()
        self.timer = ConfirmTimer(self.wall)
        self.ssh: SshService | None = None
        self._committing = False
        self._before_confirm: Tree = {}
        # Real VyOS commits part by part: what follows or precedes a refused part stays. Off: all or nothing.
        self.partial = os.environ.get("TWIN_VYOS_PARTIAL_COMMIT", "") not in ("", "0")

    # ---- boot

    async def boot(self, ssh: Callable[[System], SshService]) -> None:
        """Start from config.boot, or make one on a unit that has none."""
        self.files.clear_volatile()
        make_host_key(self.files)
        macs = {port: await self._mac(port) for port in self.unit.ports}
        self.factory = factory.first_boot_tree(self.schema, macs)
        saved = self.saved()
        if saved is None:
            saved = copy(self.factory)
            self._note(saved)
        elif any(not has(saved, "interfaces", "ethernet", port, "hw-id") for port in macs):
            for port, mac in macs.items():  # the boot writes down ports that the file does not know
                if not has(saved, "interfaces", "ethernet", port, "hw-id"):
                    put(saved, ("interfaces", "ethernet", port, "hw-id", mac), self.schema)
            self._note(saved)
        config = copy(saved)
        for failure in self._failures(config, {}, ""):
            print(f"boot: {' '.join(failure.section)}: {failure.words}", file=sys.stderr, flush=True)
            _take_back(config, {}, failure.section)
        self.running = config
        try:
            await self.host.apply(meaning_of(config, self.release))
        except MeaningError as error:  # a router that cannot do all of its configuration still boots
            print(f"boot: {error}", file=sys.stderr, flush=True)
        self.ssh = ssh(self)
        await self.ssh.follow(config)

    async def _mac(self, port: str) -> str:
        found = (await self.host.run("cat", f"/sys/class/net/{port}/address", check=False)).strip()
        if found:
            return found
        digest = hashlib.sha256(f"{self.unit.name} {port}".encode()).hexdigest()
        return "02:" + ":".join(digest[index : index + 2] for index in range(0, 10, 2))

    # ---- saved configuration

    def saved(self) -> Tree | None:
        """config.boot as a tree; None when there is none or it cannot be read."""
        try:
            tree, unknown = curly.parse(self.files.read(BOOT), self.schema)
        except FileNotFoundError:
            return None
        except curly.CurlyError as error:
            print(f"boot: {BOOT}: {error}", file=sys.stderr, flush=True)
            return None
        for path in unknown:
            print(f"boot: {BOOT}: {path} is not valid", file=sys.stderr, flush=True)
        return tree

    def text_of(self, tree: Tree) -> str:
        """A configuration as `save` writes it."""
        version = factory.VERSIONS[self.release].removeprefix("VyOS ")
        return curly.render(tree, self.schema, quote=True) + _FOOTER.format(version=version)

    def _note(self, tree: Tree) -> None:
        """What a boot writes down; a disk that is full keeps no router from booting."""
        try:
            self.files.write(BOOT, self.text_of(tree))
        except OSError as error:
            print(f"boot: {BOOT}: {error.strerror}", file=sys.stderr, flush=True)

    def save(self, name: str | None) -> Answer:
        """Write the running configuration; the release says nothing when it worked."""
        path = self.files.absolute(name, CONFIG) if name else BOOT
        try:
            self.files.write(path, self.text_of(self.running))
        except OSError as error:
            return Answer(f"{error.strerror}: '{path}'\n", 1)
        return Answer()

    def unsaved(self) -> bool:
        return self.saved() != self.running

    def is_factory_new(self) -> bool:
        return self.saved() in (None, self.factory)

    def read_config(self, name: str) -> tuple[Tree, str]:
        """A configuration from a file, and what is wrong with it ("" = nothing)."""
        path = self.files.absolute(name, CONFIG)
        if not self.files.exists(path) or self.files.is_folder(path):
            return {}, f"No such file '{name}'\n"
        try:
            tree, unknown = curly.parse(self.files.read(path), self.schema)
        except (curly.CurlyError, OSError) as error:
            return {}, f"{error}\n"
        bad = [f"Configuration path: [{one}] is not valid\n" for one in unknown]
        bad += [f"[{' '.join(one)}]: {problem}\n" for one in paths(tree, self.schema)
                if locate(self.schema, one)[0] and (problem := value_problem(self.schema, one))]  # fmt: skip
        return tree, "".join(bad)

    # ---- commit

    def _failures(self, config: Tree, old: Tree, user: str) -> list[Failure]:
        return failures(Context(config, old, self.release, self.unit.ports, user))

    async def commit(self, candidate: Candidate, user: str) -> Answer:
        """Check, apply and make running; nothing changes when it is refused (but see ``partial``)."""
        if self._committing:
            return Answer(LOCKED, 1)
        self._committing = True
        try:
            candidate.follow(self.running)
            new = copy(candidate.tree)
            refused = self._failures(new, self.running, user)
            if refused and not self.partial:
                return _refusal(refused)
            for failure in refused:
                _take_back(new, self.running, failure.section)
            users.encrypt_plaintext(new, self.schema)
            try:
                await self._make_running(new)
            except MeaningError as error:
                return _refusal([*refused, Failure(_part(str(error)), str(error))])
            if not refused:
                candidate.reset(new)
                return Answer()
            return _refusal(refused)
        finally:
            self._committing = False

    async def _make_running(self, new: Tree) -> None:
        """Raises MeaningError; then Linux does what it did before."""
        try:
            await self.host.apply(meaning_of(new, self.release))
        except MeaningError:
            await self.host.apply(meaning_of(self.running, self.release))
            raise
        self.running = new
        if self.ssh is not None:
            await self.ssh.follow(new)

    # ---- commit-confirm

    @property
    def confirm_action(self) -> str:
        """What an expiry does: 1.4 only reboots."""
        return value(self.running, "system", "config-management", "commit-confirm", "action") or "reboot"

    def start_confirm(self, minutes: int) -> str:
        """Start the timer, before the commit that it is to guard; returns what is printed."""
        action = self.confirm_action
        self._before_confirm = copy(self.running)
        self.timer.start(minutes, action, self._reload if action == "reload" else self._reboot)
        return f"Initialized commit-confirm; {minutes} minutes to confirm before {action}\n"

    def confirm(self) -> Answer:
        if not self.timer.pending:
            return Answer("No confirm pending\n")
        self.timer.stop()
        return Answer(f"{self.timer.action.capitalize()} timer stopped\n")

    async def _reboot(self) -> None:
        self.host.reboot()

    async def _reload(self) -> None:
        try:
            await self._make_running(copy(self._before_confirm))
        except MeaningError as error:
            print(f"commit-confirm: {error}", file=sys.stderr, flush=True)
            self.host.reboot()

    def wall(self, text: str) -> None:
        """Tell everybody who has a terminal."""
        for io in list(self.terminals):
            io.write("\n" + text)

    async def shutdown(self) -> None:
        self.timer.stop()
        if self.ssh is not None:
            self.ssh.stop()


def _refusal(found: list[Failure]) -> Answer:
    blocks = [f"[ {' '.join(one.section)} ]\n{one.words}\n\n[[{' '.join(one.section)}]] failed\n" for one in found]
    return Answer("".join(blocks) + "Commit failed\n", 1)


def _part(words: str) -> Path:
    """The part of the configuration that a tool of Linux complained about."""
    program = words.split(":")[0]
    return {"nft": ("firewall",), "frr": ("protocols",), "dnsmasq": ("service", "dhcp-server")}.get(
        program, ("interfaces",)
    )


def _take_back(new: Tree, old: Tree, section: Path) -> None:
    """Put the old state of one part into ``new``."""
    before = get(old, *section)
    parent = new
    for word in section[:-1]:
        parent = parent.setdefault(word, {})
    parent.pop(section[-1], None)
    if before is not None:
        parent[section[-1]] = copy(before)
    elif not below(new, *section[:-1]):
        holder = new
        for word in section[:-2]:
            holder = holder[word]
        if len(section) > 1:
            holder.pop(section[-2], None)
