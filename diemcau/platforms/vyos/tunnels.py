"""What the tunnels of a VyOS router hang on, out of its model."""

from __future__ import annotations

from collections.abc import Collection

from diemcau.platforms import End, Ends
from diemcau.platforms.vyos.words import Model, Path

_TUNNEL = ("interfaces", "wireguard")
_LINE = ("interfaces", "ethernet")
_OF_LINE = frozenset(("address", "disable"))
_OF_TUNNEL = frozenset(("private-key", "port", "address", "disable"))


def ends(model: Model) -> Ends:
    """The addresses of the circuits, and each tunnel with what it needs at this end."""
    wan = frozenset(p for p in model if p[:2] == _LINE and p[3:4] and p[3] in _OF_LINE)
    shared: dict[str, set[Path]] = {}
    own: dict[tuple[str, str], set[Path]] = {}
    for path in model:
        if path[:2] != _TUNNEL or len(path) < 4:
            continue
        interface = str(path[2])
        if path[3] in _OF_TUNNEL:
            shared.setdefault(interface, set()).add(path[3:])
        elif path[3] == "peer" and len(path) > 5:
            own.setdefault((interface, str(path[4])), set()).add(path[5:])
    return Ends(
        wan,
        frozenset(
            End(
                peer=peer,
                interface=interface,
                public_key=next((str(p[1]) for p in paths if p[0] == "public-key"), ""),
                own=frozenset(paths),
                shared=frozenset(shared.get(interface, ())),
            )
            for (interface, peer), paths in own.items()
        ),
    )


def held(running: Model, desired: Model, interfaces: Collection[str]) -> Model:
    """``desired`` with these tunnels as they run."""

    def of_them(path: Path) -> bool:
        return path[:2] == _TUNNEL and len(path) > 2 and path[2] in interfaces

    return frozenset(p for p in desired if not of_them(p)) | frozenset(filter(of_them, running))
