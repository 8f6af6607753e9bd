#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: hub_rekey
short_description: Give the tunnel between the hubs new keys, at both ends in the same moment
description:
  - Does nothing unless M(rotation_begin) noted these keys as due.
  - Both hubs are changed at once; each takes the change back by itself unless it is confirmed. The one that is reached
    through the tunnel is confirmed first. An interrupted run is gone on with by the same command.
options:
  confirm_minutes:
    description: After how many minutes a hub takes an unconfirmed change back.
    type: int
    default: 5
  backup_directory:
    description: Where the running configurations go before the commits, encrypted with the vault password.
    type: path
    default: backups
  backup_keep:
    description: How many backups of a router stay; the oldest go when a new one was written.
    type: int
    default: 30
attributes:
  check_mode:
    support: full
    description: Does nothing.
author: diemcau
"""

EXAMPLES = """
- name: New keys between the hubs
  hub_rekey:
  run_once: true
"""

RETURN = """
line:
  description: The outcome in one line.
  returned: changed
  type: str
"""
