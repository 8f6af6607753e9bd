#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: restore_note
short_description: Note when a step of a device's replacement was done
description:
  - Keeps the time of a step, the first time that it is noted, beside the device's secrets. Does nothing when no
    replacement is under way.
options:
  step:
    description: What was done. V(done) ends the replacement and forgets the secrets of the lost device.
    type: str
    required: true
    choices: [refused, stick, answered, done]
  hub:
    description: Of V(refused), the hub that refuses the lost router's keys.
    type: str
  at:
    description: When, in ISO 8601 with an offset; without it, now.
    type: str
attributes:
  check_mode:
    support: full
    description: Notes nothing.
author: diemcau
"""

EXAMPLES = """
- name: Note that the router answered
  restore_note:
    step: answered
"""

RETURN = """
restoration:
  description: What happened to the device so far, rows of time, host and words.
  returned: when a replacement is under way
  type: list
  elements: list
"""
