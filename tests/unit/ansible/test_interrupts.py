"""Ctrl-C while something must be put right."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from diemcau.ansible import interrupts

CALL = """
import signal, sys, time
from diemcau.ansible import interrupts
try:
    with interrupts.orderly():
        try:
            print("calling", flush=True)
            try:
                time.sleep(30)
            except Exception:
                print("went on")
        finally:
            print("hung up", flush=True)
            time.sleep(0.3)
            print("for sure", flush=True)
finally:
    print("never told")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_must_be_done_is_done_once_and_the_process_ends(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", CALL], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == b"calling\n"
        process.send_signal(number)
        assert process.stdout.readline() == b"hung up\n"
        process.send_signal(signal.SIGINT)  # impatience
        process.send_signal(signal.SIGTERM)
        assert (process.stdout.read(), process.stderr.read(), process.wait(10)) == (b"for sure\n", b"", 1)


def test_undisturbed_everything_is_as_before() -> None:
    before = [signal.getsignal(number) for number in interrupts.SIGNALS]
    with pytest.raises(KeyError), interrupts.orderly():
        assert signal.getsignal(signal.SIGTERM) not in before
        raise KeyError
    assert [signal.getsignal(number) for number in interrupts.SIGNALS] == before
