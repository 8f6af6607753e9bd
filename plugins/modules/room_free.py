#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: room_free
short_description: See that a room is in no call
description:
  - Asks the room's endpoint, and fails when it is in a call.
options: {}
attributes:
  check_mode:
    support: full
    description: Changes nothing in any case.
author: diemcau
"""

EXAMPLES = """
- name: See that nobody is disturbed
  room_free:
"""

RETURN = """
quiet:
  description: That there is nothing to tell.
  returned: success
  type: bool
"""
