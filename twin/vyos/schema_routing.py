"""Configuration paths below ``policy`` and ``protocols``."""

POLICY = """\
policy
  prefix-list <listname>
    description = text
    rule <1-65535>
      action = {permit,deny}
      description = text
      ge = 0-32
      le = 0-32
      prefix = net4
  as-path-list <listname>
    description = text
    rule <1-65535>
      action = {permit,deny}
      description = text
      regex = any
  route-map <name>
    description = text
    rule <1-65535>
      action = {permit,deny}
      call = name
      continue = 1-65535
      description = text
      match
        as-path = any
        interface = interface
        ip
          address
            prefix-len = 0-32
            prefix-list = any
          nexthop
            address = ip4
            prefix-list = any
        local-preference = 0-4294967295
        metric = 1-65535
        origin = {egp,igp,incomplete}
        peer = ip4|ip6
        protocol = {babel,bgp,connected,isis,kernel,ospf,ospfv3,rip,ripng,static,table,vnc}
        tag = 1-65535
      on-match
        goto = 1-65535
        next !
      set
        as-path
          exclude = aslist|{all}
          prepend = aslist
          prepend-last-as = 1-10
        community
          add * communities
          none !
          replace * communities
        ip-next-hop = ip4|{unchanged,peer-address}
        local-preference = 0-4294967295
        metric = 0-4294967295
        origin = {igp,egp,incomplete}
        src = ip4|ip6
        tag = 1-65535
        weight = 0-4294967295
  route <routepolicy>
    description = text
    interface * interface
    rule <1-999999>
      action = {accept,reject,return,drop}
      description = text
      destination
        &policy-side
      disable !
      dscp * dscps
      dscp-exclude * dscps
      icmp
        code = 0-255
        type = 0-255
      log !
      protocol = protocol
      set
        dscp = 0-63
      source
        &policy-side
        mac-address = !mac
      state * {established,invalid,new,related}
"""

PROTOCOLS = """\
protocols
  bgp
    address-family
      ipv4-unicast
        aggregate-address <net4>
          as-set !
          route-map = name
          summary-only !
        maximum-paths
          ebgp = 1-256
          ibgp = 1-256
        network <net4>
          backdoor !
          route-map = name
        redistribute
          connected
            metric = 1-4294967295
            route-map = name
          kernel
            metric = 1-4294967295
            route-map = name
          static
            metric = 1-4294967295
            route-map = name
    neighbor <ip4>
      &neighbor
      advertisement-interval = 0-600
      peer-group = any
      timers
        connect = 0-65535
        holdtime = 0-65535
        keepalive = 1-65535
    parameters
      always-compare-med !
      bestpath
        as-path
          ignore !
          multipath-relax !
        compare-routerid !
      default
        local-pref = 0-4294967295
      deterministic-med !
      distance
        global
          external = 1-255
          internal = 1-255
          local = 1-255
      ebgp-requires-policy !
      fast-convergence !
      graceful-restart
        stalepath-time = 1-3600
      graceful-shutdown !
      log-neighbor-changes !
      minimum-holdtime = 1-65535
      network-import-check !
      no-fast-external-failover !
      router-id = ip4
    peer-group <listname>
      &neighbor
    system-as = 1-4294967294
    timers
      holdtime = 0-65535
      keepalive = 1-65535
  failover
    route <net4>
      next-hop <ip4>
        check
          target * ip4 @1.4
          target <ip4> @1.5
            interface = interface
          timeout = 1-255
          type = {icmp}
        interface = interface
        metric = 1-255
  static
    route <net4>
      blackhole
        distance = 1-255
        tag = 1-4294967295
      description = text
      interface <interface>
        disable !
        distance = 1-255
      next-hop <ip4>
        disable !
        distance = 1-255
        interface = interface
      reject
        distance = 1-255
        tag = 1-4294967295
"""

FRAGMENTS = {
    "policy-side": """\
address = !ip4|!net4|!range4
group
  address-group = group
  network-group = group
  port-group = group
port = ports
""",
    "neighbor": """\
address-family
  ipv4-unicast
    allowas-in
      number = 1-10
    as-override !
    attribute-unchanged
      as-path !
      med !
      next-hop !
    default-originate
      route-map = name
    filter-list
      export = any
      import = any
    maximum-prefix = 1-4294967295
    maximum-prefix-out = 1-4294967295
    nexthop-self
      force !
    prefix-list
      export = listname
      import = listname
    remove-private-as
      all !
    route-map
      export = name
      import = name
    route-reflector-client !
    soft-reconfiguration
      inbound !
    unsuppress-map = name
    weight = 1-65535
description = text
disable-connected-check !
ebgp-multihop = 1-255
passive !
password = any
port = 1-65535
remote-as = 1-4294967294|{external,internal}
shutdown !
ttl-security
  hops = 1-254
update-source = ip4|ip6|interface
""",
}
