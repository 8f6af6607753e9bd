#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: rotation_begin
short_description: Note which keys and passwords of the chosen hosts are to be changed
description:
  - Looks at the hosts of the play, which C(-l) chose. What is to be changed is noted in C(secrets/district.yml), so
    that an interrupted rotation goes on where it was and does not begin anew.
  - Refuses to begin with one hub only, and with a hub's router but not the whole district.
attributes:
  check_mode:
    support: full
    description: Notes nothing.
author: diemcau
"""

EXAMPLES = """
- name: See what is to be changed
  rotation_begin:
  run_once: true
  register: rotation
"""

RETURN = """
due:
  description: For each host the names of the secrets that are to be changed.
  returned: success
  type: dict
turns:
  description:
    - What each hub's turn is about, the preferred hub first, for M(rotation_turn). C(hub) and C(other) are the hubs'
      routers, C(site) is where the first of them stands, C(key) the name of the communes' secret, C(communes) the
      routers of all communes, C(concerned) those that have to leave the hub, and C(whole) tells whether the hub's own
      key is due too.
  returned: success
  type: list
  elements: dict
"""
