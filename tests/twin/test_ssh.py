"""The shared SSH server: who gets in, what a session sees, how often one may guess."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import asyncssh
import pytest

from twin.ssh import MAX_FAILED_LOGINS, read_input, serve

HOST_KEY = asyncssh.generate_private_key("ssh-ed25519")
USER_KEY = asyncssh.generate_private_key("ssh-ed25519")
PRIVATE = HOST_KEY.export_private_key("openssh").decode()
SECRET = "very-secret-7391"


def authenticate(user: str, kind: str, credential: str) -> bool:
    if kind == "publickey":
        return user == "an" and credential == " ".join(USER_KEY.export_public_key("openssh").decode().split()[:2])
    return user == "an" and credential == SECRET


async def session(process: asyncssh.SSHServerProcess[str]) -> None:
    if process.command is not None:
        process.stdout.write(f"exec {process.command}\n")
        process.exit(3)
        return
    while text := await read_input(process):
        process.stdout.write(repr(text) + "\n")


async def server(**options: object) -> asyncssh.SSHAcceptor:
    return await serve(0, PRIVATE, authenticate, session, host="127.0.0.1", **options)  # type: ignore[arg-type]


def connect(acceptor: asyncssh.SSHAcceptor, **options: object) -> asyncssh.connection._ACMWrapper:
    known = asyncssh.import_known_hosts(
        f"[127.0.0.1]:{acceptor.get_port()} {HOST_KEY.export_public_key('openssh').decode()}"
    )
    return asyncssh.connect(
        "127.0.0.1", acceptor.get_port(), username="an", known_hosts=known, config=None, agent_path=None, **options
    )


def test_terminal_is_raw_and_not_echoed() -> None:
    async def main() -> None:
        async with (
            await server() as acceptor,
            connect(acceptor, client_keys=[USER_KEY]) as client,
            client.create_process(term_type="vt100") as process,
        ):
            process.stdin.write("ab\x18\r")
            assert await process.stdout.readuntil("\n") == "'ab\\x18\\r'\n"

    asyncio.run(main())


def test_exec_reaches_the_session_with_its_command_and_status() -> None:
    async def main() -> None:
        async with await server() as acceptor, connect(acceptor, password=SECRET, client_keys=None) as client:
            result = await client.run("vbash -s")
            assert (result.stdout, result.exit_status) == ("exec vbash -s\n", 3)

    asyncio.run(main())


def test_unknown_key_and_wrong_password_are_refused_and_nothing_secret_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> None:
        caplog.set_level(logging.DEBUG)
        async with await server() as acceptor:
            with pytest.raises(asyncssh.PermissionDenied):
                async with connect(acceptor, client_keys=[asyncssh.generate_private_key("ssh-ed25519")]):
                    pass
            with pytest.raises(asyncssh.PermissionDenied):
                async with connect(acceptor, password=SECRET + "x", client_keys=None):
                    pass
            async with connect(acceptor, password=SECRET, client_keys=None):
                pass
        assert caplog.text  # logging was on
        assert SECRET not in caplog.text

    asyncio.run(main())


def test_guesses_are_limited() -> None:
    async def main() -> None:
        async with await server() as acceptor:
            keys = [asyncssh.generate_private_key("ssh-ed25519") for _ in range(MAX_FAILED_LOGINS)]
            # the right key comes too late: the connection is closed after the sixth wrong one
            with pytest.raises(asyncssh.DisconnectError, match="Too many authentication failures"):
                async with connect(acceptor, client_keys=[*keys, USER_KEY]):
                    pass
            async with connect(acceptor, client_keys=[*keys[1:], USER_KEY]):
                pass

    asyncio.run(main())


def test_passwords_can_be_off() -> None:
    async def main() -> None:
        async with await server(passwords=lambda: False) as acceptor:
            with pytest.raises(asyncssh.PermissionDenied):
                async with connect(acceptor, password=SECRET, client_keys=None):
                    pass

    asyncio.run(main())


def test_sftp_stays_inside_its_root(tmp_path: Path) -> None:
    async def main() -> None:
        (tmp_path / "an").mkdir()
        (tmp_path / "outside").write_text("no")
        async with (
            await server(sftp_root=lambda user: tmp_path / user) as acceptor,
            connect(acceptor, client_keys=[USER_KEY]) as client,
            client.start_sftp_client() as sftp,
        ):
            async with sftp.open("/x.rsc", "w") as file:
                await file.write("xin chào")
            assert not await sftp.exists("/../outside")
        assert (tmp_path / "an" / "x.rsc").read_text() == "xin chào"

    asyncio.run(main())


def test_no_sftp_unless_asked() -> None:
    async def main() -> None:
        async with await server() as acceptor, connect(acceptor, client_keys=[USER_KEY]) as client:
            with pytest.raises(asyncssh.Error):
                await client.start_sftp_client()

    asyncio.run(main())


@pytest.mark.parametrize("old", [True, False])
def test_sha1_is_spoken_only_when_asked(old: bool) -> None:
    async def main() -> None:
        async with await server(rsa_sha1=old) as acceptor:
            options = {"client_keys": [USER_KEY], "kex_algs": ["diffie-hellman-group14-sha1"]}
            if old:
                async with connect(acceptor, **options):
                    pass
            else:
                with pytest.raises(asyncssh.KeyExchangeFailed):
                    async with connect(acceptor, **options):
                        pass

    asyncio.run(main())


@pytest.mark.parametrize(("offered", "agreed"), [(True, b"zlib@openssh.com"), (False, b"none")])
def test_compression_is_spoken_where_it_is_offered(offered: bool, agreed: bytes) -> None:
    async def main() -> None:
        wish = ["zlib@openssh.com", "none"]
        async with (
            await server(compression=offered) as acceptor,
            connect(acceptor, client_keys=[USER_KEY], compression_algs=wish) as client,
        ):
            assert client.get_extra_info("recv_compression").encode() == agreed

    asyncio.run(main())
