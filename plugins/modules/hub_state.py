#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: hub_state
short_description: Ask a hub which sites' tunnels carry traffic
description:
  - A tunnel carries traffic when its last handshake is not long ago and its BGP session is up.
  - A hub that cannot be asked carries nobody; that is no failure of this task.
options:
  hub:
    description: The hub's router, also one that C(-l) leaves out.
    type: str
    required: true
  sites:
    description: Sites to wait for.
    type: list
    elements: str
    default: []
  wait:
    description: For how many seconds.
    type: int
    default: 60
attributes:
  check_mode:
    support: full
    description: Changes nothing anyway; does not wait.
author: diemcau
"""

EXAMPLES = """
- name: Whom the second hub carries
  hub_state:
    hub: ubnd-router
  run_once: true
  register: others
"""

RETURN = """
sites:
  description: The sites that it carries.
  returned: success
  type: list
  elements: str
reason:
  description: Why it carries no other.
  returned: success
  type: str
"""
