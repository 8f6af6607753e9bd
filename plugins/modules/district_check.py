#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: district_check
short_description: Check the whole inventory before any device is touched
description:
  - Checks types, ranges and names by the roles' argument specs, then the district as a whole, and renders every
    router's configuration. All mistakes are reported together, each with file, line, host, key, what was expected
    and what to do.
  - With C(-l) too, the whole district is checked.
options:
  need_secrets:
    description: Whether a missing secret is a mistake.
    type: bool
    default: true
attributes:
  check_mode:
    support: full
    description: Changes nothing in any mode.
author: diemcau
"""

EXAMPLES = """
- name: Check the inventory before any device is touched
  district_check:
  run_once: true
"""

RETURN = """
line:
  description: The outcome in one line.
  returned: success
  type: str
"""
