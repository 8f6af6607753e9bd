"""A device that was lost and what takes its place: how far its replacement is, kept beside its secrets.

In ``secrets/<host>.yml``, besides the secrets themselves:

    restore_since     when new secrets were made for the device that takes the lost one's place
    restore_<step>    when a step was done, for the report
    former_<name>     a secret of the lost device: the way back until its successor answers
    restore_done      when all was done; the times stay as a record until the next replacement

A replacement is under way from ``restore_since`` until ``restore_done``. Meanwhile its secrets are never made again:
the stick that holds them may be on the road. Each function writes the file once, as a whole, so that a run that ends at
any moment leaves one of these states and no other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from diemcau.errors import DiemcauError, Problem
from diemcau.secrets import store, vaultfiles
from diemcau.secrets.vaultfiles import Vault

_MARK, _FORMER = "restore_", "former_"
SINCE, REFUSED, STICK, ANSWERED, DONE = "since", "refused", "stick", "answered", "done"
REFUSED_BY = f"{REFUSED}_"  # and the hub's host name


@dataclass(frozen=True)
class Replacement:
    """Step -> when it was first done. Empty: the device was never replaced."""

    times: dict[str, datetime]

    @property
    def under_way(self) -> bool:
        return SINCE in self.times and DONE not in self.times


def read(path: Path, vault: Vault) -> Replacement:
    """How far it is. Raises DiemcauError when the file cannot be read."""
    return _of(vaultfiles.reader(vault)(path)) if path.exists() else Replacement({})


def begin(path: Path, names: Collection[str], gone: Collection[str], vault: Vault, now: datetime) -> Replacement:
    """Make the secrets ``names`` anew and take out what is in ``gone``; when one is under way, the latter only."""
    with vaultfiles.alone(path.parent):
        values = vaultfiles.reader(vault)(path)
        if _of(values).under_way:
            vaultfiles.change(path, {}, gone, vault)
            return _of(values)
        new = {name: store.new(name) for name in names}
        former = {f"{_FORMER}{name}": values[name] for name in (*names, *gone) if name in values}
        old = [name for name in values if name.startswith((_MARK, _FORMER)) and name not in former]
        vaultfiles.change(path, {**new, **former, f"{_MARK}{SINCE}": _text(now)}, [*old, *gone], vault)
    return read(path, vault)


def note(path: Path, step: str, vault: Vault, now: datetime) -> Replacement:
    """Note when a step was first done; nothing when no replacement is under way."""
    with vaultfiles.alone(path.parent):
        found = read(path, vault)
        if found.under_way and step not in found.times:
            values = vaultfiles.reader(vault)(path)
            former = [name for name in values if name.startswith(_FORMER)] if step == DONE else []
            vaultfiles.change(path, {f"{_MARK}{step}": _text(now)}, former, vault)
    return read(path, vault)


def undo(path: Path, vault: Vault) -> bool:
    """Put the lost device's secrets back: it was not lost. Whether there was anything to take back.

    Raises DiemcauError when its successor has answered: the keys of that one are in use.
    """
    with vaultfiles.alone(path.parent):
        values = vaultfiles.reader(vault)(path)
        found = _of(values)
        if not found.under_way:
            return False
        if ANSWERED in found.times:
            host = path.stem
            raise DiemcauError(
                Problem(
                    host=host,
                    found=(f"the new router answered at {found.times[ANSWERED]:%d/%m %H:%M:%S}: its keys are in use"),
                    expected="a restore whose router has not answered yet",
                    remedy=f"go on with: ansible-playbook playbooks/restore.yml -l {host}",
                )
            )
        former = {name: values[name] for name in values if name.startswith(_FORMER)}
        old = [name for name in values if name.startswith(_MARK)]
        back = {name.removeprefix(_FORMER): value for name, value in former.items()}
        vaultfiles.change(path, back, [*old, *former], vault)
    return True


def _of(values: dict[str, str]) -> Replacement:
    times = {name.removeprefix(_MARK): value for name, value in values.items() if name.startswith(_MARK)}
    return Replacement({step: datetime.fromisoformat(text) for step, text in times.items()})


def _text(now: datetime) -> str:
    return now.isoformat(timespec="seconds")


def names_of(names: Iterable[str], *, wireguard: bool) -> list[str]:
    """Of a device's secrets those that are made anew when it is replaced.

    A room keeps the password of its account: the call server, which others run, would refuse the new one. A hub keeps
    its tunnels' keys: every commune knows them, and none can be told another before a hub is back.
    """
    return [
        name for name in names if name != store.SIP_PASSWORD and (wireguard or not name.startswith(store.WIREGUARD))
    ]
