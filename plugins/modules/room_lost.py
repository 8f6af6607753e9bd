#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: room_lost
short_description: Decide whether a room's endpoint is another one
description:
  - Waits for the endpoint and looks at what it shows to anybody, its SSH host key and its certificate. No password is
    sent.
  - One that shows what was pinned is kept. One that proves one of the two is the same, and the other is pinned anew.
  - One that shows two others is another endpoint. What was pinned is forgotten and its two administrator's
    passwords are made anew, in one step with a mark that says since when a replacement is under way. The password of
    its SIP account stays.
options:
  minutes:
    description: How long to wait for the endpoint.
    type: int
    default: 30
attributes:
  check_mode:
    support: full
    description: Looks once and changes nothing.
author: diemcau
"""

EXAMPLES = """
- name: See whether the endpoint is another one
  room_lost:
"""

RETURN = """
restoration:
  description: What happened to the device so far, rows of time, host and words.
  returned: when it was met before
  type: list
  elements: list
"""
