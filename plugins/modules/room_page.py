#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: room_page
short_description: Write the page that hangs in a room
description:
  - Writes C(<directory>/<site>/phieu-phong.html) and C(phieu-phong.pdf) (in Vietnamese, one page A4) for the people who
    use the room, what is plugged where, how to join a meeting, the district's extensions, what lights mean, three
    things to try and whom to call.
  - Runs for the site's room and asks no device. The page holds no secret.
options:
  directory:
    description: Where the pages go.
    type: path
    default: build/room-sheets
attributes:
  check_mode:
    support: full
    description: Compares and writes nothing.
author: diemcau
"""

EXAMPLES = """
- name: Write the room's sheet
  room_page:
"""

RETURN = """
path:
  description: The PDF.
  returned: success
  type: str
"""
