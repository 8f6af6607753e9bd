#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: room_directory
short_description: Write the directory of all rooms as a page to print
description:
  - Writes an HTML page (in Vietnamese, A4) with the extension, the name and the address of each room, and shows the
    same as a table.
options:
  path:
    description: The file.
    type: path
    default: build/directory/danh-ba.html
attributes:
  check_mode:
    support: full
    description: Compares and writes nothing.
author: diemcau
"""

EXAMPLES = """
- name: Write the directory
  room_directory:
  run_once: true
"""

RETURN = """
path:
  description: The file.
  returned: success
  type: str
"""
