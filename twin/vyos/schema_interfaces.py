"""Configuration paths below ``interfaces``."""

INTERFACES = """\
interfaces
  bridge <br>
    address * host4|host6|{dhcp}
    aging = 10-1000000|{0}
    description = text
    &dhcp-options
    disable !
    forwarding-delay = 0-200
    &ip
    mac = mac
    member
      interface <interface>
        cost = 1-65535
        isolated !
        priority = 0-63
    mtu = 68-16000
    priority = 0-65535
    stp !
  dummy <dum>
    address * host4|host6
    description = text
    disable !
    mtu = 68-16000
  ethernet <eth>
    address * host4|host6|{dhcp}
    description = text
    &dhcp-options
    disable !
    duplex = {auto,half,full}
    hw-id = mac
    &ip
    mac = mac
    mtu = 68-16000
    offload
      gro !
      gso !
      lro !
      rps !
      sg !
      tso !
    speed = {auto,10,100,1000,2500,5000,10000,25000,40000,50000,100000}
  loopback <lo>
    address * host4|host6
    description = text
  wireguard <wg>
    address * host4|host6
    description = text
    disable !
    &ip
    mtu = 68-16000
    peer <peername>
      address = ip4|ip6
      allowed-ips * net4|net6
      description = text
      disable !
      persistent-keepalive = 1-65535
      port = 1-65535
      preshared-key = base64
      public-key = base64
    per-client-thread !
    port = 1-65535
    private-key = base64
"""

FRAGMENTS = {
    "dhcp-options": """\
dhcp-options
  client-id = name
  default-route-distance = 1-255
  host-name = hostname
  no-default-route !
""",
    "ip": """\
ip
  adjust-mss = 536-65535|{clamp-mss-to-pmtu}
  arp-cache-timeout = 1-86400
  source-validation = {strict,loose,disable}
""",
}
