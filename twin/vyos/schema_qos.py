"""Configuration paths below ``qos``. Of the policies only the shaper, and of it what the kernel's HTB does."""

QOS = """\
qos
  interface <interface>
    egress = policyname
    ingress = policyname
  policy
    shaper <policyname>
      bandwidth = bandwidth
      class <2-4095>
        &shaper-queue
        bandwidth = bandwidth
        description = text
        match <matchname>
          description = text
          ip
            &shaper-match
            destination
              address = ip4|net4
              port = 1-65535
            source
              address = ip4|net4
              port = 1-65535
          ipv6
            &shaper-match
            destination
              address = ip6|net6
              port = 1-65535
            source
              address = ip6|net6
              port = 1-65535
        priority = 0-20
      default
        &shaper-queue
        bandwidth = own-bandwidth
        priority = 0-7
      description = text
"""

FRAGMENTS = {
    "shaper-queue": """\
burst = burst
ceiling = own-bandwidth
codel-quantum = 0-1048576
flows = 1-65536
interval = 0-4294967295
queue-limit = 1-4294967295
queue-type = {drop-tail,fair-queue,fq-codel}
target = 0-4294967295
""",
    "shaper-match": """\
dscp = 0-63|dsfield
max-length = 1-65535
protocol = packet-protocol
tcp
  ack !
  syn !
""",
}
