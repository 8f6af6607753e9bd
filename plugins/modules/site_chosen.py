#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: site_chosen
short_description: Refuse a run that is not about exactly one site
description:
  - Looks at the hosts of the play, which C(-l) chose, and fails with one message when they belong to more than one
    site. One of a site's two hosts is enough.
options:
  playbook:
    description: What is run; the message names it.
    type: path
    default: playbooks/new_room.yml
attributes:
  check_mode:
    support: full
    description: Changes nothing anyway.
author: diemcau
"""

EXAMPLES = """
- name: Exactly one site
  site_chosen:
  run_once: true
"""

RETURN = """
site:
  description: The site.
  returned: success
  type: str
"""
