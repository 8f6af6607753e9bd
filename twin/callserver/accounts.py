"""The accounts: what a person's file says, and the table that Kamailio reads."""

from __future__ import annotations

import csv
import hashlib
import io
import re

from twin.device import DeviceRefused


def accounts(text: str) -> dict[str, str]:
    """Passwords by user, from lines `user,password`; raises DeviceRefused with the line's number and no password."""
    found: dict[str, str] = {}
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in rows:
            if not row or (rows.line_num == 1 and row[:2] == ["user", "password"]):
                continue
            where = f"line {rows.line_num}"
            if len(row) != 2:
                raise DeviceRefused(f"{where}: {len(row)} fields, expected user,password")
            user, password = row
            if not re.fullmatch(r"[A-Za-z0-9._+-]+", user):
                raise DeviceRefused(f"{where}: the user is not one of letters, digits and . _ + -")
            if not password:
                raise DeviceRefused(f"{where}: the password of {user} is empty")
            if user in found:
                raise DeviceRefused(f"{where}: {user} has an account already in a line above")
            found[user] = password
    except csv.Error as error:
        raise DeviceRefused(f"line {rows.line_num}: no CSV: {error}") from None
    return found


def subscribers(passwords: dict[str, str], realm: str) -> str:
    """Kamailio's table of accounts: digests instead of passwords."""
    lines = ["username(string) domain(string) ha1(string)"]
    for user, password in sorted(passwords.items()):
        digest = hashlib.md5(f"{user}:{realm}:{password}".encode(), usedforsecurity=False).hexdigest()
        lines.append(f"{user}:{realm}:{digest}")
    return "\n".join(lines) + "\n"
