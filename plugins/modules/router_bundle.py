#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: router_bundle
short_description: Write the file that makes a factory-new router reachable
description:
  - Writes C(<directory>/<site>/<host>.<extension>), the smallest configuration with which a factory-new router brings
    up its line, its tunnels and safe management. A technician imports it from a USB stick.
  - The file holds secrets. It is readable by its owner only and is to be deleted after use.
options:
  directory:
    description: Where bundles go.
    type: path
    default: build/bundles
  state:
    description: V(absent) deletes the file that was written here, after its router answered. Files of other platforms
      for this router are deleted in any case.
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    support: full
    description: Writes and deletes nothing.
author: diemcau
"""

EXAMPLES = """
- name: Write the bundle of this router
  router_bundle:
"""

RETURN = """
path:
  description: The file.
  returned: success
  type: str
"""
