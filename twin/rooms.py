"""A room: a host on the site's LAN that gets its address by DHCP."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import NoReturn

from twin.linux import commands, dhcp_client
from twin.meaning import DhcpClient

PORT = "eth0"

# A lease from a factory-new router lasts half an hour and is worth nothing once the router is set up. A person would
# switch the room off and on; here the room begins anew when its gateway is silent for about ten seconds. It asks by
# ARP, which no router's filter drops.
PATIENT = f"""
while :; do
    "$@" & client=$!
    missed=0
    while [ $missed -lt 3 ] && kill -0 $client 2>/dev/null; do
        sleep 3
        gateway=
        [ ! -f {dhcp_client.FOLDER}/{PORT} ] || read -r address gateway < {dhcp_client.FOLDER}/{PORT}
        if [ -z "$gateway" ] || busybox arping -q -c 1 -w 1 -I {PORT} "$gateway" >/dev/null 2>&1; then
            missed=0
        else
            missed=$((missed + 1))
        fi
    done
    kill $client 2>/dev/null
    wait $client
done
"""


def main(name: str) -> NoReturn:
    """Become the room's DHCP client."""
    client = DhcpClient(PORT, distance=0)
    dhcp_client.install()
    for argv in (["ip", "address", "flush", "dev", PORT, "scope", "global"], ["ip", "link", "set", PORT, "up"]):
        subprocess.run(argv, check=True)
    Path("/run/room").write_text(PATIENT)
    environment = {**commands.ENVIRONMENT, **dhcp_client.environment(client)}
    os.execvpe("sh", ["sh", "/run/room", *dhcp_client.argv(PORT, name)], environment)
