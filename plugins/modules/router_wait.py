#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: router_wait
short_description: Wait until a router answers with the host key of its bundle
description:
  - Tries every 10 seconds to open an SSH session with the pinned host key, and tells about every minute how much time
    is left and why the router does not answer. There is no trust on first use.
options:
  minutes:
    description: How long to wait; V(0) tries once.
    type: int
    default: 240
  required:
    description: Whether it is an error when the router does not answer in time.
    type: bool
    default: true
  directory:
    description: Where the bundle and the sheet are; the message names it.
    type: path
    default: build/bundles
  playbook:
    description: What goes on when the router answers later; the message names it.
    type: path
    default: playbooks/new_room.yml
attributes:
  check_mode:
    support: full
    description: Tries once.
author: diemcau
"""

EXAMPLES = """
- name: Wait for the technician
  router_wait:
    minutes: 240
"""

RETURN = """
answers:
  description: Whether the router answers.
  returned: always
  type: bool
"""
