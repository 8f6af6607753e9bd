#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: sip_accounts
short_description: Write the list of SIP accounts that the call server needs
description:
  - Writes a CSV file with the user and the password of each room that registers, mode 0600, for whoever runs the
    call server. The passwords come from C(secrets/).
options:
  path:
    description: The file.
    type: path
    default: build/accounts/sip-accounts.csv
attributes:
  check_mode:
    support: full
    description: Compares and writes nothing.
author: diemcau
"""

EXAMPLES = """
- name: Write the accounts
  sip_accounts:
  run_once: true
"""

RETURN = """
path:
  description: The file.
  returned: success
  type: str
"""
