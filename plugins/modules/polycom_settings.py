#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: polycom_settings
short_description: Bring a room's endpoint to what the inventory asks for
description:
  - Reads the settings of a RealPresence Group over its command line, and over REST what the command line lacks,
    compares them as data with what the inventory asks for, sends what differs, and reads it back.
  - A factory-new endpoint is met with its serial number as the password. Its SSH host key and its certificate are
    pinned then in C(secrets/<host>.yml), and both of its passwords are set. A pinned key or certificate is never
    overwritten; an endpoint that shows another one is sent nothing.
  - A room in a call is left alone. A refused setting puts back what was written before it. The endpoint is rebooted
    once when it asks for it and there is no call.
options:
  reboot_timeout:
    description: Seconds after a reboot within which the endpoint must answer again.
    type: int
    default: 300
  plan_directory:
    description: Also write the statements (secrets masked) to C(<host>.txt) in this directory.
    type: path
attributes:
  check_mode:
    support: full
    description: Logs in, reads and compares; sends no setting, pins nothing, sets no password.
  diff_mode:
    support: full
    description: Shows the statements in the endpoint's own language, secrets as C(***).
author: diemcau
"""

EXAMPLES = """
- name: Everything that differs
  polycom_settings:
    reboot_timeout: 600
"""

RETURN = """
changes:
  description: "What differs, as C(name: before -> after), secrets masked."
  returned: success
  type: list
  elements: str
statements:
  description: What was sent, or would be sent; secrets masked.
  returned: success
  type: list
  elements: str
lines:
  description:
    - The same with what follows from each statement. C(section), C(shown), and whether it bears on how the device
      itself is reached (C(way)), may end a call (C(call)), takes effect with the next start (C(restart)).
  returned: success
  type: list
  elements: dict
reboot:
  description: Whether the endpoint was rebooted, or in check mode would be.
  returned: success
  type: bool
rebooted:
  description: Whether the endpoint was rebooted.
  returned: success
  type: bool
skipped_in_call:
  description: The room is in a call and was left alone.
  returned: when it is
  type: bool
line:
  description: The outcome in one line.
  returned: success
  type: str
"""
