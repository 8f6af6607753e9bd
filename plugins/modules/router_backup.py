#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: router_backup
short_description: Keep a router's running configuration, encrypted
description:
  - Reads the running configuration and writes it to C(<directory>/<host>/<time>.<extension>), encrypted with the
    vault password. Nothing is written when the newest backup holds the same configuration.
options:
  directory:
    description: Where backups go.
    type: path
    default: backups
  keep:
    description: How many backups of a router stay; the oldest go when a new one was written.
    type: int
    default: 30
attributes:
  check_mode:
    support: full
    description: Reads the router and writes nothing.
author: diemcau
"""

EXAMPLES = """
- name: Keep the running configuration
  router_backup:
"""

RETURN = """
path:
  description: The newest backup of this router.
  returned: success
  type: str
"""
