#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: router_section
short_description: Add a role's section to the router's one commit
description:
  - Each role owns one section of a router's configuration. This only notes that the section is wanted;
    M(router_config) puts all noted sections on the device in one commit.
  - With C(--tags) only the sections of the roles that run are compared and changed.
options:
  name:
    description: The section, named as its role.
    type: str
    required: true
    choices: [system, wan, lan, vpn, routing, firewall, qos]
attributes:
  check_mode:
    support: full
    description: Changes nothing in any mode.
author: diemcau
"""

EXAMPLES = """
- name: Add the lan section to the router's one commit
  router_section:
    name: lan
"""

RETURN = """
ansible_facts:
  description: C(router_sections), the sections noted so far for this host.
  returned: always
  type: dict
"""
