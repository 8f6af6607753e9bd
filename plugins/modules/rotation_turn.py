#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: rotation_turn
short_description: Decide the next step of one hub's turn in a rotation of keys
description:
  - Decides from what is given, once for all hosts. The tasks after it do what was decided, each at its own host.
  - Hosts are the routers of communes, unless said otherwise.
options:
  step:
    description:
      - V(leave), who leaves the hub for the other one.
      - V(renew), which secrets are made anew when they have left.
      - V(settle), which of them are in use, and who is left out of what follows.
    type: str
    choices: [leave, renew, settle]
    required: true
  turn:
    description: One of RV(rotation_begin#module:turns).
    type: dict
    required: true
  carried:
    description:
      - RV(hub_state#module:carried).
      - Of the other hub for V(leave), of the hub whose turn it is for V(settle).
    type: list
    elements: str
    default: []
  reason:
    description: RV(hub_state#module:reason), of the same hub.
    type: str
    default: ''
  left_out:
    description: For V(leave), whom the turn before left out.
    type: list
    elements: str
    default: []
  left:
    description: For V(renew) and V(settle), the hosts that have left the hub.
    type: list
    elements: str
    default: []
  back:
    description: For V(settle), those of them that took their new configuration.
    type: list
    elements: str
    default: []
  hub_failed:
    description: For V(settle), whether the hub has not confirmed its new keys and may take them back.
    type: bool
    default: false
attributes:
  check_mode:
    support: full
    description: Changes nothing anyway.
author: diemcau
"""

EXAMPLES = """
- name: Decide who leaves the hub
  rotation_turn:
    step: leave
    turn:
      hub: huyen-uy-router
      site: huyen-uy
      other: ubnd-router
      key: wireguard_private_key_wg0
      communes: [dang-router, ga-ry-router]
      concerned: [ga-ry-router]
      whole: false
    carried: [ga-ry-router]
  run_once: true
  register: leaving
"""

RETURN = """
leave:
  description: The hosts that leave the hub.
  returned: by the step V(leave)
  type: list
  elements: str
make:
  description: Secrets to make anew, as C(hosts) and C(names), the options of M(rotation_secrets).
  returned: by the step V(renew)
  type: list
  elements: dict
strike:
  description: Secrets that are in use, likewise.
  returned: by the step V(settle)
  type: list
  elements: dict
problems:
  description: For each host that stays behind, a hub's too, why and what to do.
  returned: by the steps V(leave) and V(settle)
  type: dict
left_out:
  description: The hosts that have no part in the other hub's turn.
  returned: by the step V(settle)
  type: list
  elements: str
"""
