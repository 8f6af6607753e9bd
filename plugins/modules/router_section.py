#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: router_section
short_description: See whether a role's section differs, and add it to the router's one commit
description:
  - Each role owns one section of a router's configuration. This reads the router and reports RV(ignore:changed) when
    the section differs; the handler that the role notifies then calls M(router_config), once for all roles of the play.
  - It changes nothing on the router, and reads it anew for each role. A play that commits by itself turns that off with
    O(compare=false), and gives M(router_config) the sections that were noted.
  - With C(--tags) only the sections of the roles that run are compared and changed.
options:
  name:
    description: The section, named as its role.
    type: str
    required: true
    choices: [system, wan, lan, vpn, routing, firewall, qos]
  compare:
    description:
      - Whether to ask the router. Roles take it from the variable C(router_compare).
      - With V(false) the section is only noted, in C(router_sections), and nothing is notified.
    type: bool
    default: true
attributes:
  check_mode:
    support: full
    description: Sends nothing in any mode; what would be sent is told by the handler.
author: diemcau
"""

EXAMPLES = """
- name: See whether the lan section differs
  router_section:
    name: lan
  notify: One commit for all roles of the play
"""

RETURN = """
ansible_facts:
  description:
    - C(router_differs), the sections of this run that were found to differ on this host; with O(compare=false)
      C(router_sections), those that were noted.
  returned: always
  type: dict
"""
