#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: hub_progress
short_description: Decide which hubs the communes follow
description:
  - A commune that is told too early where a hub will be finds it at its old place, and loses it when it moves.
  - A hub that had two turns may be named twice. One that is not named had no turn, and is followed to where it is.
options:
  waiting:
    description: Routers of hubs that had to wait until the communes had followed the other one (M(router_config)).
    type: list
    elements: str
    required: true
  failed:
    description: Routers of hubs of which nobody knows where they are.
    type: list
    elements: str
    required: true
  moved:
    description: Routers of hubs that are as the inventory asks.
    type: list
    elements: str
    required: true
attributes:
  check_mode:
    support: full
    description: Changes nothing anyway.
author: diemcau
"""

EXAMPLES = """
- name: Decide which hubs the communes follow
  hub_progress:
    waiting: [ubnd-router]
    failed: []
    moved: [huyen-uy-router]
  run_once: true
  register: hubs
"""

RETURN = """
held:
  description: Sites of hubs to which the communes' tunnels stay as they are, for O(router_config#module:held).
  returned: success
  type: list
  elements: str
follow:
  description: Whether a hub had to wait, so that the communes look once more after its second turn.
  returned: success
  type: bool
"""
