"""What was asked of an endpoint at another time, from its file in ``intended/``, and what turns that into today's."""

from __future__ import annotations

import json

from diemcau.endpoints.group.plan import Reading, Step, plan
from diemcau.endpoints.group.settings import TABLE, Setting
from diemcau.errors import Problem, Unexpected
from diemcau.intent import Endpoint

_REST = "POST /rest/config "


def parse(text: str) -> dict[str, Reading]:
    """The statements of :func:`diemcau.endpoints.group.plan.intended` by the names of their settings.

    Secrets stand there as ``***``: nothing is known of them, and nothing is compared. Raises Unexpected for a line
    that sets nothing known, with its number.
    """
    found: dict[str, Reading] = {}
    for number, line in enumerate(text.splitlines(), 1):
        setting, value = _rest(line) if line.startswith(_REST) else _command(line)
        if setting is None:
            raise Unexpected(Problem(found=f"line {number} is no setting of an endpoint: {line[:80]}"))
        if setting.kind != "secret":
            found[setting.name] = Reading(setting.parse(value), (value,))
    return found


def _command(line: str) -> tuple[Setting | None, str]:
    setting = next((found for found in TABLE.values() if found.put and line.startswith(f"{found.put} ")), None)
    return setting, "" if setting is None else line.removeprefix(setting.put)


def _rest(line: str) -> tuple[Setting | None, str]:
    try:
        listed = json.loads(line.removeprefix(_REST))["vars"]
        names, (value,) = tuple(item["name"] for item in listed), {json.dumps(item["value"]) for item in listed}
    except (ValueError, TypeError, KeyError):
        return None, ""
    return next((setting for setting in TABLE.values() if setting.rest == names), None), value


def steps(endpoint: Endpoint, before: dict[str, Reading]) -> list[Step]:
    """What a run would send to an endpoint that has what was asked for ``before``."""
    unknown = {name: Reading(None, ()) for name in endpoint.settings if TABLE[name].kind != "secret"}
    return plan(endpoint, {**unknown, **before}, sip_offline=False, takeover=False)


def dropped(endpoint: Endpoint, before: dict[str, Reading]) -> list[str]:
    """Settings that were asked for and are no longer: the endpoint keeps them as they are."""
    return [name for name in before if name not in endpoint.settings]
