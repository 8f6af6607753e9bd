"""What baresip is told, and the marks that its packets get on their way out."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path

from twin.polycom.agent import Account, Media

CONTROL_PORT = 4444  # on 127.0.0.1 of the room's own namespace
MAX_CALLS = 12  # an endpoint that all eleven others call, and one call more
REGISTER_SECONDS = 60
TABLE = "inet endpoint"
MODULES = "/usr/lib/baresip/modules"  # in Debian 12 and 13

# What a call costs is its audio (G.711, 50 packets a second) and some very small pictures a second: twelve rooms and
# all else share two processors. The sine comes at 48 kHz in stereo only. Without a player nothing is decoded.
_CONFIG = """\
poll_method epoll
sip_listen 0.0.0.0:5060
call_local_timeout 120
call_max_calls {calls}
call_hold_other_calls no
audio_source ausine,440
audio_txmode poll
ausrc_srate 48000
ausrc_channels 2
video_source fakevideo,nil
video_display fakevideo,nil
video_size 176x144
video_bitrate {video}
video_fps 5
rtp_tos 0
rtp_ports {low}-{high}
rtcp_mux no
jitter_buffer_delay 1-5
rtp_stats no
module_path {modules}
module g711.so
module ausine.so
module vp8.so
module fakevideo.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{port}
statmode_default off
menu_bell no
"""

# Telephone events share the numbers of dynamic payload types with video; baresip gives them 101.
_MARKS = """\
table {table}
delete table {table}
table {table} {{
    set video {{ type inet_service; flags dynamic, timeout; size 1024; timeout 1m; }}
    chain marks {{
        type filter hook output priority mangle; policy accept;
        meta l4proto {{ tcp, udp }} th sport 5060-5061 ip dscp set {signalling} accept
        meta l4proto {{ tcp, udp }} th dport 5060-5061 ip dscp set {signalling} accept
        meta l4proto != udp accept
        udp sport != {low}-{high} accept
        udp sport & 1 == 1 jump control
        @th,72,8 & 0x7f >= 96 @th,72,8 & 0x7f != 101 update @video {{ udp sport }} ip dscp set {video} accept
        ip dscp set {audio}
    }}
    chain control {{
        udp sport & 0xfffe == @video ip dscp set {video} accept
        ip dscp set {audio} accept
    }}
}}
"""


def config(media: Media) -> str:
    """The file `config`."""
    return _CONFIG.format(
        calls=MAX_CALLS,
        video=max(64, media.rate_kbps - 64) * 1000,
        low=media.udp_low,
        high=media.udp_high,
        modules=MODULES,
        port=CONTROL_PORT,
    )


def user_agent(account: Account, media: Media) -> str:
    """What makes the client register; it holds the password. Raises ValueError when the client cannot take a value."""
    for name, value in (("user", account.user), ("account", account.auth_user), ("password", account.password)):
        if not re.fullmatch(r"[!-~]*", value) or set(value) & set(';"<>\\'):
            raise ValueError(f"the SIP {name} holds a character that the client cannot take")
    name = re.sub(r'["\\<>]', "", media.name)
    transport = f";transport={account.transport}"
    fields = [
        f'"{name}" <sip:{account.user}@{account.registrar}{transport}>',
        f"auth_user={account.auth_user}",
        f"auth_pass={account.password}",
        f'outbound="sip:{account.proxy or account.registrar}{transport}"',
        f"regint={REGISTER_SECONDS}",
        f"answermode={answer_mode(media, 0)}",
    ]
    return ";".join(fields)


def answer_mode(media: Media, calls: int) -> str:
    """How the next call is answered beside so many others."""
    return "auto" if (media.multipoint_auto_answer if calls else media.auto_answer) else "manual"


def marks(media: Media) -> str:
    """nftables' rules for the DSCP of signalling, audio and video; RTCP (odd ports) goes with its medium.

    baresip 1 knows one mark for everything that it sends.
    """
    return _MARKS.format(
        table=TABLE,
        low=media.udp_low,
        high=media.udp_high,
        signalling=media.dscp_signalling,
        audio=media.dscp_audio,
        video=media.dscp_video,
    )


def write(folder: Path, media: Media) -> None:
    """Make the folder that `baresip -f` reads. The account is in no file: the control port takes it later."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "config").write_text(config(media))


def target(number: str, registrar: str) -> str:
    """The address to dial for what a person types: an extension, extension@host, or an address."""
    try:
        return f"sip:{ipaddress.IPv4Address(number)}"
    except ValueError:
        return f"sip:{number}" if "@" in number else f"sip:{number}@{registrar}"


def number_of(uri: str, registrar: str) -> str:
    """What a person reads of an address: the extension, with its host when that is not the own registrar."""
    bare = re.sub(r"^sips?:", "", uri.strip("<> ")).partition(";")[0].partition("?")[0]
    user, _, host = bare.rpartition("@")
    return user if user and host.partition(":")[0] == registrar.partition(":")[0] else bare
