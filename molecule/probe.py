"""Small clients, to be run on a node: what a stranger, a clock or a device on the LAN gets for an answer.

probe.py logins             reads [[address, user, password or key, "strange" for a key that is nobody's], …] as JSON
                            from stdin; prints for each "in", "refused" or "no answer", as JSON
probe.py time ADDRESS       prints by how many seconds its clock is ahead, or "no answer"
probe.py dhcp IF MAC        prints what that MAC is offered on an interface, or "no answer"
probe.py udp FROM TO PORT [MARK]   sends one datagram, from an address that may be another's, with a DSCP mark
"""

from __future__ import annotations

import io
import json
import os
import socket
import struct
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address

NO_ANSWER = "no answer"
PATIENCE = 15.0  # seconds; a DHCP server itself looks for 3 whether an address is in use
STRANGER = b"nobody may log in with this key!"  # the 32 bytes of an Ed25519 key that is nobody's
NTP_EPOCH = 2208988800  # seconds from 1900 to 1970
OPTIONS = {1: "mask", 3: "router", 6: "dns", 42: "ntp", 51: "lease"}


def login(address: str, user: str, credential: str) -> str:
    import paramiko  # here, because the others need not wait for it

    try:
        with paramiko.Transport((address, 22)) as transport:
            transport.start_client(timeout=20)
            try:
                if credential == "strange" or credential.startswith("-----BEGIN"):
                    pem = strange() if credential == "strange" else credential
                    transport.auth_publickey(user, paramiko.Ed25519Key.from_private_key(io.StringIO(pem)))
                else:
                    transport.auth_password(user, credential)
            except paramiko.AuthenticationException:  # also: the server offers no such method
                return "refused"
            return "in" if transport.is_authenticated() else "refused"
    except (OSError, EOFError, paramiko.SSHException):
        return NO_ANSWER


def strange() -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    made = Ed25519PrivateKey.from_private_bytes(STRANGER)
    return made.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


def logins() -> str:
    with ThreadPoolExecutor(4) as pool:
        return json.dumps(list(pool.map(lambda attempt: login(*attempt), json.load(sys.stdin))))


def clock(address: str) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(PATIENCE)
        client.connect((address, 123))  # an answer from another address is none
        try:
            client.send(bytes([0x23]) + b"\0" * 47)
            told = client.recv(512)
        except OSError:
            return NO_ANSWER
        seconds, fraction = struct.unpack("!II", told[40:48])
        return f"{seconds - NTP_EPOCH + fraction / 2**32 - time.time():.3f}"


def dhcp(interface: str, mac: str) -> str:
    """A broadcast DISCOVER (RFC 2131) of any device, whatever the interface's own address is."""
    number, hardware = os.urandom(4), bytes.fromhex(mac.replace(":", ""))
    body = b"\1\1\6\0" + number + b"\0\0\x80\0" + b"\0" * 16 + hardware.ljust(16, b"\0") + b"\0" * 192
    body += b"\x63\x82\x53\x63" + b"\x35\1\1" + bytes([55, len(OPTIONS), *OPTIONS]) + b"\xff"
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as wire:
        wire.bind((interface, 0))
        wire.send(b"\xff" * 6 + hardware + b"\x08\0" + datagram("0.0.0.0", 68, "255.255.255.255", 67, body))
        wire.settimeout(0.2)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                frame = wire.recv(2048)
            except OSError:
                continue
            reply = frame[14 + 20 + 8 :]
            if frame[12:14] == b"\x08\0" and reply[:1] == b"\2" and reply[4:8] == number:
                return offer(reply)
    return NO_ANSWER


def offer(reply: bytes) -> str:
    found, at = {"address": str(IPv4Address(reply[16:20]))}, 240
    while at < len(reply) and reply[at] != 255:
        code, value = reply[at], reply[at + 2 : at + 2 + reply[at + 1]]
        if code == 51:
            found["lease"] = str(int.from_bytes(value))
        elif code in OPTIONS:
            found[OPTIONS[code]] = ",".join(str(IPv4Address(value[i : i + 4])) for i in range(0, len(value), 4))
        at += 2 + len(value)
    return " ".join(f"{name}={value}" for name, value in sorted(found.items()))


def datagram(source: str, source_port: int, target: str, port: int, data: bytes, mark: int = 0) -> bytes:
    """An IPv4 packet with UDP inside; UDP's own checksum may be 0."""
    udp = struct.pack("!HHHH", source_port, port, 8 + len(data), 0) + data
    ends = IPv4Address(source).packed + IPv4Address(target).packed
    head = struct.pack("!BBHIBBH", 0x45, mark << 2, 20 + len(udp), 0, 64, socket.IPPROTO_UDP, 0) + ends
    total = sum(struct.unpack("!10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    return head[:10] + struct.pack("!H", ~(total + (total >> 16)) & 0xFFFF) + head[12:] + udp


def udp(source: str, address: str, port: str, mark: str = "0") -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as wire:
        wire.sendto(datagram(source, 40000, address, int(port), b"probe", int(mark)), (address, 0))
    return "sent"


if __name__ == "__main__":
    print({"logins": logins, "time": clock, "dhcp": dhcp, "udp": udp}[sys.argv[1]](*sys.argv[2:]))
