"""Parts of a site that a run did not look at: what nobody looked at is not known, and not known is never good."""

from __future__ import annotations

from collections.abc import Iterator

from diemcau.readiness.look import Look
from diemcau.readiness.words import BLIND, Finding, Words


def parts(look: Look) -> Iterator[Finding]:
    """Router, room and line of a site, as far as this run left them out."""
    if look.router is None:
        yield _unasked("router", Words("chưa hỏi router", "the router was not asked"), look.router_host)
    if look.room is None:
        told = Words("chưa hỏi thiết bị họp (Polycom)", "the endpoint (Polycom) was not asked")
        yield _unasked("room", told, look.room_host)
    if look.line is None:
        told = Words("chưa đo đường truyền", "the line was not measured")
        yield _unasked("line", told, f"{look.router_host},{look.room_host}")


def _unasked(part: str, cause: Words, hosts: str) -> Finding:
    command = f"ansible-playbook playbooks/readiness.yml -l {hosts}"
    return Finding(f"{part}-not-asked", BLIND, cause, Words(f"Xem: {command}", f"Look: {command}"))
