#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: router_lost
short_description: Decide whether a site's router is lost, and make the keys of its successor
description:
  - A router that answers with its pinned host key is kept. One that does not answer in time counts as lost. Its keys
    (of both tunnels and of SSH) and its password are made anew, in one step with a mark that says since when a
    replacement is under way; as long as that mark is there, nothing is made again. A hub keeps its tunnels' keys.
  - What is about to happen is told first, with a count-down.
  - A router that shows its pinned key and opens no session, such as one of another platform than the inventory names,
    is not lost. That is an error, and nothing is changed.
options:
  minutes:
    description: How long the router is given to answer.
    type: int
    default: 1
  undo:
    description: Puts the secrets of the lost router back. An error after its successor has answered.
    type: bool
    default: false
attributes:
  check_mode:
    support: full
    description: Tries once and makes nothing.
author: diemcau
"""

EXAMPLES = """
- name: See whether the router is lost
  router_lost:
"""

RETURN = """
answers:
  description: Whether the router answers with the host key that is valid now.
  returned: without undo
  type: bool
restoration:
  description: What happened to the device so far, rows of time, host and words.
  returned: without undo
  type: list
  elements: list
"""
