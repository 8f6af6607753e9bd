"""Types commands on an endpoint's command line over SSH, as a person at the control machine would: ``HOST ADDRESS …``.

Uses paramiko as it is, not the suite's driver. ``@name`` in a command stands for that secret of the room.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import paramiko

from tests.e2e.opened import opened

PAUSE = 1.0  # seconds after a command: longer than the endpoint's lag


def main(host: str, address: str, password: str, commands: list[str]) -> None:
    secrets = opened(Path(), host)

    def meant(text: str) -> str:
        return re.sub(r"@(\w+)", lambda found: str(secrets[found[1]]), text)

    with paramiko.SSHClient() as client:
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        client.connect(address, username="admin", password=meant(password), look_for_keys=False, allow_agent=False)
        shell = client.invoke_shell()
        time.sleep(PAUSE)
        shell.recv(65536)
        for command in commands:
            shell.send(f"{meant(command)}\r".encode())
            time.sleep(PAUSE)
            said = shell.recv(65536).decode()
            for secret in map(str, secrets.values()):
                said = said.replace(secret, "***")  # it echoes; what is printed here is searched for secrets
            print(said)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
