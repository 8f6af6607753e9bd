"""Causes in a room: nobody can dial it, nobody is heard or seen there."""

from __future__ import annotations

from collections.abc import Iterator

from diemcau.readiness.look import Around, Look
from diemcau.readiness.words import RISK, STOP, Finding, Words


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
        echoes = look.line is not None and look.line.target == "room"
        yield _unread(room.reason) if room.reason and echoes else _off()
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
    if room.muted and not room.in_call:  # whoever is in a call sees to that himself
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


def _off() -> Finding:
    return Finding(
        "endpoint-off",
        STOP,
        Words(
            "thiết bị họp (Polycom) không trả lời: đang tắt hoặc rút dây mạng",
            "the endpoint (Polycom) does not answer: off, or unplugged",
        ),
        Words("Nhờ người ở phòng họp bật Polycom, kiểm tra dây mạng.", "Have it switched on, and its cable checked."),
    )


def _unread(reason: str) -> Finding:
    """It is there, as test packets came back, and nothing more is known of it."""
    return Finding(
        "endpoint-unread",
        STOP,
        Words(f"không xem được thiết bị họp (Polycom): {reason}", f"the endpoint (Polycom) cannot be asked: {reason}"),
        Words(
            "Chạy lại; nếu vẫn vậy, nhờ người ở phòng họp tắt rồi bật lại Polycom.",
            "Run again; if it stays, have it switched off and on.",
        ),
    )
