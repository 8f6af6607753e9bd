#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: district_intended
short_description: Render every device's configuration to files that can be read and compared
description:
  - Writes C(<directory>/<host>.<extension>) for each router and each room's endpoint, with placeholders in the place
    of secrets, and removes files of devices that the inventory no longer has.
options:
  directory:
    description: Where the files go.
    type: path
    default: intended
  gate:
    description: Write nothing, and fail when a file is not what would be written. For CI.
    type: bool
    default: false
attributes:
  check_mode:
    support: full
    description: Compares and writes nothing.
  diff_mode:
    support: full
    description: Shows what changes in each file.
author: diemcau
"""

EXAMPLES = """
- name: Render the intended configurations
  district_intended:
  run_once: true
"""

RETURN = """
files:
  description: The files that changed.
  returned: success
  type: list
  elements: str
"""
