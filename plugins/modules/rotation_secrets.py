#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: rotation_secrets
short_description: Make secrets anew that a rotation is to change, or strike those that were seen in use
description:
  - Touches only what M(rotation_begin) noted as due. Files change as a whole or not at all.
  - A room's previous passwords are kept beside the new ones until they are struck.
options:
  hosts:
    description: Hosts of the inventory.
    type: list
    elements: str
    required: true
  names:
    description: Names of their secrets, such as C(wireguard_private_key_wg0) or C(admin_password).
    type: list
    elements: str
    required: true
  state:
    description: V(new) makes those that are due; V(in_use) strikes them, and drops what they were before.
    type: str
    choices: [new, in_use]
    required: true
attributes:
  check_mode:
    support: full
    description: Does nothing.
author: diemcau
"""

EXAMPLES = """
- name: New keys
  rotation_secrets:
    hosts: [ga-ry-router]
    names: [wireguard_private_key_wg0]
    state: new
  run_once: true
"""

RETURN = """
secrets:
  description: What was made or struck, as C(host colon name).
  returned: success
  type: list
  elements: str
"""
