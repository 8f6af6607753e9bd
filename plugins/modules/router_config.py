#!/usr/bin/python
"""Documentation of the action plugin of the same name; the work is done in the Ansible worker."""

DOCUMENTATION = """
module: router_config
short_description: Bring a router to what the inventory asks for, in one commit that takes itself back
description:
  - Reads the running configuration, compares it as data with what the inventory asks for, backs it up, and sends
    only what differs, in one commit over one SSH session.
  - The router takes the change back by itself unless it is confirmed within O(confirm_minutes) over a new session
    that arrives through the tunnel.
  - A change that an earlier run left unconfirmed is confirmed when it is what is asked for now; else it is waited for
    until the router has taken it back.
  - What is in a managed section of the router and not in the inventory is drift, and goes. What is outside of the
    sections is left alone and reported.
options:
  router:
    description:
      - Name of another router of the inventory to work on, also one that C(-l) leaves out.
      - Without it, the router that the task runs for.
    type: str
  sections:
    description: Sections to compare and change, of those that the roles note with M(router_section).
    type: list
    elements: str
    default: [system, wan, lan, vpn, routing, firewall, qos]
    choices: [system, wan, lan, vpn, routing, firewall, qos]
  drained:
    description:
      - Sites to which this router's traffic is not to go for the moment; their BGP sessions are kept down.
      - The next run without it brings them up again.
    type: list
    elements: str
    default: []
  held:
    description:
      - Sites to which this router's tunnels stay as they are, because their other ends could not be changed yet.
      - A commune that is told too early where a hub will be finds it at its old place, and loses it when it moves.
    type: list
    elements: str
    default: []
  second_path:
    description:
      - The other hub's router, when this one is a hub. A change that moves communes' tunnels (keys, ports, addresses)
        is refused unless the other hub carries these communes meanwhile; without this option it is not asked.
    type: str
  second_path_wait:
    description:
      - For how many seconds the other hub is given time to carry them.
      - With V(0) a change that has to wait is no failure, but reported as RV(must_wait).
    type: int
    default: 0
  leave_behind:
    description: Sites that O(second_path) need not carry, because they are known to be off; they may need a new bundle.
    type: list
    elements: str
    default: []
  confirm_minutes:
    description: After how many minutes the router takes an unconfirmed change back.
    type: int
    default: 5
  backup_directory:
    description: Where the running configuration goes before each commit, encrypted with the vault password.
    type: path
    default: backups
  backup_keep:
    description: How many backups of a router stay; the oldest go when a new one was written.
    type: int
    default: 30
  from_backup:
    description:
      - Put back what this backup holds, C(backups/<host>/<time>.<extension>), instead of what the inventory asks for.
      - The section C(system) is left as it is. A backup with tunnel keys of another time is refused.
    type: path
  plan_directory:
    description: Also write the statements (secrets masked) to C(<host>.txt) in this directory.
    type: path
attributes:
  check_mode:
    support: full
    description: Reads and compares; sends nothing and writes no backup.
  diff_mode:
    support: full
    description: Shows the statements in the router's own language, secrets as C(***).
author: diemcau
"""

EXAMPLES = """
- name: One commit with everything that differs
  router_config:
    sections: "{{ router_sections }}"
"""

RETURN = """
at:
  description: When the router was as asked, in ISO 8601.
  returned: success
  type: str
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
unmanaged:
  description: Paths of the running configuration that no section owns.
  returned: success
  type: list
  elements: str
must_wait:
  description: Whether nothing was sent because the other hub does not carry the communes concerned.
  returned: success
  type: bool
router:
  description: The router that was worked on.
  returned: success
  type: str
line:
  description: The outcome in one line.
  returned: success
  type: str
"""
