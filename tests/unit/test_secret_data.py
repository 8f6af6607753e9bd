"""No data of the suite shows a secret: not in a log, a failed assertion, a traceback or a debugger."""

from __future__ import annotations

import dataclasses
import gc
import importlib
import pkgutil
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

import diemcau
from diemcau import platforms
from diemcau.design.district import District
from diemcau.endpoints.group import access, intended, plan
from diemcau.endpoints.group.access import Entered
from diemcau.endpoints.group.replies import Reply
from diemcau.intent import SECTIONS
from diemcau.platforms import Running
from diemcau.platforms.routeros.parse import lines
from diemcau.push import backups
from diemcau.push.transaction import Job, Outcome
from diemcau.redaction import Secret, joined
from diemcau.secrets import store, vaultfiles
from diemcau.secrets.pins import Pins
from diemcau.secrets.store import VaultSecrets
from diemcau.transport.ssh import Target
from tests.unit.inventories import district, small

VAULT = VaultLib([("default", VaultSecret(b"password"))])


def types() -> Iterator[type]:
    """Every dataclass of the suite."""
    for found in pkgutil.walk_packages(diemcau.__path__, "diemcau."):
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__ == found.name:
                yield value


TYPES = sorted(types(), key=lambda each: f"{each.__module__}.{each.__qualname__}")


def name(of: type) -> str:
    return f"{of.__module__}.{of.__qualname__}"


def holds(hint: Any, wanted: type) -> bool:
    """Whether a declared type is ``wanted`` or a container of it."""
    return hint is wanted or any(holds(inner, wanted) for inner in typing.get_args(hint) if not isinstance(inner, list))


def secret(of: type) -> bool:
    return any(holds(hint, Secret) for hint in typing.get_type_hints(of).values())


@pytest.fixture
def known(tmp_path: Path) -> VaultSecrets:
    store.ensure(district(small()).secrets_wanted, tmp_path / "secrets", VAULT)
    return VaultSecrets(tmp_path / "secrets", vaultfiles.reader(VAULT))


def canaries(folder: Path) -> set[str]:
    """Every secret of the files; of a key its lines, without the words around it."""
    read = vaultfiles.reader(VAULT)
    values = [value for path in (folder / "secrets").glob("*.yml") for value in read(path).values()]
    return {line for value in values for line in value.splitlines() if "-----" not in line and len(line) >= 12}


def of_routers(found: District, source: VaultSecrets, folder: Path) -> Iterator[object]:
    """What one run makes of each router, on the way from the inventory to the device and its backup."""
    kept = backups.Store(folder / "backups", VAULT)
    for host, router in found.routers.items():
        platform = platforms.load(router.platform)
        sections = platform.render(router, SECTIONS)
        desired = joined(sections.values())
        target = Target(host, router.management_address, "diemcau", source.admin_ssh_key(), "ssh-ed25519 AAAA")
        job = Job(platform, target, router.release, desired, SECTIONS)
        running = Running(router.release, Secret(""))
        made = job.plan(running)
        assert any(isinstance(statement.text, Secret) for statement in made.statements)
        read = kept.read(kept.keep(host, platform.EXTENSION, desired, 3))
        models = job.models(Running(router.release, read))
        yield from (sections, job, running, Running(router.release, read), made, Outcome(made, committed=True))
        yield from (models, platform.ends(models[1]), platform.bundle(router, source.ssh_host_key(host)), kept)
        if router.platform == "routeros":
            yield list(lines(desired.reveal()))


def of_rooms(found: District) -> Iterator[object]:
    for room in found.rooms.values():
        before = intended.parse(plan.intended(room))
        yield before
        yield plan.plan(room, before, sip_offline=True, takeover=True)
        yield plan.passwords(room, access.SERIAL, Secret("82130000000000"))
        yield {setting: plan.Reading(value, (None,)) for setting, value in room.settings.items()}
        yield Reply(room.admin_password.reveal())  # as an endpoint answers with its SNMP community
        line = access.Line()
        rest: Any = None
        yield (Entered(rest, access.ADMIN, room.admin_password), access.target(room, Pins(), line, room.admin_password))


def test_nothing_that_a_run_makes_shows_a_secret(known: VaultSecrets, tmp_path: Path) -> None:
    found = district(small(), known)
    made = [found, known, *of_routers(found, known, tmp_path), *of_rooms(found)]
    hidden = canaries(tmp_path)
    assert len(hidden) > 20
    alive = [each for each in gc.get_objects() if type(each) in TYPES]  # those inside others too
    assert {name(of) for of in TYPES if secret(of)} <= {name(type(each)) for each in alive}  # none was forgotten
    assert all(shows(job.desired.reveal(), hidden) for job in alive if isinstance(job, Job))  # it would be noticed
    assert not {name(type(each)) for each in (*made, *alive) for text in (repr(each), str(each)) if shows(text, hidden)}


def shows(text: str, hidden: set[str]) -> bool:
    return any(canary in text for canary in hidden)


SAYS_SECRET = ("text", "desired", "content", "password", "passphrase", "secret", "community", "token", "private_key")


def test_no_field_that_is_named_like_a_secret_is_plain_text() -> None:
    assert not {
        f"{name(of)}.{field}"
        for of in TYPES
        for field, hint in typing.get_type_hints(of).items()
        if field.endswith(SAYS_SECRET) and holds(hint, str) and not holds(hint, Secret)
    }
