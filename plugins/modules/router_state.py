#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: router_state
short_description: Ask a router whether its tunnels are up and its room has its address
description:
  - Reads the age of each tunnel's last handshake, the BGP sessions and the room's DHCP lease over one session,
    again and again until the site is ready or O(wait) is over. Fails when the site is not ready.
options:
  wait:
    description: Seconds to wait for the site to become ready, and for all tunnels of a hub.
    type: int
    default: 60
  patience:
    description: Seconds without an answer after which the router counts as silent; without it, those of a slow line.
    type: int
  problems:
    description: What went wrong with this site earlier in the run; the router is not asked then.
    type: list
    elements: dict
    default: []
attributes:
  check_mode:
    support: full
    description: Changes nothing in any mode.
author: diemcau
"""

EXAMPLES = """
- name: See whether the site is ready
  router_state:
    wait: 60
"""

RETURN = """
site_state:
  description: What was found, as the table at the end of a run shows it.
  returned: always
  type: dict
"""
