"""A room's endpoint in its machine: it boots, gets an address, keeps its settings, and registers at the call server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.twin.conftest import Twin, until
from twin import district, lifecycle
from twin.meaning import Link, Meaning
from twin.polycom.unit import serial_of

pytestmark = pytest.mark.root

MAC = "64:16:7f:88:00:01"
HUB = Meaning(
    "hub",
    links=(Link("eth1", "ethernet", ("10.88.1.1/24",)),),
    dnsmasq="interface=eth1\ndhcp-range=10.88.1.20,10.88.1.29,255.255.255.0,30m\n"
    f"dhcp-host={MAC},10.88.1.20\ndhcp-option=option:router,10.88.1.1\n",
)
SIP = (
    'systemname set "Huyện ủy"',
    "systemsetting sipregistrarserver 10.88.1.15",
    "systemsetting sipproxyserver 10.88.1.15",
    "systemsetting sipusername 8001",
    "systemsetting sipaccountname 8001",
    "systemsetting sippassword pa55-word",
    "systemsetting siptransportprotocol UDP",
    "autoanswer yes",
    "systemsetting sipenable True",
)
CONSOLE = """
import sys, time, paramiko
client = paramiko.SSHClient()
client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
client.connect(sys.argv[1], username="admin", password=sys.argv[2], look_for_keys=False, allow_agent=False, timeout=20)
shell = client.invoke_shell(width=500)
shell.settimeout(20)
shown = ""
def read():
    global shown
    while not shown.endswith("-> "):
        part = shell.recv(4096).decode()
        if not part: return
        shown += part
read()
for line in sys.argv[3:]:
    shown += "\\n"
    shell.send(line + "\\r")
    time.sleep(0.2)
    read()
print(shown)
"""


def type_at(twin: Twin, *lines: str) -> str:
    """Type at the hub's room, from the control machine; what the screen shows."""
    argv = ["run", "--", sys.executable, "-c", CONSOLE, "10.88.1.20", serial_of(MAC), *lines]
    return twin.must(*argv)


def room(twin: Twin, name: str = "hub-room") -> dict[str, object]:
    found: dict[str, object] = twin.nodes()[name]
    return found


@pytest.fixture(scope="module")
def hub(twin: Twin, tmp_path_factory: pytest.TempPathFactory) -> Twin:
    """The hub's LAN works, and the call server knows two rooms."""
    twin.put("hub-router", HUB)
    file = tmp_path_factory.mktemp("stick") / "accounts.csv"
    file.write_text("user,password\n8001,pa55-word\n8018,pa55-w0rd\n")
    assert twin.must("usb", "call-server", str(file)) == "2 accounts from accounts.csv\n"
    until(lambda: room(twin)["addresses"] == ["10.88.1.20"], timeout=40)
    return twin


def test_a_factory_new_room_is_ready_without_a_network(twin: Twin) -> None:
    far = room(twin, "far-away-room")
    assert far["ready"] is True
    told = {key: far[key] for key in ("site", "model", "serial", "factory_new", "registered", "extension")}
    assert told == {
        "site": "far-away",
        "model": "RealPresence Group 500",
        "serial": serial_of("64:16:7f:88:00:12"),
        "factory_new": True,
        "registered": False,
        "extension": "",
    }
    assert "RealPresence Group 500" in twin.must("status")
    done = twin.run("usb", "far-away-room", "/etc/hostname")
    assert done.returncode == 1
    assert "far-away-room is no router of the twin" in done.stderr


def test_a_room_keeps_its_settings_and_registers_after_each_start(hub: Twin) -> None:
    type_at(hub, *SIP)
    until(lambda: room(hub)["registered"] is True, timeout=40)
    told = room(hub)
    assert (told["factory_new"], told["extension"], told["system_name"]) == (False, "8001", "Huyện ủy")
    assert hub.nodes()["call-server"]["registrations"] == {"8001": "10.88.1.20"}
    shown = hub.must("status")
    assert re.search(r"^hub-room .* registered +10\.88\.1\.20$", shown, re.MULTILINE)
    assert re.search(r"^call-server .* 1 registered ", shown, re.MULTILINE)
    hub.must("power", "hub-room", "off")
    off = room(hub)
    assert (off["power"], off["registered"], off["extension"]) == ("off", None, None)
    hub.must("power", "hub-room", "on")
    until(lambda: room(hub)["registered"] is True, timeout=60)
    assert room(hub)["system_name"] == "Huyện ủy"
    log = hub.state.node("hub-room") / "log"
    assert "pa55" not in log.read_text() and "pa55" not in (hub.state.node("call-server") / "log").read_text()


def test_a_reboot_takes_the_machine_down_and_up(hub: Twin) -> None:
    hub.on("hub-room", "touch /run/before")
    type_at(hub, "reboot now")
    # Asked without a command of its own each time: the machine is dark for seconds only.
    until(lambda: any(node["name"] == "hub-room" and not node["ready"] for node in lifecycle.nodes(hub.state)))
    until(lambda: room(hub)["ready"] is True and room(hub)["addresses"] == ["10.88.1.20"], timeout=60)
    assert hub.on("hub-room", "ls /run | grep -c before || true") == "0\n"
    assert room(hub)["factory_new"] is False


@pytest.mark.slow
def test_the_call_server_without_power_has_no_registrations_and_keeps_its_accounts(hub: Twin) -> None:
    type_at(hub, *SIP)
    hub.must("power", "call-server", "off")
    off = hub.nodes()["call-server"]
    assert (off["power"], off["registrations"]) == ("off", None)
    hub.must("power", "call-server", "on")
    until(lambda: hub.nodes()["call-server"]["registrations"] == {"8001": "10.88.1.20"}, timeout=90)
    assert "AoR: 8001" in hub.must("exec", "call-server", "--", "kamcmd", "ul.dump")


def test_a_bad_stick_changes_no_account(hub: Twin, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("8001,pa55-word\n8001,pa55-word\n")
    done = hub.run("usb", "call-server", str(file))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "bad.csv, line 2: 8001 has an account already in a line above\n"
    kept = hub.state.node("call-server") / "disk" / "accounts.csv"
    assert "8018" in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600


def test_the_inventory_names_serial_and_model(tmp_path: Path) -> None:
    listed = {
        "hub-router": {
            "district": {"supernet": "10.88.0.0/16", "hubs": ["hub"], "control": "hub"},
            "site": {"number": 1},
            "platform": "vyos",
            "release": "1.4",
            "wan": {"circuits": [{"name": "fibre", "up_kbps": 1, "down_kbps": 1}]},
        },
        "hub-room": {"mac": MAC, "serial_number": "82131234567890", "model": "RealPresence Group 310"},
    }
    [site] = district.from_hostvars(json.loads(json.dumps(listed))).sites
    assert (site.room_serial, site.room_model) == ("82131234567890", "RealPresence Group 310")
    del listed["hub-room"]["serial_number"], listed["hub-room"]["model"]
    [site] = district.from_hostvars(listed).sites
    assert (site.room_serial, site.room_model) == ("", "RealPresence Group 500")


def test_no_port_of_a_room_is_open_on_the_computer(twin: Twin) -> None:
    shown = subprocess.run(["ss", "-Hlntu"], capture_output=True, text=True, check=True).stdout
    assert not re.search(r":(5060|4444)\s", shown)
