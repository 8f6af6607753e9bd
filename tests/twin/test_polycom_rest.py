"""The HTTPS face: sessions, every path, every refusal, and the store it shares with the command line."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path

import pytest

from tests.twin.polycom_kit import SERIAL, Bench, Web, on_a_unit, until
from twin.polycom import reach
from twin.polycom.agent import Stream
from twin.polycom.sessions import IDLE_SECONDS, MAX_SESSIONS, Sessions

SIP = "comm.nics.sipnic."


async def sip_on(bench: Bench) -> None:
    """What a call needs."""
    for name, value in (("sipenable", "True"), ("sipregistrarserver", "10.77.1.15"), ("sipusername", "8018")):
        key = "comm.callpreference.sipenable" if name == "sipenable" else SIP + name
        bench.device.endpoint.change(key, value)


# ---------------------------------------------------------------- sessions
def test_log_in_and_out(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        web = Web(bench.device.https_port)
        status, answer = await web.login()
        session = answer["session"]["sessionId"]
        assert status == 200
        assert answer == {
            "loginStatus": {"failedLogins": 0, "loginResult": "NOLOCKOUT"},
            "session": {"role": "ADMIN", "sessionId": session, "userId": "admin"},
            "success": True,
        }
        assert web.cookie == f"session_id={session}"
        assert (await web.get("/rest/system"))["serialNumber"] == SERIAL
        assert await web.send("POST", "/rest/session", {"action": "Logout"}) == (200, {"success": True})
        web.cookie = f"session_id={session}"  # it is worth nothing now
        assert (await web.send("GET", "/rest/system"))[0] == 403
        assert (await web.send("POST", "/rest/session", {"action": "Logout"}))[0] == 403

    on_a_unit(test, tmp_path)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/rest/config"),
        ("GET", "/rest/system"),
        ("GET", "/rest/system/status"),
        ("GET", "/rest/system/sipservers"),
        ("POST", "/rest/system/reboot"),
        ("POST", "/rest/system/network/ping"),
        ("GET", "/rest/conferences"),
        ("POST", "/rest/conferences"),
        ("DELETE", "/rest/conferences/1"),
        ("GET", "/rest/conferences/1/mediastats"),
        ("GET", "/rest/audio"),
        ("GET", "/rest/cameras/near/all"),
    ],
)
def test_nothing_without_a_session(tmp_path: Path, method: str, path: str) -> None:
    async def test(bench: Bench) -> None:
        for cookie in ("", "session_id=PSguess", 'session_id="'):
            web = Web(bench.device.https_port)
            web.cookie = cookie
            assert (await web.send(method, path, {"action": "reboot"}))[0] == 403
        assert bench.reboots == 0

    on_a_unit(test, tmp_path)


def test_a_session_that_is_there_is_not_opened_again(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        web = await bench.web()
        assert await web.login() == (412, {"success": False, "reason": "SessionAlreadyActive"})

    on_a_unit(test, tmp_path)


def test_the_table_is_full_and_a_log_out_makes_room(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        webs = [await bench.web() for _ in range(MAX_SESSIONS - 23)]
        late = Web(bench.device.https_port)
        assert await late.login() == (400, {"success": False, "reason": "SessionAlreadyActive"})
        assert (await late.login("wrong"))[0] == 401
        await webs[0].post("/rest/session", {"action": "Logout"})
        assert (await late.login())[0] == 200

    on_a_unit(test, tmp_path, {"sessions_taken": 23})


def test_sessions_that_nobody_uses_end() -> None:
    now = 0.0
    table = Sessions(0, clock=lambda: now)
    used, unused = table.open(), table.open()
    now = IDLE_SECONDS - 1
    assert table.known(used)
    now = IDLE_SECONDS + 1
    assert table.known(used)
    assert not table.known(unused)
    assert len({table.open() for _ in range(MAX_SESSIONS - 1)}) == MAX_SESSIONS - 1
    assert table.open() == ""


def test_wrong_passwords_lock_both_faces(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        now = 1000.0
        bench.device.endpoint.passwords._clock = lambda: now
        web = Web(bench.device.https_port)
        for failed in range(1, 4):
            status, answer = await web.login(f"guess {failed}")
            assert status == 401
            told = {"failedLogins": failed, "loginResult": "NOLOCKOUT"}
            assert answer == {"loginStatus": told, "success": False}
        assert not bench.device._authenticate("admin", "password", "guess 4")  # SSH counts as well
        status, answer = await web.login("guess 5")
        assert (status, answer["loginStatus"]) == (401, {"failedLogins": 5, "loginResult": "LOCKOUT"})
        status, answer = await web.login()  # the right one comes too late
        assert (status, answer["success"], answer["loginStatus"]["loginResult"]) == (401, False, "LOCKOUT")
        assert not bench.device._authenticate("admin", "password", SERIAL)
        now += 59.0
        assert (await web.login())[0] == 401
        now += 2.0
        assert (await web.login())[0] == 200
        assert (await Web(bench.device.https_port).login("guess"))[1]["loginStatus"]["failedLogins"] == 1

    on_a_unit(test, tmp_path)


def test_a_good_log_in_and_a_power_cut_forget_failed_ones(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        for _ in range(3):
            for _ in range(4):
                assert (await Web(bench.device.https_port).login("wrong"))[0] == 401
            assert (await Web(bench.device.https_port).login())[0] == 200
        for _ in range(5):
            await Web(bench.device.https_port).login("wrong")
        assert (await Web(bench.device.https_port).login())[0] == 401
        await bench.again()
        assert (await Web(bench.device.https_port).login())[0] == 200
        assert (await Web(bench.device.https_port).login(SERIAL, "root"))[0] == 401

    on_a_unit(test, tmp_path)


# ---------------------------------------------------------------- settings
def test_reading_and_writing_settings(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        web = await bench.web()
        assert await web.value("comm.nics.sipnic.sipusername") == {
            "name": "comm.nics.sipnic.sipusername",
            "result": "NOERROR",
            "value": "",
            "isEditable": True,
            "isHidden": False,
            "isSecure": False,
        }
        written = await web.write(comm__qos__tosfield="DIFFSERV", comm__qos__diffservqos__diffservaudio=46)
        assert written == {
            "vars": [
                {"name": "comm.qos.tosfield", "requestedValue": "DIFFSERV", "result": "NOERROR"},
                {"name": "comm.qos.diffservqos.diffservaudio", "requestedValue": "46", "result": "NOERROR"},
            ],
            "rebootNeeded": False,
        }
        assert (await web.value("comm.qos.diffservqos.diffservaudio"))["value"] == "46"
        written = await web.write(comm__callpreference__sipenable=True)
        assert written["vars"][0]["requestedValue"] == "True"
        assert (await web.value("comm.callpreference.sipenable"))["value"] == "True"
        await web.write(time__timezone="Asia_Bangkok", comm__callpreference__preferredspeed__ipoutgoing="1024")
        assert (await web.value("time.timezone"))["value"] == "Asia_Bangkok"
        assert (await web.value("system.info.serialnumber"))["isEditable"] is False

    on_a_unit(test, tmp_path)


def test_both_faces_look_at_one_store(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        web = await bench.web()
        async with bench.shell() as shell:
            await shell.ask("systemsetting sipusername 8018")
            await shell.ask('systemname set "Xã Ch\'Ơm"')
            assert (await web.value(SIP + "sipusername"))["value"] == "8018"
            assert (await web.get("/rest/system"))["systemName"] == "Xã Ch'Ơm"
            await web.write(**{"system__info__systemname": "A Tiêng", "comm__nics__sipnic__sipproxyserver": ""})
            assert await shell.ask("systemname get") == 'systemname "A Tiêng"'
            await web.write(comm__callpreference__preferredspeed__ipmaxincoming=1920)
            assert await shell.ask("systemsetting get ipmaxincoming") == "systemsetting ipmaxincoming 1920"

    on_a_unit(test, tmp_path)


def test_settings_that_are_refused(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        web = await bench.web()

        async def result(name: str, value: object) -> str:
            return str((await web.write(**{name: value}))["vars"][0]["result"])

        assert await result("comm.qos.diffservqos.diffservaudio", 64) == "INVALIDVALUE"
        assert await result("comm.firewall.fixedports", "yes") == "INVALIDVALUE"
        assert await result("time.timezone", "") == "INVALIDVALUE"
        assert await result("system.info.systemname", "two\r\nlines") == "INVALIDVALUE"
        assert await result("system.info.serialnumber", "1") == "READONLY"
        assert await result("comm.nonsense", "1") == "NOTFOUND"
        assert await result("autoanswer", "yes") == "NOTFOUND"  # the command line's word, not REST's name
        assert await web.value("comm.nonsense") == {"name": "comm.nonsense", "result": "NOTFOUND"}
        # one refusal stops no other setting
        both = await web.write(comm__qos__tosfield="nonsense", time__timezone="Asia_Bangkok")
        assert [one["result"] for one in both["vars"]] == ["INVALIDVALUE", "NOERROR"]
        assert (await web.value("time.timezone"))["value"] == "Asia_Bangkok"
        await bench.agent.dial("8001", 768)
        assert await result(SIP + "sipusername", "8018") == "INCALL"
        await bench.agent.hang_up()
        bench.device.endpoint.change("provisionserverenable", "true")
        assert await result(SIP + "sipusername", "8018") == "PROVISIONED"
        told = await web.value(SIP + "sipusername")
        assert (told["value"], told["isEditable"]) == ("", False)

    on_a_unit(test, tmp_path)


def test_secrets_can_be_written_and_never_be_read(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        web = await bench.web()
        await web.write(comm__nics__sipnic__sippassword="s3cret-8018")
        told = await web.value(SIP + "sippassword")
        assert (told["value"], told["isSecure"], told["result"]) == ("", True, "NOERROR")
        assert bench.device.endpoint.active(SIP + "sippassword") == "s3cret-8018"
        assert "s3cret" not in str(bench.device.status())

    on_a_unit(test, tmp_path)


def test_what_needs_a_reboot_takes_effect_with_it(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        web = await bench.web()
        assert (await web.get("/rest/system"))["rebootNeeded"] is False
        written = await web.write(comm__firewall__fixedports=True, comm__firewall__fixedportsudplow=4000)
        assert written["rebootNeeded"] is True
        assert (await web.get("/rest/system"))["rebootNeeded"] is True
        assert (await web.value("comm.firewall.fixedports"))["value"] == "True"
        assert bench.device.endpoint.active("comm.firewall.fixedports") == "False"
        assert (await web.write(time__timezone="Asia_Bangkok"))["rebootNeeded"] is False
        written = await web.write(comm__firewall__fixedports=False, comm__firewall__fixedportsudplow="3230")
        assert written["rebootNeeded"] is False  # back to what is in effect
        await web.write(comm__firewall__fixedports=True)
        await bench.again()
        assert bench.agent.starts[0][1].udp_low == 3230
        assert bench.agent.starts[0][1].udp_high == 3291
        assert (await (await bench.web()).get("/rest/system"))["rebootNeeded"] is False

    on_a_unit(test, tmp_path)


# ---------------------------------------------------------------- the unit
def test_what_it_tells_about_itself(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        bench.printed["ip -4 -j address"] = '[{"addr_info":[{"local":"10.77.18.10","prefixlen":24}]}]'
        web = await bench.web()
        system = await web.get("/rest/system")
        assert system["model"] == "RealPresence Group 500"
        assert system["lanStatus"] == {"duplex": "FULL", "speedMbps": 1000, "state": "UP"}
        assert {"softwareVersion", "state", "systemName", "uptime"} <= set(system)
        assert await web.get("/rest/system/sipservers") == []
        await sip_on(bench)
        states = {one["name"]: one["state"] for one in await web.get("/rest/system/status")}
        assert states["system.status.ipnetwork"] == ["up"]
        assert states["system.status.sipserver"] == ["down"]
        bench.agent.registered = True
        states = {one["name"]: one["state"] for one in await web.get("/rest/system/status")}
        assert states["system.status.sipserver"] == ["up"]
        (server,) = await web.get("/rest/system/sipservers")
        assert (server["address"], server["state"]) == ("10.77.1.15", "UP")
        assert await web.get("/rest/audio") == {
            "muteLocked": False,
            "muted": False,
            "numOfMicsConnected": 1,
            "volume": 25,
        }
        (camera,) = await web.get("/rest/cameras/near/all")
        assert camera["connected"] is True

    on_a_unit(test, tmp_path)


def test_reboot(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        web = await bench.web()
        assert (await web.send("POST", "/rest/system/reboot", {"action": "halt"}))[0] == 400
        assert await web.post("/rest/system/reboot", {"action": "reboot"}) == {"success": True}
        await until(lambda: bench.reboots == 1)
        assert bench.agent.stops == 1
        with pytest.raises(OSError, match="refused"):
            await web.get("/rest/system")
        await bench.on()
        web.port = bench.device.https_port
        assert (await web.send("GET", "/rest/system"))[0] == 403  # sessions are gone

    on_a_unit(test, tmp_path)


def test_ping(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        web = await bench.web()
        bench.printed["ping -n -c 1"] = "64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=12.4 ms\n"
        told = await web.post("/rest/system/network/ping", {"destination": "127.0.0.1"})
        assert (told["icmpReachable"], told["responseTime"]) == (True, 12)
        assert {"h323Reachable", "sipReachable"} <= set(told)
        bench.printed.clear()
        told = await web.post("/rest/system/network/ping", {"destination": "127.0.0.1"})
        assert (told["icmpReachable"], told["responseTime"]) == (False, -1)
        for wrong in ("-f", "", "a b", 1):
            assert (await web.send("POST", "/rest/system/network/ping", {"destination": wrong}))[0] == 400

    on_a_unit(test, tmp_path)


class _Sip(asyncio.DatagramProtocol):
    """Answers whatever looks like an OPTIONS request."""

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if data.startswith(b"OPTIONS sip:127.0.0.1 SIP/2.0\r\n") and data.endswith(b"\r\n\r\n"):
            self.transport.sendto(b"SIP/2.0 200 OK\r\n\r\n", addr)


def test_ping_tries_sip_and_h323(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(bench: Bench) -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(_Sip, local_addr=("127.0.0.1", 0))
        server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
        monkeypatch.setattr(reach, "SIP_PORT", transport.get_extra_info("sockname")[1])
        monkeypatch.setattr(reach, "H323_PORT", server.sockets[0].getsockname()[1])
        web = await bench.web()
        told = await web.post("/rest/system/network/ping", {"destination": "127.0.0.1"})
        assert (told["sipReachable"], told["h323Reachable"]) == (True, True)
        transport.close()
        server.close()
        told = await web.post("/rest/system/network/ping", {"destination": "127.0.0.1"})
        assert (told["sipReachable"], told["h323Reachable"]) == (False, False)

    on_a_unit(test, tmp_path)


# ---------------------------------------------------------------- calls
def test_a_call_from_beginning_to_end(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        web = await bench.web()
        call = {"address": "8001", "rate": 1024, "dialType": "SIP"}
        assert (await web.send("POST", "/rest/conferences", call))[0] == 400  # SIP is off
        await sip_on(bench)
        assert (await web.send("POST", "/rest/conferences", {**call, "rate": 1000}))[0] == 400
        assert (await web.send("POST", "/rest/conferences", {**call, "rate": True}))[0] == 400
        assert (await web.send("POST", "/rest/conferences", {**call, "dialType": "H323"}))[0] == 400
        assert (await web.send("POST", "/rest/conferences", {"rate": 1024}))[0] == 400
        assert await web.get("/rest/conferences") == []
        (made,) = await web.post("/rest/conferences", call)
        assert bench.agent.dialled == [("8001", 1024)]
        (told,) = await web.get("/rest/conferences")
        assert (told["href"], told["isActive"]) == (made["href"], False)
        assert await web.get(made["href"] + "/mediastats") == []
        bench.agent.connect("Huyện ủy")
        bench.agent.streams = [Stream("RX", "VIDEO", 899.6, 3, 0.333, 4.04)]
        told = await web.get(made["href"])
        (terminal,) = told["terminals"]
        assert (told["isActive"], terminal["name"], terminal["state"]) == (True, "Huyện ủy", "CONNECTED")
        assert await web.get(made["href"] + "/mediastats") == [
            {
                "mediaDirection": "RX",
                "mediaType": "VIDEO",
                "actualBitRate": 900,
                "packetLoss": 3,
                "percentPacketLoss": 0.33,
                "jitter": 4.0,
            }
        ]
        assert await web.send("DELETE", made["href"]) == (200, {"success": True})
        for method, path in (("DELETE", ""), ("GET", ""), ("GET", "/mediastats")):
            assert (await web.send(method, made["href"] + path))[0] == 404
        bench.agent.refuses = "no way"
        assert await web.send("POST", "/rest/conferences", call) == (400, {"success": False, "reason": "no way"})

    on_a_unit(test, tmp_path)


# ---------------------------------------------------------------- HTTP
def test_requests_that_make_no_sense(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        web = await bench.web()
        assert (await web.send("GET", "/rest/nonsense"))[0] == 404
        assert (await web.send("DELETE", "/rest/system"))[0] == 405
        assert (await web.send("GET", "/rest/session"))[0] == 405
        for body in (b"", b"{", b"[]", b'{"names": "x"}', b'{"names": [1]}', b'{"vars": [{"name": "x"}]}', b"\xff"):
            assert (await web.send("POST", "/rest/config", body))[0] == 400
        assert (await web.send("POST", "/rest/config", {"vars": [{"name": "x", "value": None}]}))[0] == 400
        assert (await web.send("POST", "/rest/session", {"user": "admin", "password": SERIAL}))[0] == 400  # VideoOS
        assert (await web.send("POST", "/rest/config", {"names": []})) == (200, {"vars": []})

    on_a_unit(test, tmp_path)


def _raw(port: int, text: bytes) -> bytes:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), 30) as plain,
        context.wrap_socket(plain, server_hostname="x") as wire,
    ):
        wire.sendall(text)
        answer = b""
        while part := wire.recv(65536):
            answer += part
        return answer


def test_http_itself(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async def raw(text: bytes) -> bytes:
            return await asyncio.to_thread(_raw, bench.device.https_port, text)

        head = b"POST /rest/session HTTP/1.1\r\nHost: x\r\n"
        two = b"GET /rest/system HTTP/1.1\r\n\r\nGET /rest/audio HTTP/1.1\r\nConnection: close\r\n\r\n"
        assert (await raw(two)).count(b"HTTP/1.1 403 Forbidden") == 2  # one connection
        for wrong, status in (
            (b"nonsense\r\n\r\n", b"400"),
            (b"GET / HTTP/1.1\r\nnonsense\r\n\r\n", b"400"),
            (head + b"Content-Length: x\r\n\r\n", b"400"),
            (head + b"Content-Length: 99999999\r\n\r\n", b"413"),
            (head + b"Transfer-Encoding: chunked\r\n\r\n", b"411"),
            (head + b"X: " + b"x" * 20000 + b"\r\n\r\n", b"431"),
        ):
            assert (await raw(wrong)).startswith(b"HTTP/1.1 " + status), wrong[:60]
        expecting = head + b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
        assert (await raw(expecting)).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400")

    on_a_unit(test, tmp_path)


def test_the_web_can_be_switched_off(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async with bench.shell() as shell:
            await shell.ask("systemsetting webenabled False")
            await until(lambda: not bench.device._https.listening)
            with pytest.raises(OSError, match="refused"):
                await Web(bench.device.https_port).login()
            await shell.ask("systemsetting webenabled True")
            await until(lambda: bench.device._https.listening)
            assert (await Web(bench.device.https_port).login())[0] == 200

    on_a_unit(test, tmp_path)
