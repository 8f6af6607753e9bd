"""The slow line counts what it says it counts: scripted conversations with a known number of round trips.

No test looks at a clock. The delay is long against what the two ends of a loopback connection compute.
"""

from __future__ import annotations

import asyncio
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import Awaitable, Callable

import pytest

from tests.bench.proxy import Count, slow_line

DELAY = 0.05  # seconds, each way

Side = Callable[[Reader, Writer], Awaitable[None]]


def converse(server: Side, client: Side, delay: float = DELAY) -> Count:
    """Let the two talk over a slow line, and count."""

    async def serve(reader: Reader, writer: Writer) -> None:
        await server(reader, writer)
        writer.close()

    async def run() -> Count:
        listener = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with listener, slow_line("127.0.0.1", listener.sockets[0].getsockname()[1], delay) as (port, count):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await client(reader, writer)
            writer.close()
            return count

    return asyncio.run(asyncio.wait_for(run(), 30))


async def answer_lines(reader: Reader, writer: Writer) -> None:
    while line := await reader.readline():
        writer.write(line.upper())


def ask(times: int) -> Side:
    async def client(reader: Reader, writer: Writer) -> None:
        for _ in range(times):
            writer.write(b"hello\n")
            assert await reader.readline() == b"HELLO\n"

    return client


@pytest.mark.parametrize("times", [1, 2, 7])
@pytest.mark.parametrize("delay", [0, DELAY])
def test_each_question_that_waits_for_its_answer_is_a_round_trip(times: int, delay: float) -> None:
    count = converse(answer_lines, ask(times), delay)
    assert count == Count(connections=1, round_trips=1 + times, up_bytes=6 * times, down_bytes=6 * times)


def test_questions_sent_at_once_share_a_round_trip() -> None:
    async def client(reader: Reader, writer: Writer) -> None:
        for _ in range(10):
            writer.write(b"hello\n")
            await writer.drain()
            await asyncio.sleep(DELAY / 50)  # pieces of their own
        assert await reader.readexactly(60) == b"HELLO\n" * 10

    assert converse(answer_lines, client).round_trips == 2


def test_a_greeting_that_the_client_waits_for_is_a_round_trip() -> None:
    async def server(reader: Reader, writer: Writer) -> None:
        writer.write(b"welcome\n")
        await answer_lines(reader, writer)

    async def client(reader: Reader, writer: Writer) -> None:
        assert await reader.readline() == b"welcome\n"
        await ask(1)(reader, writer)

    assert converse(server, client).round_trips == 3  # TCP, greeting, question


def test_a_greeting_that_crosses_the_first_question_is_none() -> None:
    async def server(reader: Reader, writer: Writer) -> None:
        writer.write(b"welcome\n")
        await answer_lines(reader, writer)

    async def client(reader: Reader, writer: Writer) -> None:
        writer.write(b"hello\n")
        assert await reader.readline() == b"welcome\n"
        assert await reader.readline() == b"HELLO\n"

    assert converse(server, client).round_trips == 2


def test_acknowledging_a_stream_costs_one_round_trip_and_not_one_for_each_piece() -> None:
    pieces = 10

    async def server(reader: Reader, writer: Writer) -> None:
        await reader.readline()
        for _ in range(pieces):
            writer.write(b"piece\n")
            await writer.drain()
            await asyncio.sleep(DELAY / 50)
        for _ in range(pieces):
            await reader.readexactly(1)
        writer.write(b"end\n")

    async def client(reader: Reader, writer: Writer) -> None:
        writer.write(b"go\n")
        for _ in range(pieces):
            await reader.readline()
            writer.write(b".")
        assert await reader.readline() == b"end\n"

    assert converse(server, client).round_trips == 3  # TCP, the stream, the last acknowledgement and its answer


def test_a_last_word_that_nobody_answers_is_none() -> None:
    async def client(reader: Reader, writer: Writer) -> None:
        await ask(1)(reader, writer)
        writer.write(b"bye")
        writer.write_eof()
        assert await reader.read() == b"BYE"

    async def silent_client(reader: Reader, writer: Writer) -> None:
        await ask(1)(reader, writer)
        writer.write(b"bye")

    assert converse(answer_lines, client).round_trips == 3
    assert converse(answer_lines, silent_client).round_trips == 2


def test_the_end_of_a_stream_arrives_after_its_data() -> None:
    async def server(reader: Reader, writer: Writer) -> None:
        assert await reader.read() == b"x" * 300_000
        writer.write(b"y" * 200_000)

    async def client(reader: Reader, writer: Writer) -> None:
        writer.write(b"x" * 300_000)
        writer.write_eof()
        assert await reader.read() == b"y" * 200_000

    count = converse(server, client)
    assert (count.round_trips, count.up_bytes, count.down_bytes) == (2, 300_000, 200_000)


def test_a_connection_that_is_refused_ends_the_client() -> None:
    async def run() -> Count:
        listener = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        closed = listener.sockets[0].getsockname()[1]
        listener.close()
        await listener.wait_closed()
        async with slow_line("127.0.0.1", closed, DELAY) as (port, count):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert await reader.read() == b""
            writer.close()
            return count

    assert asyncio.run(asyncio.wait_for(run(), 30)) == Count(connections=1, round_trips=1)


def test_counts_of_connections_add_up() -> None:
    async def run() -> Count:
        async def serve(reader: Reader, writer: Writer) -> None:
            await answer_lines(reader, writer)
            writer.close()

        listener = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with listener, slow_line("127.0.0.1", listener.sockets[0].getsockname()[1], DELAY) as (port, count):
            for times in (1, 3):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                await ask(times)(reader, writer)
                writer.close()
            return count

    count = asyncio.run(asyncio.wait_for(run(), 30))
    assert (count.connections, count.round_trips) == (2, 2 + 4)
