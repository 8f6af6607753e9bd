#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: polycom_call
short_description: Place a trial call from a room to another one
description:
  - Calls another room of the district through the endpoint's REST interface, waits until media comes from the far
    end, measures rates, loss and jitter as the endpoint tells them, and hangs up in any case.
  - Refuses when the room is in a call already.
options:
  to:
    description: The other room, by its host (C(ga-ry-room)) or its site (C(ga-ry)).
    type: str
    required: true
  seconds:
    description: For how long the call is measured.
    type: int
    default: 10
  rate_kbps:
    description: Rate of the call in kbit/s. Without it, the one that the inventory gives the room.
    type: int
  on_backup:
    description:
      - Whether sites that have a second circuit are on it. Then the call has the rate that fits these circuits, the
        lower one of both rooms'.
    type: bool
    default: false
attributes:
  check_mode:
    support: full
    description: Places no call.
author: diemcau
"""

EXAMPLES = """
- name: Call the district's office
  polycom_call:
    to: huyen-uy
    seconds: 10
"""

RETURN = """
call_report:
  description: What was measured. Rates are means, loss and jitter the worst that was seen.
  returned: when a call was placed
  type: dict
  contains:
    connected: {description: Whether media came from the far end., type: bool, returned: always}
    seconds: {description: For how long it was measured., type: float, returned: always}
    tx_kbps: {description: Sent, in kbit/s., type: float, returned: always}
    rx_kbps: {description: Received, in kbit/s., type: float, returned: always}
    percent_lost: {description: Packets lost in percent., type: float, returned: always}
    jitter_ms: {description: Jitter in milliseconds., type: float, returned: always}
    longest_gap_s:
      description: The longest time in seconds in which no look at the endpoint showed media coming in, as far as it is
        beyond 3 s; shorter ones show as loss.
      type: float
      returned: always
rate_kbps:
  description: The rate that was dialled, in kbit/s.
  returned: when a call was placed
  type: int
in_call:
  description: That the room was in a call already and was left alone.
  returned: when it was
  type: bool
line:
  description: The outcome in one line, in Vietnamese.
  returned: success
  type: str
"""
