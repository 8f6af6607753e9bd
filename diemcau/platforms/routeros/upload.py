"""A file onto a router, over the SSH transport that is there."""

from __future__ import annotations

import threading

import paramiko

from diemcau.errors import Problem, Unreachable

_SLOWEST = 1000  # bytes per second that a line has to carry: 8 kbit/s


def upload(client: paramiko.SSHClient, name: str, text: str, timeout: float) -> None:
    """Write a file by SFTP. Raises Unreachable, without the host's name.

    SFTP itself waits for ever on a line that has died silently: after ``timeout`` seconds, and what the file takes on
    the slowest line, the transport is closed under it.
    """
    content = text.encode()
    guard = threading.Timer(timeout + len(content) / _SLOWEST, client.close)
    guard.start()
    try:
        with client.open_sftp() as files, files.open(name, "w") as file:
            file.set_pipelined(True)
            file.write(content)
    except (OSError, EOFError, AttributeError, paramiko.SSHException) as error:
        # AttributeError: paramiko's, when the transport was closed before the channel
        raise Unreachable(Problem(found=f"the change could not be uploaded: {type(error).__name__}")) from None
    finally:
        guard.cancel()
