#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: district_readiness
short_description: Measure the lines to all sites and judge whether the meeting can start
description:
  - Sends test traffic to the sites of this play from the control machine, judges by these and
    by what the routers and endpoints told, and writes C(latest.json), C(history.jsonl) and the page C(index.html).
options:
  directory:
    description: Where the report is kept, below the project.
    type: path
    required: true
  began:
    description: When the run began, in seconds since 1970.
    type: float
    required: true
  looks:
    description:
      - Host and the result of M(router_state) or M(polycom_info) there.
      - A host that is not in it was not asked, and its site is not known to be ready.
    type: dict
    required: true
  drifts:
    description: Host and the result of M(router_config) or M(polycom_settings) there, in check mode.
    type: dict
    required: true
attributes:
  check_mode:
    support: full
    description: In check mode nothing is sent and nothing written.
author: diemcau
"""

EXAMPLES = """
- name: Measure the lines, and judge
  district_readiness:
    directory: build/readiness
    began: 1795561051.0
    looks: {}
    drifts: {}
  run_once: true
"""

RETURN = """
readiness:
  description: One entry for each site, as in C(latest.json).
  returned: always
  type: list
  elements: dict
not_ready:
  description: A host of each site that is not ready, or not known to be, and its problems.
  returned: always
  type: dict
"""
