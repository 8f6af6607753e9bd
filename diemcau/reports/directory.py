"""Lists of all rooms: the accounts that the call server needs, and the directory that hangs on a wall."""

from __future__ import annotations

import csv
import io

from diemcau.design.district import District
from diemcau.redaction import Secret
from diemcau.rendering import environment


def accounts(district: District) -> str:
    """One line ``user,password`` for each room that registers, as whoever runs the call server imports it. Secret."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("user", "password"))
    for room in district.rooms.values():
        password = room.settings["sip_password"]
        if room.settings["sip_enable"] and isinstance(password, Secret):
            writer.writerow((room.settings["sip_user"], password.reveal()))
    return text.getvalue()


def rows(district: District) -> list[tuple[str, str, str]]:
    """Extension, name and address of each room, hubs first."""
    return [(room.extension, room.display_name, room.address) for room in district.rooms.values()]


def printable(district: District) -> str:
    """The directory as a page to print, in Vietnamese."""
    template = environment("reports", {}).get_template("directory.html.j2")
    return template.render(district=district.name, rows=rows(district))
