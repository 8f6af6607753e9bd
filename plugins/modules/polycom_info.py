#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: polycom_info
short_description: Ask a room's endpoint whether it is registered and free
description:
  - Reads model, serial number, software, name and uptime, whether the endpoint is registered at its SIP server and
    whether it is in a call, again and again until it is registered or O(wait) is over. Fails when it is not.
  - Only an endpoint that was met before is asked, with its own password.
options:
  wait:
    description: Seconds to wait for the endpoint to register.
    type: int
    default: 60
  problems:
    description: What went wrong with this room earlier in the run; the endpoint is not asked then.
    type: list
    elements: dict
    default: []
  in_call:
    description: The first of them was that the room is in a call.
    type: bool
    default: false
  patience:
    description: Seconds without an answer after which the endpoint counts as silent; without it, those of a slow line.
    type: int
  equipment:
    description: Ask for microphones and cameras, and whether the endpoint reaches its SIP server, too.
    type: bool
    default: false
attributes:
  check_mode:
    support: full
    description: Changes nothing in any mode.
author: diemcau
"""

EXAMPLES = """
- name: See whether the room can be called
  polycom_info:
    wait: 60
"""

RETURN = """
room_state:
  description: What was found. C(reason) is in Vietnamese, and empty when all is well.
  returned: always
  type: dict
  contains:
    site: {description: The site., type: str, returned: always}
    host: {description: The room's host., type: str, returned: always}
    name: {description: The site's name for people., type: str, returned: always}
    number: {description: The site's number., type: int, returned: always}
    extension: {description: What others dial., type: str, returned: always}
    registered: {description: Whether the SIP server has accepted the endpoint., type: bool, returned: always}
    in_call: {description: Whether the room is in a call., type: bool, returned: always}
    model: {description: What the endpoint calls itself., type: str, returned: always}
    serial: {description: Its serial number., type: str, returned: always}
    software: {description: Its software version., type: str, returned: always}
    system_name: {description: The name on its screen., type: str, returned: always}
    uptime: {description: How long it has run, in its own words., type: str, returned: always}
    reason: {description: Why nobody can call it., type: str, returned: always}
    answered: {description: Whether the endpoint could be asked., type: bool, returned: always}
    sip_wanted: {description: Whether the inventory asks for a registration., type: bool, returned: always}
    server_answers: {description: "Whether it reaches its SIP server; with O(equipment).", type: bool, returned: always}
    muted: {description: "Whether the microphones are muted; with O(equipment).", type: bool, returned: always}
    microphones: {description: "How many are connected; with O(equipment).", type: int, returned: always}
    cameras: {description: "How many are connected; with O(equipment).", type: int, returned: always}
"""
