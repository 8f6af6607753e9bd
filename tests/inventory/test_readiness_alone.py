"""``readiness.yml`` where it did not ask, or cannot know: in a network namespace without a route nobody answers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from diemcau.paths import PROJECT

pytestmark = pytest.mark.root

SCRIPT = """
ansible-playbook playbooks/secrets.yml >/dev/null 2>&1
cp -r playbooks "$OUT"/as-it-is
for change in "" "s/register: room_look/register: room_seen/"; do
    rm -r playbooks && cp -r "$OUT"/as-it-is playbooks
    sed -i "$change" playbooks/readiness.yml
    unshare --net timeout 120 ansible-playbook playbooks/readiness.yml -l "${LIMIT:-ga_ry}" >>"$OUT"/screen 2>&1
    echo "exit status $?" >>"$OUT"/screen
    [ ! -e build/readiness/latest.json ] || cp build/readiness/{latest.json,index.html} "$OUT"
    rm -rf build/readiness
done
"""


def run(folder: Path, limit: str) -> tuple[str, str]:
    """The screen of the playbook as it is, and with a result that it registers under another name."""
    done = subprocess.run(
        [PROJECT / "tools" / "aside", "env", f"OUT={folder}", f"LIMIT={limit}", "bash", "-c", SCRIPT],
        capture_output=True, text=True, check=False, timeout=400,
    )  # fmt: skip
    screen = (folder / "screen").read_text(encoding="utf-8")
    assert screen.count("exit status") == 2, screen + done.stderr
    first, second = screen.split("exit status 2\n")[:2]
    return first, second


def test_a_router_alone_is_not_its_site(tmp_path: Path) -> None:
    screen, renamed = run(tmp_path, "ga-ry-router")
    assert "0/1 điểm cầu họp được" in screen and "chưa hỏi thiết bị họp" in screen
    assert "UndefinedError" not in screen and "an error inside" not in screen
    (site,) = json.loads((tmp_path / "latest.json").read_text(encoding="utf-8"))["sites"]
    assert site["level"] == "not ready" and "room-not-asked" in [finding["code"] for finding in site["findings"]]
    assert "chưa hỏi" in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "0/1 điểm cầu họp được" in renamed  # no room was asked, under whatever name


def test_a_result_under_another_name_ends_the_run(tmp_path: Path) -> None:
    screen, renamed = run(tmp_path, "ga_ry")
    assert "0/1 điểm cầu họp được" in screen
    assert "has no attribute 'room_look'" in renamed and "điểm cầu họp được" not in renamed
