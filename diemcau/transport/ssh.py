"""Opening an SSH session to a device: netmiko, with the pinned host key and the time-outs of a slow line.

Routers are entered with the suite's key and show a host key that the suite made. Endpoints of rooms take only a
password and make their host key themselves: it is pinned when they are first met.
"""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass, replace
from typing import Any

import paramiko
from netmiko import BaseConnection
from netmiko.exceptions import NetmikoAuthenticationException, NetmikoTimeoutException, ReadException

from diemcau.errors import HostKeyChanged, Problem, Unreachable
from diemcau.redaction import Secret

# paramiko's words for a device that said neither yes nor no to a log-in.
_NO_ANSWER = ("Authentication timeout", "transport shut down or saw EOF")

# Without a handler Python prints what paramiko notes of a broken session, tracebacks and all, on the terminal.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Target:
    """Where a device is and how to get in."""

    host: str  # inventory name
    address: str
    user: str
    private_key: Secret | None  # OpenSSH or PEM text
    host_key: str  # pinned: "ssh-ed25519 AAAA…"; "" = first contact, only for devices with a password
    port: int = 22
    timeout: float = 60.0  # seconds for each step: a 600 ms line with losses needs them
    connect_timeout: float = 20.0  # seconds for TCP: four tries of the kernel, at 0, 1, 3 and 7 s
    password: Secret | None = None  # instead of the key


def impatient(target: Target, seconds: float | None) -> Target:
    """The same target, given up after so many seconds without an answer; None: as patient as it is."""
    return target if seconds is None else replace(target, timeout=seconds, connect_timeout=seconds)


class _PinnedKey:
    """Mixin for netmiko's classes: trusts the pinned host key and no other; without one, the key that it sees."""

    diemcau_target: Target

    def _build_ssh_client(self) -> paramiko.SSHClient:
        client = paramiko.SSHClient()
        if not self.diemcau_target.host_key and self.diemcau_target.password is not None:
            client.set_missing_host_key_policy(_FirstContact())
            return client
        kind, blob = self.diemcau_target.host_key.split()[:2]
        entry = paramiko.hostkeys.HostKeyEntry.from_line(f"x {kind} {blob}")
        if entry is None or entry.key is None:
            raise HostKeyChanged(Problem(host=self.diemcau_target.host, found="the pinned host key cannot be read"))
        address, port = self.diemcau_target.address, self.diemcau_target.port
        name = address if port == 22 else f"[{address}]:{port}"
        client.get_host_keys().add(name, kind, entry.key)
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        return client


class _FirstContact(paramiko.MissingHostKeyPolicy):
    """Takes what it sees: :func:`shown_host_key` tells it afterwards."""

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        """Nothing to refuse."""


def shown_host_key(session: Any) -> str:
    """The host key that the device showed on an open session: ``ssh-rsa AAAA…``."""
    key = session.remote_conn_pre.get_transport().get_remote_server_key()
    return f"{key.get_name()} {key.get_base64()}"


def open_session(target: Target, kind: type[BaseConnection], **options: Any) -> Any:
    """A connected netmiko session of class ``kind`` (a subclass of one of netmiko's SSH classes).

    Raises Unreachable and HostKeyChanged. One TCP connection, no retry: the caller decides about a second try.
    """
    pinned = type(f"Pinned{kind.__name__}", (_PinnedKey, kind), {"diemcau_target": target})
    entry: dict[str, Any] = {}
    if target.private_key is not None:
        entry["pkey"] = paramiko.Ed25519Key.from_private_key(io.StringIO(target.private_key.reveal()))
    if target.password is not None:
        entry["password"] = target.password.reveal()
    try:
        return pinned(
            host=target.address,
            port=target.port,
            username=target.user,
            **entry,
            allow_agent=False,
            conn_timeout=target.connect_timeout,
            banner_timeout=target.timeout,
            auth_timeout=target.timeout,
            read_timeout_override=target.timeout,
            **options,
        )
    except NetmikoAuthenticationException as error:
        if any(words in str(error.__context__) for words in _NO_ANSWER):
            raise Unreachable(
                Problem(host=target.host, found=f"{target.address} begins a log-in and does not answer it")
            ) from None
        what = "SSH key" if target.password is None else "password"
        raise Unreachable(
            Problem(host=target.host, found=f"{target.address} refuses the user {target.user} and its {what}")
        ) from None
    except ReadException:  # netmiko's own looks at a terminal, and no SSHException
        raise Unreachable(
            Problem(
                host=target.host, found=f"{target.address} takes the log-in and shows no prompt within the time allowed"
            )
        ) from None
    except (NetmikoTimeoutException, paramiko.SSHException, OSError, EOFError) as error:
        raise _in_words(target, error) from None


def pinned_anew(host: str, pin: str, found: str) -> Problem:
    """A device that was met before shows another key or certificate; ``pin``: the name of the pinned one."""
    return Problem(
        host=host,
        key=pin,
        found=found,
        untouched=True,
        expected="what the endpoint showed when it was first met",
        remedy=(
            "if the endpoint was replaced or reset, take pinned_host_key and pinned_certificate out with "
            f"ansible-vault edit secrets/{host}.yml and run again with -l {host}; "
            "if not, somebody else answers at this address"
        ),
    )


def _in_words(target: Target, error: BaseException) -> HostKeyChanged | Unreachable:
    """netmiko wraps what happened: look below it for a changed host key, and keep the last line of its words."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, paramiko.BadHostKeyException):
            if target.password is not None:
                shown = (
                    f"{target.address} shows the SSH host key {cause.key.fingerprint}, "
                    f"the pinned one is {cause.expected_key.fingerprint}."
                )
                return HostKeyChanged(pinned_anew(target.host, "pinned_host_key", shown))
            return HostKeyChanged(
                Problem(
                    host=target.host,
                    found=(
                        f"ssh_host_key: {target.address} shows the host key {cause.key.fingerprint}, the "
                        f"pinned one is {cause.expected_key.fingerprint}."
                    ),
                    untouched=True,
                    expected="the key that the suite made for this router and its bundle installed",
                    remedy=(
                        "if the router was replaced or reset, import its bundle again (playbooks/bundle.yml "
                        f"-l {target.host}); if not, somebody else answers at this address"
                    ),
                )
            )
        cause = cause.__context__
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    reason = lines[0] if lines else type(error).__name__
    if reason.endswith(":") and len(lines) > 1:
        reason = lines[1]
    return Unreachable(Problem(host=target.host, found=f"{target.address} cannot be reached by SSH: {reason}"))
