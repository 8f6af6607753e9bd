#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: site_failed
short_description: fail for a site with problems that earlier tasks noticed
description:
  - A site that fails stops no other, so what went wrong with it is kept and told at the end of a run.
options:
  problems:
    description: What went wrong, as the filter C(problems) gives it.
    type: list
    elements: dict
    required: true
attributes:
  check_mode:
    support: full
    description: Changes nothing anyway.
author: diemcau
"""

EXAMPLES = """
- name: Name the site
  site_failed:
    problems:
      - host: ga-ry-router
        found: did not come back with its new key
        remedy: look at its lights
"""

RETURN = """
problems:
  description: The same.
  returned: always
  type: list
  elements: dict
"""
