#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: district_secrets
short_description: Create the secrets that are missing
description:
  - Creates tunnel keys, SSH keys and passwords that no file in C(secrets/) holds yet, encrypted with the vault
    password. A secret that exists is never changed.
attributes:
  check_mode:
    support: full
    description: Names what is missing and creates nothing.
author: diemcau
"""

EXAMPLES = """
- name: Create what is missing
  district_secrets:
  run_once: true
"""

RETURN = """
created:
  description: Names of the secrets that were created, never their values.
  returned: success
  type: list
  elements: str
"""
