"""Types one command on a router's console over SSH, as a person at the control machine would: ``ROUTER COMMAND``.

Uses netmiko as it is, not the suite's drivers: what changes a device by hand must not be what is tested.
"""

from __future__ import annotations

import io
import sys

import paramiko
from ansible.cli.playbook import PlaybookCLI
from ansible.parsing.dataloader import DataLoader
from netmiko import ConnectHandler

PLATFORMS = {"routeros": "mikrotik_routeros", "vyos": "vyos"}


def main(address: str, platform: str, commands: list[str]) -> None:
    loader = DataLoader()
    PlaybookCLI.setup_vault_secrets(loader, vault_ids=[], vault_password_files=["tools/vault-password"])
    loader.set_vault_secrets(PlaybookCLI.setup_vault_secrets(loader, [], ["tools/vault-password"]))
    key = loader.load_from_file("secrets/district.yml")["admin_ssh_private_key"]
    session = ConnectHandler(
        device_type=PLATFORMS[platform], host=address, username="diemcau", use_keys=True, allow_agent=False,
        pkey=paramiko.Ed25519Key.from_private_key(io.StringIO(key)),
    )  # fmt: skip
    for command in commands:
        print(session.send_command_timing(command, read_timeout=30))
    session.paramiko_cleanup()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
