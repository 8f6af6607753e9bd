#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: meeting_record
short_description: Keep how each site took part in a rehearsed meeting
description:
  - Judges what M(polycom_call) found out at each room (its result registered as C(meeting)), appends a line to
    C(meetings.jsonl) in a directory, and shows a table at the end of the run.
  - Fails when a site's call did not connect, ended early, lost more than 1 % of its packets or had more than 30 ms of
    jitter.
options:
  hosts:
    description: The rooms that were to call in.
    type: list
    elements: str
    required: true
  seconds:
    description: How long the meeting was to last.
    type: int
    required: true
  event:
    description: What was done meanwhile, in words. Nothing by default.
    type: str
    default: ''
  directory:
    description: Where the record is, relative to the project.
    type: path
    default: build/readiness
attributes:
  check_mode:
    support: full
    description: Keeps nothing.
author: diemcau
"""

EXAMPLES = """
- name: Keep how it went
  meeting_record:
    hosts: "{{ groups['rooms'] }}"
    seconds: 60
    event: twin cut ga-ry/fibre
"""

RETURN = """
meeting:
  description: The line that was kept.
  returned: when calls were placed
  type: dict
path:
  description: The file that it is in.
  returned: when calls were placed
  type: str
line:
  description: The outcome in one line.
  returned: success
  type: str
"""
