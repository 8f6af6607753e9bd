#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: hub_state
short_description: Ask a hub which communes' tunnels carry traffic
description:
  - A tunnel carries traffic when its last handshake is not long ago and its BGP session is up.
  - A hub that cannot be asked carries nobody; that is no failure of this task.
options:
  hub:
    description: The hub's router, also one that C(-l) leaves out.
    type: str
    required: true
  routers:
    description: The communes' routers to look for. With none of them the hub is not asked.
    type: list
    elements: str
    required: true
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
    routers: [dang-router, ga-ry-router]
  run_once: true
  register: others
"""

RETURN = """
carried:
  description: The routers whose tunnels carry traffic, also others than those that were looked for.
  returned: success
  type: list
  elements: str
reason:
  description: Why it carries no other, without the hub's name.
  returned: success
  type: str
"""
