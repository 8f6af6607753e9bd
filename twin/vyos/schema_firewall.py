"""Configuration paths below ``firewall`` and ``nat``."""

FIREWALL = """\
firewall
  global-options
    all-ping = {enable,disable}
    broadcast-ping = {enable,disable}
    ip-src-route = {enable,disable}
    ipv6-receive-redirects = {enable,disable}
    ipv6-src-route = {enable,disable}
    log-martians = {enable,disable}
    receive-redirects = {enable,disable}
    send-redirects = {enable,disable}
    source-validation = {strict,loose,disable}
    state-policy
      established
        &state-action
      invalid
        &state-action
      related
        &state-action
    syn-cookies = {enable,disable}
    twa-hazards-protection = {enable,disable}
  group
    address-group <name>
      address * ip4|range4
      description = text
      include * any
    interface-group <name>
      description = text
      include * any
      interface * interfaces
    network-group <name>
      description = text
      include * any
      network * net4
    ipv6-address-group <name>
      address * ip6
      description = text
      include * any
    ipv6-network-group <name>
      description = text
      include * any
      network * net6
    port-group <name>
      description = text
      include * any
      port * ports
  ipv4
    &chains
  ipv6
    &chains-6
"""

NAT = """\
nat
  source
    rule <1-999999>
      description = text
      destination
        &nat-side
      disable !
      exclude !
      log !
      outbound-interface
        group = group
        name = interfaces
      protocol = protocol
      source
        &nat-side
      translation
        address = ip4|net4|range4|{masquerade}
"""

FRAGMENTS = {
    "chains": """\
forward
  filter
    default-action = {drop,accept}
    default-log !
    description = text
    rule <1-999999>
      &rule
      inbound-interface
        group = group
        name = interfaces
      outbound-interface
        group = group
        name = interfaces
input
  filter
    default-action = {drop,accept}
    default-log !
    description = text
    rule <1-999999>
      &rule
      inbound-interface
        group = group
        name = interfaces
name <chain>
  default-action = {drop,jump,reject,return,accept,continue}
  default-jump-target = any
  default-log !
  description = text
  rule <1-999999>
    &rule
    inbound-interface
      group = group
      name = interfaces
    outbound-interface
      group = group
      name = interfaces
output
  filter
    default-action = {drop,accept}
    default-log !
    description = text
    rule <1-999999>
      &rule
      outbound-interface
        group = group
        name = interfaces
""",
    "chains-6": """\
forward
  filter
    default-action = {drop,accept}
    default-log !
    description = text
    rule <1-999999>
      &rule-6
      inbound-interface
        group = group
        name = interfaces
      outbound-interface
        group = group
        name = interfaces
input
  filter
    default-action = {drop,accept}
    default-log !
    description = text
    rule <1-999999>
      &rule-6
      inbound-interface
        group = group
        name = interfaces
name <chain>
  default-action = {drop,jump,reject,return,accept,continue}
  default-jump-target = any
  default-log !
  description = text
  rule <1-999999>
    &rule-6
    inbound-interface
      group = group
      name = interfaces
    outbound-interface
      group = group
      name = interfaces
output
  filter
    default-action = {drop,accept}
    default-log !
    description = text
    rule <1-999999>
      &rule-6
      outbound-interface
        group = group
        name = interfaces
""",
    "state-action": """\
action = {accept,drop,reject}
log !
log-level = {emerg,alert,crit,err,warn,notice,info,debug}
""",
    "rule": """\
action = {accept,continue,jump,reject,return,drop}
description = text
destination
  &rule-side
disable !
icmp
  code = 0-255
  type = 0-255
  type-name = {echo-reply,destination-unreachable,source-quench,redirect,echo-request,time-exceeded,parameter-problem}
jump-target = any
limit
  burst = 0-4294967295
  rate = rate
log !
log-options
  level = {emerg,alert,crit,err,warn,notice,info,debug}
protocol = protocol
source
  &rule-side
state * {established,invalid,new,related}
""",
    "rule-6": """\
action = {accept,continue,jump,reject,return,drop}
description = text
destination
  &rule-side-6
disable !
icmpv6
  code = 0-255
  type = 0-255
  type-name = {destination-unreachable,packet-too-big,time-exceeded,echo-request,echo-reply,parameter-problem,\
nd-router-solicit,nd-router-advert,nd-neighbor-solicit,nd-neighbor-advert}
jump-target = any
limit
  burst = 0-4294967295
  rate = rate
log !
log-options
  level = {emerg,alert,crit,err,warn,notice,info,debug}
protocol = protocol
source
  &rule-side-6
state * {established,invalid,new,related}
""",
    "rule-side": """\
address = !ip4|!net4|!range4
group
  address-group = group
  network-group = group
  port-group = group
mac-address = !mac
port = ports
""",
    "rule-side-6": """\
address = !ip6|!net6
group
  address-group = group
  network-group = group
  port-group = group
mac-address = !mac
port = ports
""",
    "nat-side": """\
address = !ip4|!net4|!range4
group
  address-group = group
  network-group = group
  port-group = group
port = ports
""",
}
