"""Causes at a router: nobody gets to it, a circuit is down, a hub is out of reach."""

from __future__ import annotations

from collections.abc import Iterator

from diemcau.platforms import HANDSHAKE_LIMIT
from diemcau.readiness import line_causes
from diemcau.readiness.look import Around, Look
from diemcau.readiness.site import UP
from diemcau.readiness.words import RISK, STOP, Finding, Words, ago, circuit


def silent_router(look: Look, around: Around) -> Iterator[Finding]:
    """Nobody can get to the router: which of the reasons it may have is as much as can be told from here."""
    assert look.router is not None
    control, since = around.control_site, _since(look)
    if look.site == control:
        yield Finding(
            "control-router-silent",
            STOP,
            Words(
                "router tại chỗ máy điều khiển không trả lời: không xem được điểm cầu nào",
                "the router beside the control machine does not answer: no site can be looked at",
            ),
            Words("Kiểm tra nguồn và dây mạng của router này trước.", "Check this router's power and cables first."),
        )
    elif control in around.silent_hubs:
        name = around.names.get(control, control)
        yield Finding(
            "behind-silent-hub",
            STOP,
            Words(
                f"không xem được: router tại {name} không trả lời",
                f"cannot be looked at: the router at {name} does not answer",
            ),
            Words(f"Xử lý {name} trước.", f"See to {name} first."),
        )
    elif look.line is not None and look.line.target:
        yield Finding(
            "router-refuses",
            STOP,
            Words(
                f"đường truyền còn, nhưng không vào được router: {look.router.reason}",
                f"the line is there, but the router lets nobody in: {look.router.reason}",
            ),
            Words("Báo cán bộ kỹ thuật; chạy lại sau ít phút.", "Tell the technician; run again in a few minutes."),
        )
    elif look.is_hub:
        yield Finding(
            "hub-down",
            STOP,
            Words(
                f"router trung tâm không trả lời{since.vi}: mất điện, hỏng, hoặc đứt đường truyền",
                f"the hub's router has been silent{since.en}: no power, broken, or its line is cut",
            ),
            Words(
                "Gọi người trực tại đó: kiểm tra điện và router; nếu có điện, gọi VNPT báo đứt đường.",
                "Call whoever is there: check power and router; if there is power, report a cut line to the provider.",
            ),
        )
    else:
        lines = " và ".join(circuit(name).vi for name in look.circuits)
        both = " and ".join(circuit(name).en for name in look.circuits)
        yield Finding(
            "site-down",
            STOP,
            Words(
                f"mất liên lạc{since.vi}: đứt {lines}, hoặc mất điện",
                f"out of reach{since.en}: {both} down, or no power",
            ),
            Words(
                "Gọi điện cho xã: còn điện không, đèn router có sáng không; nếu có điện, gọi VNPT báo đứt đường.",
                "Call the commune: is there power, is the router lit; if so, report the cut line to the provider.",
            ),
        )


def _since(look: Look) -> Words:
    if look.seen_ago is None:
        return Words("", "")
    told = ago(look.seen_ago)
    return Words(f" từ khoảng {told.vi} trước", f" for about {told.en}")


def circuits(look: Look, around: Around) -> Iterator[Finding]:
    """Circuits of a router that answers, so that at least one way is there."""
    if look.router is None:
        return
    weak = any(finding.code == "rate" for finding in line_causes.line(look, around))
    rate = f"{look.line.wanted_kbps:.0f} kbit/s" if look.line is not None and look.line.loaded else ""
    for name in look.circuits:
        words, state = circuit(name), look.router.circuits.get(name, UP)
        using = circuit(look.router.path)
        first = name == look.circuits[0]
        if state == UP and not (first and look.router.path not in ("", name)):
            continue
        if first:
            yield Finding(
                f"{name}-down",
                STOP if weak else RISK,
                Words(f"đứt {words.vi}, đang chạy bằng {using.vi}", f"{words.en} is down, running on {using.en}"),
                Words(
                    f"Gọi VNPT báo đứt {words.vi}"
                    + (
                        f"; {using.vi} không đủ cho cuộc họp."
                        if weak
                        else f"; vẫn họp được{rate and f', gọi với tốc độ không quá {rate}'}."
                    ),
                    f"Report the {words.en} to the provider"
                    + (
                        f"; {using.en} is too weak for the meeting."
                        if weak
                        else f"; the meeting can start{rate and f', with calls at {rate} or less'}."
                    ),
                ),
            )
        else:
            why = (
                Words("không có tín hiệu", "no link")
                if state != "no address"
                else Words("không có địa chỉ", "no address")
            )
            yield Finding(
                f"{name}-down",
                RISK,
                Words(f"đường dự phòng {words.vi} hỏng ({why.vi})", f"the backup {words.en} is down ({why.en})"),
                Words(
                    f"Vẫn họp được; kiểm tra modem {words.vi} (nguồn, SIM, dây) sớm.",
                    f"The meeting can start; have the {words.en} modem (power, SIM, cable) checked soon.",
                ),
            )


def tunnels(look: Look, around: Around) -> Iterator[Finding]:
    """Tunnels to hubs: one that works is enough. Communes that a hub does not hear are named in their own rows."""
    if look.router is None:
        return
    ages = {name: age for name, age in look.router.ages.items() if name in around.hubs}
    dead = [
        name
        for name, age in ages.items()
        if age is None or age >= HANDSHAKE_LIMIT or not look.router.sessions.get(name)
    ]
    for hub in dead:
        name = around.names.get(hub, hub)
        off = hub in around.silent_hubs
        if look.is_hub:
            if not off:
                yield _between_hubs(name)
            continue
        yield Finding(
            "hub-off" if off else "tunnel-down",
            STOP if len(dead) == len(ages) else RISK,
            Words(
                f"không còn đường hầm tới {name}" + (": router trung tâm đó không trả lời" if off else ""),
                f"no tunnel to {name}" + (": that hub's router does not answer" if off else ""),
            ),
            Words(
                f"Vẫn họp qua trung tâm kia; xử lý {name}."
                if off
                else "Báo cán bộ kỹ thuật; vẫn họp qua trung tâm kia.",
                f"Meet through the other hub; see to {name}."
                if off
                else "Tell the technician; meet through the other hub.",
            ),
        )
    if not dead and ages and not look.router.hub and not look.is_hub:
        yield Finding(
            "no-route",
            STOP,
            Words("không có đường đi tới các điểm cầu khác (BGP)", "no route to the other sites (BGP)"),
            Words("Báo cán bộ kỹ thuật.", "Tell the technician."),
        )


def _between_hubs(name: str) -> Finding:
    return Finding(
        "hub-tunnel-down",
        RISK,
        Words(f"không còn đường hầm giữa hai trung tâm (tới {name})", f"no tunnel between the hubs (to {name})"),
        Words(
            "Báo cán bộ kỹ thuật: xã nào chỉ còn một trung tâm sẽ không gặp được xã chỉ còn trung tâm kia.",
            "Tell the technician: a commune that has one hub left does not meet one that has the other.",
        ),
    )
