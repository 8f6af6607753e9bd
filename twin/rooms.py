"""A room: a host on the site's LAN that gets its address by DHCP."""

from __future__ import annotations

import os
import subprocess
from typing import NoReturn

from twin.linux import commands, dhcp_client
from twin.meaning import DhcpClient

PORT = "eth0"


def main(name: str) -> NoReturn:
    """Become the room's DHCP client."""
    client = DhcpClient(PORT, distance=0)
    dhcp_client.install()
    for argv in (["ip", "address", "flush", "dev", PORT, "scope", "global"], ["ip", "link", "set", PORT, "up"]):
        subprocess.run(argv, check=True)
    environment = {**commands.ENVIRONMENT, **dhcp_client.environment(client)}
    os.execvpe("udhcpc", dhcp_client.argv(PORT, name), environment)
