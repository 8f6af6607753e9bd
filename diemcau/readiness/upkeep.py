"""What a site has to have looked after: its clock, its configuration, its backups. A meeting can start without."""

from __future__ import annotations

from collections.abc import Iterator

from diemcau.readiness.look import Look
from diemcau.readiness.words import NOTE, RISK, Finding, Words, ago

WRONG_CLOCK = 10.0  # seconds
OLD_BACKUP = 30  # days


def clock(look: Look) -> Iterator[Finding]:
    """The router's clock: endpoints and logs follow it."""
    if look.router is None or abs(look.router.clock_ahead) <= WRONG_CLOCK:
        return
    told, fast = ago(round(abs(look.router.clock_ahead))), look.router.clock_ahead > 0
    yield Finding(
        "clock",
        RISK,
        Words(
            f"đồng hồ router {'nhanh' if fast else 'chậm'} {told.vi}",
            f"the router's clock is {told.en} {'fast' if fast else 'slow'}",
        ),
        Words("Vẫn họp được; báo cán bộ kỹ thuật xem NTP.", "The meeting can start; have the technician look at NTP."),
    )


def drift(look: Look) -> Iterator[Finding]:
    """What differs from the inventory."""
    for host, count in look.drift.items():
        yield Finding(
            "drift",
            RISK,
            Words(f"cấu hình {host} sai lệch ({count} chỗ)", f"{host} differs from the inventory ({count})"),
            Words(
                f"Xem: ansible-playbook playbooks/drift.yml -l {host}; sửa: site.yml -l {host}",
                f"Look: ansible-playbook playbooks/drift.yml -l {host}; mend: site.yml -l {host}",
            ),
        )


def unread(look: Look) -> Iterator[Finding]:
    """What could not be found out although the device answers."""
    for host, words in look.problems.items():
        yield Finding(
            "unread",
            NOTE,
            Words(f"chưa so được cấu hình {host}: {words}", f"the configuration of {host} was not compared: {words}"),
            Words(f"Chạy lại: ansible-playbook playbooks/drift.yml -l {host}", f"Run playbooks/drift.yml -l {host}"),
        )


def backup(look: Look) -> Iterator[Finding]:
    """How old the kept configuration of the router is."""
    if look.backup_days is not None and look.backup_days <= OLD_BACKUP:
        return
    days = look.backup_days
    yield Finding(
        "backup",
        NOTE,
        Words(
            "router chưa có bản sao lưu" if days is None else f"bản sao lưu của router đã {days} ngày",
            "the router has no backup" if days is None else f"the router's backup is {days} days old",
        ),
        Words(
            f"ansible-playbook playbooks/backup.yml -l {look.router_host}",
            f"ansible-playbook playbooks/backup.yml -l {look.router_host}",
        ),
    )
