#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: room_sheet
short_description: Write the one-page sheet that a technician takes to a site
description:
  - Writes C(<directory>/<site>/phieu-lap-dat.html) (in Vietnamese, A4), what to plug where, how the router imports the
    bundle, what to see when it is done and whom to call; and shows the same in short.
  - Runs for the site's router. The sheet holds no secret.
options:
  directory:
    description: Where bundles go.
    type: path
    default: build/bundles
attributes:
  check_mode:
    support: full
    description: Compares and writes nothing.
author: diemcau
"""

EXAMPLES = """
- name: Write the technician's sheet
  room_sheet:
"""

RETURN = """
path:
  description: The file.
  returned: success
  type: str
"""
