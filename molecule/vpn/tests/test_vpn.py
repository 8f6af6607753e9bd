"""Tunnels after the role vpn: handshakes, what fits, whose packets come out, what the provider sees."""

from __future__ import annotations

import time
from typing import Any

FRESH = 180  # seconds: WireGuard forgets a session after them


def handshakes(on: Any, site: Any) -> list[str]:
    """Peers whose handshake is fresh."""
    lines = [line.split() for line in on.run(site.router, "wg show all latest-handshakes").splitlines()]
    return [peer for _, peer, when in lines if time.time() - int(when) < FRESH]


def end(hub: Any) -> str:
    """A hub's address on the communes' tunnels."""
    return f"10.77.{249 + hub.number}.{hub.number}"


def test_a_commune_has_a_handshake_with_both_hubs(on: Any, eventually: Any, commune: Any) -> None:
    assert eventually(lambda: len(handshakes(on, commune)) == 2)


def test_a_hub_has_one_with_each_commune_that_is_there_and_the_other_hub(on: Any, eventually: Any, hub: Any) -> None:
    assert eventually(lambda: len(handshakes(on, hub)) == 3)


def test_a_full_packet_fits_and_a_larger_one_is_refused(on: Any, eventually: Any, commune: Any, hub: Any) -> None:
    assert eventually(lambda: on.answers(commune.router, end(hub), "-M do -s 1392"))  # and 28 of headers: 1420
    assert "message too long, mtu=1420" in on.run(commune.router, f"ping -n -c 1 -W 2 -M do -s 1393 {end(hub)}")


def test_tcp_is_told_what_fits(on: Any, heard: Any, commune: Any, hub: Any) -> None:
    """The first segment of a room's connection, as it leaves the tunnel."""
    room, port = f"10.77.{commune.number}.20", 443
    with heard(commune.router, f"wg{hub.number - 1}", f"tcp[tcpflags] == tcp-syn and dst port {port}") as seen:
        assert on.scan(commune.room, [port], f"10.77.{hub.number}.20")
    assert f"{room}." in seen.text and "mss 1380" in seen.text, seen.text


def test_a_hub_takes_no_packet_from_anothers_address(on: Any, heard: Any, commune: Any, hub: Any) -> None:
    """What a stolen router sends in the name of another commune, with its own key, comes out of no tunnel."""
    own, others = f"10.77.{commune.number}.7", f"10.77.{35 - commune.number}.7"
    with heard(hub.router, "wg0", "udp port 40000") as seen:
        for source in (others, own):  # the own one last: when it is there, so would be the other
            on.probe(commune.router, "udp", source, end(hub), 9)
    assert f"{own}." in seen.text and f"{others}." not in seen.text, seen.text


def test_the_provider_sees_nothing_of_what_is_said(on: Any, heard: Any, commune: Any) -> None:
    before = on.run(commune.router, "wg show wg0 transfer")
    own = f"100.64.{commune.number}.0/24"  # where the router asks its provider's end whether it is there
    what = f"ip and not (icmp and src net {own} and dst net {own})"
    with heard("provider", f"s{commune.number}-0", what) as seen:
        assert on.answers(commune.room, "10.77.1.20")
    assert ".51820: UDP" in seen.text, seen.text
    assert "10.77." not in seen.text and "ICMP" not in seen.text, seen.text
    assert on.run(commune.router, "wg show wg0 transfer") != before
