"""Configuration paths below ``service``. The DHCP server is what differs most between 1.4 and 1.5."""

SERVICE = """\
service
  dhcp-server
    disable !
    hostfile-update !
    listen-address * ip4
    shared-network-name <name>
      authoritative !
      description = text
      disable !
      domain-name = fqdn @1.4
      domain-search * fqdn @1.4
      name-server * ip4 @1.4
      ntp-server * ip4 @1.4
      option @1.5
        &dhcp-option
      subnet <net4>
        &dhcp-option-1.4
        description = text
        disable ! @1.5
        exclude * ip4
        ignore-client-id ! @1.5
        lease = 0-4294967295
        option @1.5
          &dhcp-option
        range <name>
          start = ip4
          stop = ip4
        static-mapping <fqdn>
          description = text @1.5
          disable !
          ip-address = ip4
          mac-address = mac @1.4
          mac = mac @1.5
        subnet-id = 1-4294967295 @1.5
  lldp
    interface <interface>
      disable ! @1.4
      mode = {disable,rx-tx,tx,rx} @1.5
    legacy-protocols
      cdp !
    management-address * ip4|ip6
    snmp !
  ntp
    allow-client
      address * ip4|net4|ip6|net6
    interface = interface
    leap-second = {ignore,smear,system,timezone}
    listen-address * ip4|ip6
    server <ip4|ip6|fqdn>
      noselect !
      nts !
      pool !
      prefer !
  snmp
    community <community>
      authorization = {ro,rw}
      client * ip4|ip6
      network * net4|net6
    contact = text
    description = text
    listen-address <ip4|ip6>
      port = 1-65535
    location = text
  ssh
    access-control
      allow
        user * user
      deny
        user * user
    client-keepalive-interval = 1-65535
    disable-host-validation !
    disable-password-authentication !
    dynamic-protection
      allow-from * ip4|net4|ip6|net6
      block-time = 1-65535
      detect-time = 1-65535
      threshold = 1-65535
    listen-address * ip4|ip6
    loglevel = {quiet,fatal,error,info,verbose}
    port * 1-65535
"""

FRAGMENTS = {
    "dhcp-option": """\
bootfile-name = text
default-router = ip4
domain-name = fqdn
domain-search * fqdn
name-server * ip4
ntp-server * ip4
server-identifier = ip4
static-route <net4>
  next-hop = ip4
tftp-server-name = ip4|fqdn
time-server * ip4
""",
    "dhcp-option-1.4": """\
bootfile-name = text @1.4
default-router = ip4 @1.4
domain-name = fqdn @1.4
domain-search * fqdn @1.4
name-server * ip4 @1.4
ntp-server * ip4 @1.4
server-identifier = ip4 @1.4
static-route <net4> @1.4
  next-hop = ip4
tftp-server-name = ip4|fqdn @1.4
time-server * ip4 @1.4
""",
}
