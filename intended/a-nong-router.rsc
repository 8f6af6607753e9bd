/system identity set name=a-nong-router
/system clock set time-zone-autodetect=no time-zone-name=Asia/Ho_Chi_Minh
/system ntp client set enabled=yes
/system ntp client servers add address=10.77.255.1
/system ntp client servers add address=10.77.255.2
/system logging action add name=district target=remote remote=10.77.1.10
/system logging add topics=critical action=district
/system logging add topics=error action=district
/system logging add topics=info action=district
/system logging add topics=warning action=district
/user add name=diemcau group=full password=secret-of-a-nong-router comment=diemcau-d50a4a32
/user ssh-keys add user=diemcau key="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAApublic+key+of+the+control+machine+++++++ diemcau-f8210226ec33621d"
/ip ssh set strong-crypto=yes
/ip service set ssh address=10.77.1.10/32,10.77.255.1/32,10.77.255.2/32
/ip service set telnet disabled=yes
/ip service set ftp disabled=yes
/ip service set www disabled=yes
/ip service set www-ssl disabled=yes
/ip service set api disabled=yes
/ip service set api-ssl disabled=yes
/ip service set winbox disabled=yes
/ip neighbor discovery-settings set discover-interface-list=none
/tool mac-server set allowed-interface-list=none
/tool mac-server mac-winbox set allowed-interface-list=none
/tool mac-server ping set enabled=no
/tool bandwidth-server set enabled=no
/ip cloud set update-time=no
/ip address add address=198.51.100.6/30 interface=ether1 comment=fibre
/ip route add dst-address=0.0.0.0/0 gateway=198.51.100.5 distance=10 check-gateway=ping comment=fibre
/ip dhcp-client add interface=ether2 default-route-distance=20 use-peer-dns=no use-peer-ntp=no comment=lte
/ip route add dst-address=10.77.0.0/16 blackhole distance=250 comment=district
/interface bridge add name=lan comment="room LAN"
/interface bridge port add bridge=lan interface=ether3
/interface bridge port add bridge=lan interface=ether4
/interface bridge port add bridge=lan interface=ether5
/ip address add address=10.77.11.1/24 interface=lan
/ip pool add name=room ranges=10.77.11.100-10.77.11.199
/ip dhcp-server add name=room interface=lan address-pool=room lease-time=86400s
/ip dhcp-server network add address=10.77.11.0/24 gateway=10.77.11.1 ntp-server=10.77.255.1,10.77.255.2 dns-none=yes
/ip dhcp-server lease add address=10.77.11.20 mac-address=64:16:7F:77:00:0B server=room comment=a-nong-room
/interface wireguard add name=wg0 mtu=1420 private-key="secret+a+nong+router+wg0++++++++++++++++++A=" comment=huyen-uy
/interface wireguard peers add interface=wg0 name=huyen-uy public-key="public+huyen+uy+router+wg0++++++++++++++++A=" allowed-address=10.77.0.0/16 endpoint-address=203.0.113.2 endpoint-port=51820 persistent-keepalive=25s
/ip address add address=10.77.250.11/24 interface=wg0
/ip firewall mangle add chain=forward action=change-mss new-mss=1380 protocol=tcp tcp-flags=syn tcp-mss=1381-65535 out-interface=wg0 comment="mss out wg0"
/ip firewall mangle add chain=forward action=change-mss new-mss=1380 protocol=tcp tcp-flags=syn tcp-mss=1381-65535 in-interface=wg0 comment="mss in wg0"
/interface wireguard add name=wg1 mtu=1420 private-key="secret+a+nong+router+wg1++++++++++++++++++A=" comment=ubnd
/interface wireguard peers add interface=wg1 name=ubnd public-key="public+ubnd+router+wg0++++++++++++++++++++A=" allowed-address=10.77.0.0/16 endpoint-address=203.0.113.6 endpoint-port=51820 persistent-keepalive=25s
/ip address add address=10.77.251.11/24 interface=wg1
/ip firewall mangle add chain=forward action=change-mss new-mss=1380 protocol=tcp tcp-flags=syn tcp-mss=1381-65535 out-interface=wg1 comment="mss out wg1"
/ip firewall mangle add chain=forward action=change-mss new-mss=1380 protocol=tcp tcp-flags=syn tcp-mss=1381-65535 in-interface=wg1 comment="mss in wg1"
/ip address add address=10.77.255.11/32 interface=lo
/ip firewall address-list add list=announced address=10.77.11.0/24
/ip firewall address-list add list=announced address=10.77.255.11/32
/routing filter rule add chain=in-huyen-uy rule="if (dst in 10.77.0.0/16) { accept }" comment=district
/routing filter rule add chain=out-huyen-uy rule="if (dst == 10.77.11.0/24) { accept }" comment=10.77.11.0/24
/routing filter rule add chain=out-huyen-uy rule="if (dst == 10.77.255.11/32) { accept }" comment=10.77.255.11/32
/routing bgp connection add name=huyen-uy as=65011 router-id=10.77.255.11 local.address=10.77.250.11 local.role=ebgp connect=no remote.address=10.77.250.1 remote.as=65001 hold-time=8s keepalive-time=2s input.filter=in-huyen-uy output.filter-chain=out-huyen-uy output.network=announced
/routing filter rule add chain=in-ubnd rule="if (dst in 10.77.0.0/16) { accept }" comment=district
/routing filter rule add chain=out-ubnd rule="if (dst == 10.77.11.0/24) { accept }" comment=10.77.11.0/24
/routing filter rule add chain=out-ubnd rule="if (dst == 10.77.255.11/32) { accept }" comment=10.77.255.11/32
/routing bgp connection add name=ubnd as=65011 router-id=10.77.255.11 local.address=10.77.251.11 local.role=ebgp connect=no remote.address=10.77.251.2 remote.as=65002 hold-time=8s keepalive-time=2s input.filter=in-ubnd output.filter-chain=out-ubnd output.network=announced
/interface list add name=WAN
/interface list member add list=WAN interface=ether1
/interface list member add list=WAN interface=ether2
/interface list add name=LAN
/interface list member add list=LAN interface=lan
/interface list add name=TUNNELS
/interface list member add list=TUNNELS interface=wg0
/interface list member add list=TUNNELS interface=wg1
/ip firewall address-list add list=DISTRICT address=10.77.0.0/16
/ip firewall address-list add list=MANAGEMENT address=10.77.1.10
/ip firewall address-list add list=MANAGEMENT address=10.77.255.1
/ip firewall address-list add list=MANAGEMENT address=10.77.255.2
/ip firewall address-list add list=OWN-LAN address=10.77.11.0/24
/ip firewall address-list add list=PEERS address=10.77.250.1
/ip firewall address-list add list=PEERS address=10.77.251.2
/ip firewall filter add chain=input action=accept in-interface=lo comment=loopback
/ip firewall filter add chain=input action=accept connection-state=established,related comment=established
/ip firewall filter add chain=input action=drop connection-state=invalid comment=invalid
/ip firewall filter add chain=input action=accept in-interface-list=TUNNELS src-address-list=PEERS protocol=tcp dst-port=179 comment=bgp
/ip firewall filter add chain=input action=accept in-interface-list=TUNNELS src-address-list=MANAGEMENT protocol=tcp dst-port=22 comment=ssh
/ip firewall filter add chain=input action=accept in-interface-list=TUNNELS src-address-list=DISTRICT protocol=icmp comment=ping
/ip firewall filter add chain=input action=accept in-interface-list=LAN src-address-list=OWN-LAN protocol=icmp comment=ping-lan
/ip firewall filter add chain=input action=accept in-interface-list=LAN protocol=udp dst-port=67 comment=dhcp
/ip firewall filter add chain=input action=drop comment="everything else"
/ip firewall filter add chain=forward action=drop out-interface-list=WAN dst-address-list=DISTRICT comment=stay-inside
/ip firewall filter add chain=forward action=accept connection-state=established,related comment=established
/ip firewall filter add chain=forward action=accept in-interface-list=LAN out-interface-list=TUNNELS src-address-list=OWN-LAN dst-address-list=DISTRICT comment=lan-out
/ip firewall filter add chain=forward action=accept in-interface-list=TUNNELS out-interface-list=LAN src-address-list=DISTRICT dst-address-list=OWN-LAN comment=lan-in
/ip firewall filter add chain=forward action=drop comment="everything else"
/ipv6 settings set disable-ipv6=yes
/queue type add name=fair kind=fq-codel
/queue type add name=first-in-50 kind=pfifo pfifo-limit=50
/queue type add name=first-in-100 kind=pfifo pfifo-limit=100
/queue tree add name=out-ether1 parent=ether1 max-limit=5700k comment=fibre
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=ether1-tunnels passthrough=no out-interface=ether1 protocol=udp dst-port=51820 comment="ether1-tunnels 1"
/queue tree add name=ether1-tunnels parent=out-ether1 packet-mark=ether1-tunnels limit-at=5676k max-limit=5700k priority=3 queue=first-in-100
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=ether1-rest passthrough=no out-interface=ether1 comment="ether1-rest 1"
/queue tree add name=ether1-rest parent=out-ether1 packet-mark=ether1-rest limit-at=24k max-limit=5700k priority=7 queue=fair
/queue tree add name=out-ether2 parent=ether2 max-limit=1425k comment=lte
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=ether2-tunnels passthrough=no out-interface=ether2 protocol=udp dst-port=51820 comment="ether2-tunnels 1"
/queue tree add name=ether2-tunnels parent=out-ether2 packet-mark=ether2-tunnels limit-at=1401k max-limit=1425k priority=3 queue=first-in-100
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=ether2-rest passthrough=no out-interface=ether2 comment="ether2-rest 1"
/queue tree add name=ether2-rest parent=out-ether2 packet-mark=ether2-rest limit-at=24k max-limit=1425k priority=7 queue=fair
/queue tree add name=out-wg0 parent=wg0 max-limit=2434k comment="tunnel to huyen-uy"
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=wg0-voice passthrough=no out-interface=wg0 dscp=46 comment="wg0-voice 1"
/queue tree add name=wg0-voice parent=out-wg0 packet-mark=wg0-voice limit-at=160k max-limit=160k priority=1 queue=first-in-50
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=wg0-video passthrough=no out-interface=wg0 dscp=34 comment="wg0-video 1"
/queue tree add name=wg0-video parent=out-wg0 packet-mark=wg0-video limit-at=2112k max-limit=2112k priority=2 queue=first-in-100
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=wg0-control passthrough=no out-interface=wg0 dscp=24 comment="wg0-control 1"
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=wg0-control passthrough=no out-interface=wg0 dscp=48 comment="wg0-control 2"
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=wg0-control passthrough=no out-interface=wg0 protocol=tcp src-port=179 comment="wg0-control 3"
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=wg0-control passthrough=no out-interface=wg0 protocol=tcp dst-port=179 comment="wg0-control 4"
/queue tree add name=wg0-control parent=out-wg0 packet-mark=wg0-control limit-at=35k max-limit=35k priority=3 queue=first-in-50
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=wg0-management passthrough=no out-interface=wg0 protocol=tcp src-port=22 comment="wg0-management 1"
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=wg0-management passthrough=no out-interface=wg0 protocol=tcp dst-port=22 comment="wg0-management 2"
/queue tree add name=wg0-management parent=out-wg0 packet-mark=wg0-management limit-at=85k max-limit=85k priority=4 queue=fair
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=wg0-rest passthrough=no out-interface=wg0 comment="wg0-rest 1"
/queue tree add name=wg0-rest parent=out-wg0 packet-mark=wg0-rest limit-at=42k max-limit=42k priority=7 queue=fair
/queue tree add name=out-wg1 parent=wg1 max-limit=2434k comment="tunnel to ubnd"
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=wg1-voice passthrough=no out-interface=wg1 dscp=46 comment="wg1-voice 1"
/queue tree add name=wg1-voice parent=out-wg1 packet-mark=wg1-voice limit-at=160k max-limit=160k priority=1 queue=first-in-50
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=wg1-video passthrough=no out-interface=wg1 dscp=34 comment="wg1-video 1"
/queue tree add name=wg1-video parent=out-wg1 packet-mark=wg1-video limit-at=2112k max-limit=2112k priority=2 queue=first-in-100
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=wg1-control passthrough=no out-interface=wg1 dscp=24 comment="wg1-control 1"
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=wg1-control passthrough=no out-interface=wg1 dscp=48 comment="wg1-control 2"
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=wg1-control passthrough=no out-interface=wg1 protocol=tcp src-port=179 comment="wg1-control 3"
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=wg1-control passthrough=no out-interface=wg1 protocol=tcp dst-port=179 comment="wg1-control 4"
/queue tree add name=wg1-control parent=out-wg1 packet-mark=wg1-control limit-at=35k max-limit=35k priority=3 queue=first-in-50
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=wg1-management passthrough=no out-interface=wg1 protocol=tcp src-port=22 comment="wg1-management 1"
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=wg1-management passthrough=no out-interface=wg1 protocol=tcp dst-port=22 comment="wg1-management 2"
/queue tree add name=wg1-management parent=out-wg1 packet-mark=wg1-management limit-at=85k max-limit=85k priority=4 queue=fair
/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=wg1-rest passthrough=no out-interface=wg1 comment="wg1-rest 1"
/queue tree add name=wg1-rest parent=out-wg1 packet-mark=wg1-rest limit-at=42k max-limit=42k priority=7 queue=fair
/ip firewall address-list add list=marking address=10.77.11.20
/ip firewall mangle add chain=forward action=change-dscp new-dscp=0 passthrough=yes in-interface=lan src-address-list=!marking dscp=!0 comment="marks of the room LAN"
