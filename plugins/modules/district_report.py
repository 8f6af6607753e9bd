#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: district_report
short_description: Write the report of what changes on which device
description:
  - Writes C(<path>.md) and C(<path>.html), in Vietnamese, for the district's staff. They tell by site which devices
    change, which sections, the statements with secrets masked, and what follows. The way to the device itself may be
    touched, a call may be lost, an endpoint may restart.
  - With O(base) the configurations that the inventory asks for are compared with C(intended/) of another branch, as
    data. No device is asked and no secret is needed.
  - Without it the report tells what M(router_config) and M(polycom_settings) found out in check mode earlier in the
    run, registered as C(router_outcome) and C(room_outcome), and which devices could not be compared
    (C(site_problems)).
options:
  base:
    description:
      - A branch or commit. What counts is the last commit that it has in common with the one checked out.
    type: str
  path:
    description: Where the report goes, without the ending.
    type: path
    required: true
attributes:
  check_mode:
    support: full
    description: Compares, shows the table, and writes nothing.
  diff_mode:
    support: none
author: diemcau
"""

EXAMPLES = """
- name: Tell what this branch changes
  district_report:
    base: origin/main
    path: build/report/changes
  run_once: true
"""

RETURN = """
differing:
  description: The hosts that differ.
  returned: success
  type: list
  elements: str
unread:
  description: The hosts that could not be compared.
  returned: success
  type: list
  elements: str
"""
