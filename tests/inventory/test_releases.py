"""Every site of the inventory on every release: rendered, read back, and checked against real devices' trees."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncssh
import pytest
import yaml

from diemcau import platforms
from diemcau.design.district import District, build
from diemcau.intent import SECTIONS
from diemcau.inventory.validation import load_specs
from diemcau.redaction import Secret, joined
from diemcau.secrets.placeholders import PlaceholderSecrets
from tests.inventory.loading import INVENTORY, PROJECT, load

CHECKER = PROJECT.parent / "shared" / "bin" / "check-config"
RELEASES = [("routeros", "7.18"), ("routeros", "7.22"), ("vyos", "1.4"), ("vyos", "1.5")]
HOST_KEY = Secret(asyncssh.generate_private_key("ssh-ed25519").export_private_key("openssh").decode())


def district_on(platform: str, release: str) -> District:
    """The real inventory with every router of one platform and release."""
    ports = yaml.safe_load((INVENTORY / "group_vars" / f"{platform}.yml").read_text(encoding="utf-8"))
    variables: dict[str, dict[str, Any]] = load(INVENTORY)
    for host, values in variables.items():
        if host.endswith("-router"):
            values.update(ports, platform=platform, release=release)
    return build(variables, PlaceholderSecrets(), load_specs())


@pytest.mark.parametrize(("platform", "release"), RELEASES)
def test_every_site_renders_and_reads_back(platform: str, release: str) -> None:
    brand = platforms.load(platform)
    routers = district_on(platform, release).routers
    assert len(routers) == 12
    for router in routers.values():
        model = brand.parse(joined(brand.render(router, SECTIONS).values()).reveal())
        assert not brand.plan(model, model, SECTIONS)
        assert brand.plan(brand.parse(""), model, SECTIONS).statements


@pytest.mark.skipif(not CHECKER.exists(), reason="the command trees of real devices are not beside the project")
@pytest.mark.parametrize(("platform", "release"), RELEASES)
def test_a_real_device_of_that_release_knows_every_statement(platform: str, release: str, tmp_path: Path) -> None:
    brand = platforms.load(platform)
    for host, router in district_on(platform, release).routers.items():
        text = joined(brand.render(router, SECTIONS).values()).reveal()
        (tmp_path / f"{host}.{brand.EXTENSION}").write_text(text, encoding="utf-8")
        (tmp_path / f"{host}-bundle.{brand.EXTENSION}").write_text(
            brand.bundle(router, HOST_KEY).reveal(), encoding="utf-8"
        )
    files = sorted(map(str, tmp_path.iterdir()))
    assert len(files) == 24
    argv = [sys.executable, str(CHECKER), f"{platform}-{release}", *files]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert int(done.stdout.split()[-4]) > 1000  # statements checked
