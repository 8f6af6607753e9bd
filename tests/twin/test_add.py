"""A new site of the inventory, while everything else goes on."""

from __future__ import annotations

import pytest

from tests.twin.conftest import INVENTORY, Twin, until
from tests.twin.test_replace import ROUTER, has, routing
from twin.meaning import DhcpClient, Link, Meaning

root = pytest.mark.root

NEW = """
    new_here:
      vars:
        site: {number: 21, name: New here}
        wan:
          circuits:
            - {name: fibre, up_kbps: 2000, down_kbps: 4000}
            - {name: fixed, up_kbps: 2000, down_kbps: 4000, address: 198.51.100.6/30, gateway: 198.51.100.5, port: eth2}
      hosts:
        new-here-router: {platform: vyos, release: "1.5"}
        new-here-room: {mac: "64:16:7f:88:00:15"}
"""


@root
def test_a_new_site_disturbs_nobody(twin: Twin) -> None:
    twin.must("replace", ROUTER, "--platform", "vyos")  # what stands there, and not what the inventory says, stays
    twin.put(ROUTER, routing("eth0", "eth1"))
    until(lambda: has(twin, ROUTER, "100.64.18.2"))
    refused = twin.run("add", "new_here")
    assert refused.returncode == 1 and "no site new-here; it has: hub, far-away" in refused.stderr
    before, process = twin.nodes(), twin.pids(ROUTER)
    (twin.folder / "inventory" / "hosts.yml").write_text(INVENTORY + NEW)
    twin.must("add", "new_here")
    after = twin.nodes()
    assert after.keys() - before.keys() == {"new-here-router", "new-here-room"}
    for name in ("new-here-router", "new-here-room"):
        assert (after[name]["power"], after[name]["ready"], after[name]["factory_new"]) == ("on", True, True)
    assert after["new-here-router"]["platform"] == "vyos"
    for name, node in before.items():
        assert after[name] == node, name
    assert twin.pids(ROUTER) == process
    twin.on(ROUTER, "ping -q -c 1 -W 2 100.64.18.1")

    links = (Link("eth0", "ethernet"), Link("eth2", "ethernet", ("198.51.100.6/30",)))
    twin.put("new-here-router", Meaning("new", links=links, dhcp_clients=(DhcpClient("eth0", distance=1),)))
    until(lambda: has(twin, "new-here-router", "100.64.21.2"))
    twin.on("new-here-router", "ping -q -c 1 -W 2 198.51.100.5")
    again = twin.run("add", "new-here")
    assert again.returncode == 1 and "in the twin already" in again.stderr
    assert "the twin is up already" in twin.must("up", "--only", "hub,far-away,new-here")
