"""Each cause for which a meeting may not start, found in a look at a site: one function for each part of it."""

from __future__ import annotations

from collections.abc import Iterator

from diemcau.readiness.line import HEADROOM
from diemcau.readiness.look import Around, Look
from diemcau.readiness.site import HANDSHAKE_LIMIT, UP
from diemcau.readiness.words import NOTE, RISK, STOP, Finding, Words, ago, circuit

# A good call: loss up to 1 %, 150 ms one way (ITU-T G.114), 30 ms of jitter.
MOST_LOST, MOST_DELAY, MOST_JITTER = 1.0, 150.0, 30.0
FULL_RISE = 15.0  # ms one way: a queue that fills delays what passes it, chance does not
FULL_LOSS = 10.0  # percent more than without load
WRONG_CLOCK = 10.0  # seconds
OLD_BACKUP = 30  # days


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
                f"the hub's router does not answer{since.en}: no power, broken, or its line is cut",
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
    return Words(f" từ khoảng {told.vi} trước", f" since about {told.en} ago")


def circuits(look: Look, around: Around) -> Iterator[Finding]:
    """Circuits of a router that answers, so that at least one way is there."""
    if look.router is None:
        return
    weak = any(finding.code == "rate" for finding in line(look, around))
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
                    + (f"; {using.vi} không đủ cho cuộc họp." if weak else "; vẫn họp được."),
                    f"Report the {words.en} to the provider"
                    + (f"; {using.en} is too weak for the meeting." if weak else "; the meeting can start."),
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


def line(look: Look, around: Around) -> Iterator[Finding]:
    """What the test traffic says."""
    found = look.line
    if found is None:
        return
    if not found.target:
        yield Finding(
            "no-echo",
            STOP,
            Words(
                "gói thử không quay lại: không đo được đường truyền", "no test packet came back: nothing was measured"
            ),
            Words("Báo cán bộ kỹ thuật.", "Tell the technician."),
        )
        return
    full = found.loaded and (found.load_rise_ms >= FULL_RISE or found.load_lost >= found.percent_lost + FULL_LOSS)
    narrow = found.loaded and found.load_lost >= MOST_LOST and full
    lost = max(found.percent_lost, 0.0 if narrow else found.load_lost)
    if found.one_way_ms > MOST_DELAY:
        yield Finding(
            "delay",
            STOP,
            Words(
                f"trễ một chiều {found.one_way_ms:.0f} ms (cho phép {MOST_DELAY:.0f} ms)",
                f"{found.one_way_ms:.0f} ms one way (at most {MOST_DELAY:.0f} ms)",
            ),
            Words("Gọi VNPT báo đường truyền chậm.", "Report the slow line to the provider."),
        )
    if lost > MOST_LOST:
        yield Finding(
            "loss",
            STOP,
            Words(
                f"mất {lost:.1f} % gói tin, đi và về (cho phép {MOST_LOST:.0f} %)",
                f"{lost:.1f} % of packets are lost, there and back (at most {MOST_LOST:.0f} %)",
            ),
            Words(
                "Gọi VNPT báo mất gói; thử lại sau khi tắt bật modem.",
                "Report the loss to the provider; try again after a restart of the modem.",
            ),
        )
    if found.jitter_ms > MOST_JITTER:
        yield Finding(
            "jitter",
            STOP,
            Words(f"độ trễ dao động {found.jitter_ms:.0f} ms", f"jitter of {found.jitter_ms:.0f} ms"),
            Words(
                "Dừng việc tải nặng trong mạng của điểm cầu, rồi đo lại; còn thì gọi VNPT.",
                "Stop heavy traffic at the site, measure again; if it stays, call the provider.",
            ),
        )
    if narrow:
        fits = max((rate for rate in around.offered if rate * HEADROOM <= found.usable_kbps), default=None)
        yield Finding(
            "rate",
            STOP,
            Words(
                f"đường truyền chỉ tải được {found.usable_kbps:.0f} kbit/s, cuộc họp cần "
                f"{found.wanted_kbps * HEADROOM:.0f} kbit/s",
                f"the line carries {found.usable_kbps:.0f} kbit/s, the call needs {found.wanted_kbps * HEADROOM:.0f}",
            ),
            Words(
                "Gọi VNPT báo đường truyền yếu" + (f", hoặc gọi với tốc độ không quá {fits} kbit/s." if fits else "."),
                "Report the weak line to the provider" + (f", or call at {fits} kbit/s or less." if fits else "."),
            ),
        )


def registration(look: Look, around: Around) -> Iterator[Finding]:
    """Whether others can dial the room."""
    room = look.room
    if room is None or not room.answered or not room.sip_wanted:
        return
    if room.registered and room.server_answers is not False:
        return
    if around.call_server_silent:
        yield Finding(
            "call-server",
            STOP,
            Words(
                f"máy chủ cuộc gọi {around.call_server} không phục vụ phòng nào",
                f"the call server {around.call_server} serves no room",
            ),
            Words(
                "Gọi đơn vị quản lý máy chủ cuộc gọi; trong lúc chờ, gọi thẳng bằng địa chỉ IP.",
                "Call whoever runs the call server; meanwhile dial by IP address.",
            ),
        )
        return
    unheard = room.registered  # and the server has gone silent since, for this room at least
    yield Finding(
        "not-registered",
        STOP,
        Words(
            f"máy chủ cuộc gọi {around.call_server} không trả lời phòng này"
            if unheard
            else f"máy lẻ {room.extension} chưa đăng ký với máy chủ cuộc gọi",
            f"the call server {around.call_server} does not answer this room"
            if unheard
            else f"extension {room.extension} is not registered at the call server",
        ),
        Words(
            f"Báo cán bộ kỹ thuật: ansible-playbook playbooks/site.yml -l {look.room_host}",
            f"Tell the technician: ansible-playbook playbooks/site.yml -l {look.room_host}",
        ),
    )


def endpoint(look: Look) -> Iterator[Finding]:
    """The room's endpoint: there, free, heard and seen."""
    room = look.room
    if room is None:
        return
    if not room.answered:
        yield Finding(
            "endpoint-off",
            STOP,
            Words(
                "thiết bị họp (Polycom) không trả lời: đang tắt hoặc rút dây mạng"
                if not room.reason or look.line is None or look.line.target != "room"
                else f"không xem được thiết bị họp (Polycom): {room.reason}",
                "the endpoint (Polycom) does not answer: off, or unplugged"
                if not room.reason or look.line is None or look.line.target != "room"
                else f"the endpoint (Polycom) cannot be asked: {room.reason}",
            ),
            Words(
                "Nhờ người ở phòng họp bật Polycom, kiểm tra dây mạng.", "Have it switched on, and its cable checked."
            ),
        )
        return
    if room.in_call:
        yield Finding(
            "in-call",
            STOP,
            Words(
                "phòng đang có cuộc gọi; không đo tải đường truyền", "the room is in a call; its line was not loaded"
            ),
            Words(
                "Chờ cuộc gọi xong, hoặc gác máy trên điều khiển; rồi chạy lại.",
                "Wait until the call is over, or hang up at the remote control; run again.",
            ),
        )
    if room.muted:
        yield Finding(
            "muted",
            RISK,
            Words("micro đang tắt tiếng", "the microphone is muted"),
            Words("Bấm nút tắt tiếng trên điều khiển để mở lại.", "Press mute on the remote control."),
        )
    if room.microphones == 0:
        yield Finding(
            "no-microphone",
            RISK,
            Words("không thấy micro nào cắm vào Polycom", "no microphone is plugged in"),
            Words(
                "Kiểm tra dây micro, hoặc âm thanh hội trường.", "Check the microphone's cable, or the hall's sound."
            ),
        )
    if room.cameras == 0:
        yield Finding(
            "no-camera",
            RISK,
            Words("không thấy camera nào", "no camera is connected"),
            Words("Kiểm tra nguồn và dây camera.", "Check the camera's power and cable."),
        )


def clock(look: Look) -> Iterator[Finding]:
    """The router's clock: endpoints and logs follow it."""
    if look.router is None or abs(look.router.clock_ahead) <= WRONG_CLOCK:
        return
    told, fast = ago(round(abs(look.router.clock_ahead))), look.router.clock_ahead > 0
    yield Finding(
        "clock",
        RISK,
        Words(
            f"đồng hồ router {'nhanh' if fast else 'chậm'} {told.vi}",
            f"the router's clock is {told.en} {'fast' if fast else 'slow'}",
        ),
        Words("Vẫn họp được; báo cán bộ kỹ thuật xem NTP.", "The meeting can start; have the technician look at NTP."),
    )


def drift(look: Look) -> Iterator[Finding]:
    """What differs from the inventory."""
    for host, count in look.drift.items():
        yield Finding(
            "drift",
            RISK,
            Words(f"cấu hình {host} sai lệch ({count} chỗ)", f"{host} differs from the inventory ({count})"),
            Words(
                f"Xem: ansible-playbook playbooks/drift.yml -l {host}; sửa: site.yml -l {host}",
                f"Look: ansible-playbook playbooks/drift.yml -l {host}; mend: site.yml -l {host}",
            ),
        )


def unread(look: Look) -> Iterator[Finding]:
    """What could not be found out although the device answers."""
    for host, words in look.problems.items():
        yield Finding(
            "unread",
            NOTE,
            Words(f"chưa so được cấu hình {host}: {words}", f"the configuration of {host} was not compared: {words}"),
            Words(f"Chạy lại: ansible-playbook playbooks/drift.yml -l {host}", f"Run playbooks/drift.yml -l {host}"),
        )


def backup(look: Look) -> Iterator[Finding]:
    """How old the kept configuration of the router is."""
    if look.backup_days is not None and look.backup_days <= OLD_BACKUP:
        return
    days = look.backup_days
    yield Finding(
        "backup",
        NOTE,
        Words(
            "router chưa có bản sao lưu" if days is None else f"bản sao lưu của router đã {days} ngày",
            "the router has no backup" if days is None else f"the router's backup is {days} days old",
        ),
        Words(
            f"ansible-playbook playbooks/backup.yml -l {look.router_host}",
            f"ansible-playbook playbooks/backup.yml -l {look.router_host}",
        ),
    )
