"""Configuration paths below ``system``."""

_FACILITY = (
    "{auth,authpriv,cron,daemon,kern,lpr,mail,mark,news,syslog,user,uucp,"
    "local0,local1,local2,local3,local4,local5,local6,local7,all}"
)
_LEVEL = "{emerg,alert,crit,err,warning,notice,info,debug,all}"

FRAGMENTS = {
    "syslog-server": f"""\
facility <{_FACILITY}>
  level = {_LEVEL}
format
  include-timezone !
  octet-counted !
port = 1-65535
protocol = {{udp,tcp}}
"""
}

SYSTEM = f"""\
system
  config-management
    commit-confirm @1.5
      action = {{reload,reboot}}
    commit-revisions = 1-65535
  conntrack
    expect-table-size = 1-50000000
    hash-size = 1-50000000
    modules
      ftp !
      h323 !
      nfs !
      pptp !
      rtsp ! @1.5
      sip !
      sqlnet !
      tftp !
    table-size = 1-50000000
    tcp
      half-open-connections = 1-2147483647
      loose = {{enable,disable}}
      max-retrans = 1-255
  console
    device <tty>
      speed = {{1200,2400,4800,9600,19200,38400,57600,115200}}
  domain-name = fqdn
  domain-search * fqdn
  host-name = hostname
  login
    banner
      post-login = any
      pre-login = any
    max-login-session = 1-65536
    timeout = 5-604800
    user <user>
      authentication
        encrypted-password = encrypted
        plaintext-password = any
        public-keys <any>
          key = base64
          options = any
          type = {{ssh-dss,ssh-rsa,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,ssh-ed25519}}
      disable !
      full-name = fullname
  name-server * ip4|ip6|interface
  option
    ctrl-alt-delete = {{ignore,reboot,poweroff}}
    keyboard-layout = {{us,uk,fr,de,es,fi,it,jp106,no,dk,se-latin1,dvorak}}
    performance = {{throughput,latency}} @1.4
    performance * {{network-throughput,network-latency,power-save,virtual-guest,virtual-host}} @1.5
    reboot-on-panic !
    root-partition-auto-resize !
    startup-beep !
    time-format = {{12-hour,24-hour}}
  static-host-mapping
    host-name <hostname>
      alias * text
      inet * ip4|ip6
  syslog
    console
      facility <{_FACILITY}>
        level = {_LEVEL}
    file <filename> @1.4
      archive
        file = 0-4294967295
        size = 0-4294967295
      facility <{_FACILITY}>
        level = {_LEVEL}
    global @1.4
      facility <{_FACILITY}>
        level = {_LEVEL}
      marker
        interval = 1-4294967295
      preserve-fqdn !
    host <ip4|ip6|fqdn> @1.4
      &syslog-server
    local @1.5
      facility <{_FACILITY}>
        level = {_LEVEL}
    marker @1.5
      disable !
      interval = 1-65535
    preserve-fqdn ! @1.5
    remote <ip4|ip6|fqdn> @1.5
      &syslog-server
      source-address = ip4|ip6
    user <user> @1.4
      facility <{_FACILITY}>
        level = {_LEVEL}
  time-zone = timezone
"""
