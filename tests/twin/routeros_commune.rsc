# a commune's configuration
/interface bridge add name=lan
/interface wireguard add name=wg0 mtu=1400 private-key="YEvXxfzV5w8hiS4qZ4keoCe2gsYBJWuOxS3V38rpWH8="
/interface wireguard add name=wg1 mtu=1400 private-key="+NLZfYaDm6qMfroVg6wf0pZ+0PyriGCd8oO/HkyQqFg="
/interface list add name=WAN
/interface list add name=TUNNELS
/interface bridge port add bridge=lan interface=ether3
/interface bridge port add bridge=lan interface=ether4
/interface list member add interface=ether1 list=WAN
/interface list member add interface=ether2 list=WAN
/interface list member add interface=wg0 list=TUNNELS
/interface list member add interface=wg1 list=TUNNELS
/interface wireguard peers add allowed-address=10.77.0.0/16 endpoint-address=203.0.113.2 endpoint-port=51820 interface=wg0 name=huyen-uy persistent-keepalive=25s public-key="oeyOeBGeRb8UfvpqFT8XkaG1euGU0viW7Ep4fZEQKyM="
/interface wireguard peers add allowed-address=10.77.0.0/16 endpoint-address=203.0.113.6 endpoint-port=51820 interface=wg1 name=ubnd persistent-keepalive=25s public-key="LZoLYLOGTqe2p+S3jcdNAKABYEEFRChELB1p34H2STY="
/ip pool add name=lan ranges=10.77.18.100-10.77.18.199
/ip dhcp-server add address-pool=lan interface=lan lease-time=1h name=lan
/ip address add address=10.77.18.1/24 interface=lan
/ip address add address=10.77.250.18/24 interface=wg0
/ip address add address=10.77.251.18/24 interface=wg1
/ip address add address=10.77.255.18/32 interface=lo
/ip address add address=198.51.100.6/30 interface=ether1
/ip dhcp-client add default-route-distance=2 interface=ether2 use-peer-dns=no use-peer-ntp=no
/ip dhcp-server lease add address=10.77.18.20 comment=ga-ry-room mac-address=64:16:7F:77:00:12 server=lan
/ip dhcp-server network add address=10.77.18.0/24 gateway=10.77.18.1 ntp-server=10.77.18.1
/ip dns set allow-remote-requests=no
/ip firewall address-list add address=10.77.0.0/16 list=DISTRICT
/ip firewall address-list add address=10.77.1.10 list=MANAGEMENT
/ip firewall address-list add address=10.77.18.0/24 list=OWN
/ip firewall address-list add address=10.77.255.18 list=OWN
/ip firewall address-list add address=10.1.1.1-10.1.1.9 list=EMPTYISH
/ip firewall filter add action=accept chain=input connection-state=established,related comment="known"
/ip firewall filter add action=drop chain=input connection-state=invalid
/ip firewall filter add action=accept chain=input dst-port=22 in-interface-list=TUNNELS protocol=tcp src-address-list=MANAGEMENT
/ip firewall filter add action=accept chain=input in-interface-list=TUNNELS protocol=icmp icmp-options=8:0,3:0-255
/ip firewall filter add action=accept chain=input dst-port=179 in-interface-list=TUNNELS protocol=tcp
/ip firewall filter add action=accept chain=input dst-port=67,123 in-interface=lan protocol=udp port=67,123
/ip firewall filter add action=reject chain=input protocol=tcp reject-with=tcp-reset dst-port=1-20 src-address=!10.0.0.0/8
/ip firewall filter add action=jump chain=input jump-target="my chain" src-address-type=!local
/ip firewall filter add action=return chain="my chain" limit=5,10:packet dscp=46
/ip firewall filter add action=drop chain=input log=yes
/ip firewall filter add action=accept chain=forward connection-state=established,related
/ip firewall filter add action=accept chain=forward in-interface=lan dst-address-list=!EMPTYISH src-mac-address=64:16:7F:77:00:12
/ip firewall filter add action=drop chain=forward connection-nat-state=!dstnat,srcnat
/ip firewall mangle add action=change-mss chain=forward new-mss=1360 out-interface-list=TUNNELS protocol=tcp tcp-flags=syn tcp-mss=1361-65535
/ip firewall mangle add action=change-mss chain=postrouting new-mss=clamp-to-pmtu protocol=tcp tcp-flags=syn,!ack passthrough=no
/ip firewall mangle add action=change-dscp chain=prerouting new-dscp=46 protocol=udp src-port=5060
/ip firewall nat add action=masquerade chain=srcnat out-interface-list=WAN
/ip firewall nat add action=dst-nat chain=dstnat dst-address=198.51.100.6 dst-port=8443 protocol=tcp to-addresses=10.77.18.20 to-ports=443
/ip firewall nat add action=src-nat chain=srcnat to-addresses=198.51.100.6 out-interface=ether1 src-address=10.9.9.0/24
/ip firewall nat add action=redirect chain=dstnat dst-port=53 protocol=udp to-ports=5353
/ip route add check-gateway=ping distance=1 dst-address=0.0.0.0/0 gateway=198.51.100.5
/ip route add blackhole distance=254 dst-address=10.77.0.0/16
/ip service set telnet disabled=yes
/ip service set ftp disabled=yes
/ip service set www disabled=yes
/ip service set api disabled=yes
/ip service set api-ssl disabled=yes
/ip service set winbox disabled=yes
/ip service set ssh address=10.77.0.0/16
/ip ssh set host-key-type=ed25519 strong-crypto=yes
/routing bgp connection add as=65018 hold-time=15s input.filter=FROM-huyen-uy keepalive-time=5s local.address=10.77.250.18 .role=ebgp name=huyen-uy output.filter-chain=TO-huyen-uy .network=OWN remote.address=10.77.250.1 .as=65001 router-id=10.77.255.18
/routing bgp connection add as=65018 hold-time=15s input.filter=FROM-ubnd keepalive-time=5s local.address=10.77.251.18 .role=ebgp name=ubnd output.filter-chain=TO-ubnd .network=OWN remote.address=10.77.251.2 .as=65002 router-id=10.77.255.18 tcp-md5-key=geheim
/routing filter rule add chain=FROM-huyen-uy rule="if (dst in 10.77.0.0/16 && dst-len <= 32) { accept }"
/routing filter rule add chain=TO-huyen-uy rule="if (dst in OWN) { accept } else { reject }"
/routing filter rule add chain=FROM-ubnd rule="if (not dst in 10.77.0.0/16 || dst-len > 30 and dst == 10.77.9.0/24) { reject }"
/routing filter rule add chain=FROM-ubnd rule="set bgp-local-pref 90; accept"
/routing filter rule add chain=TO-ubnd rule="if (protocol connected) { set bgp-path-prepend 3; accept }"
/routing filter rule add chain=TO-ubnd rule="jump COMMON"
/routing filter rule add chain=COMMON rule="if (chain OTHER) { set bgp-med 5; accept }"
/routing filter rule add chain=OTHER rule="if (dst-len in 8-24) { return }"
/system clock set time-zone-name=Asia/Ho_Chi_Minh
/system identity set name=ga-ry-router
/system ntp client set enabled=yes
/system ntp client servers add address=10.77.1.1
/tool bandwidth-server set enabled=no
/tool mac-server set allowed-interface-list=none
