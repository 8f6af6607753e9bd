"""Kamailio's configuration: registrar with digest authentication, and proxy that stays in the way of a call."""

from __future__ import annotations

from pathlib import Path

PORT = 5060
FOLDER = Path("/run/kamailio")  # in the machine's own, volatile /run; `kamcmd` looks for its socket there
TABLES = FOLDER / "tables"
RPC = FOLDER / "rpc"

# Registrations are kept in memory; the accounts are read at each request, so that a new file counts at once.
_CONFIG = """\
#!KAMAILIO
debug=1
log_stderror=yes
fork=yes
children=2
tcp_children=1
auto_aliases=no
server_signature=no
listen=udp:{address}:{port}
listen=tcp:{address}:{port}

loadmodule "kex.so"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "sanity.so"
loadmodule "xlog.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "db_text.so"
loadmodule "auth.so"
loadmodule "auth_db.so"
loadmodule "ctl.so"
loadmodule "jsonrpcs.so"

modparam("ctl", "binrpc", "unix:{folder}/kamailio_ctl")
modparam("jsonrpcs", "transport", 4)
modparam("jsonrpcs", "dgram_socket", "{rpc}")
modparam("db_text", "db_mode", 1)
modparam("usrloc", "db_mode", 0)
modparam("registrar", "max_contacts", 1)
modparam("registrar", "default_expires", 60)
modparam("registrar", "max_expires", 3600)
modparam("auth_db", "db_url", "text://{tables}")
modparam("auth_db", "calculate_ha1", 0)
modparam("auth_db", "password_column", "ha1")
modparam("auth_db", "load_credentials", "")

request_route {{
    if (!mf_process_maxfwd_header("10")) {{
        sl_send_reply("483", "Too Many Hops");
        exit;
    }}
    if (!sanity_check()) {{
        exit;
    }}
    if (is_method("CANCEL")) {{
        if (t_check_trans()) {{
            t_relay();
        }}
        exit;
    }}
    # Within a call: the way that was recorded when it was made.
    if (has_totag()) {{
        if (loose_route()) {{
            t_relay();
        }} else if (is_method("ACK")) {{
            if (t_check_trans()) {{
                t_relay();
            }}
        }} else {{
            sl_send_reply("404", "Not Here");
        }}
        exit;
    }}
    if (t_precheck_trans()) {{
        t_check_trans();
        exit;
    }}
    t_check_trans();

    # 1: who registers or calls in another's name is refused as well.
    if (!auth_check("{address}", "subscriber", "1")) {{
        if ($au != $null) {{
            xlog("L_NOTICE", "refused: $rm of $au from $si\\n");
        }}
        auth_challenge("{address}", "0");
        exit;
    }}
    consume_credentials();
    if (is_method("REGISTER")) {{
        if (!save("location", "0x04")) {{
            sl_reply_error();
        }}
        exit;
    }}
    if (uri != myself) {{
        sl_send_reply("403", "Not a room of this district");
        exit;
    }}
    if (!is_method("INVITE|MESSAGE|OPTIONS")) {{
        sl_send_reply("405", "Method Not Allowed");
        exit;
    }}
    record_route();
    if (!lookup("location")) {{
        sl_send_reply("480", "Temporarily Unavailable");
        exit;
    }}
    if (!t_relay()) {{
        sl_reply_error();
    }}
}}
"""


def text(address: str) -> str:
    """The configuration of a call server with this address."""
    return _CONFIG.format(address=address, port=PORT, folder=FOLDER, rpc=RPC, tables=TABLES)
