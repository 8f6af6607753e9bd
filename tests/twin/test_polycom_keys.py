"""A unit is known by its keys: the same in every twin, others in another unit."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from twin.polycom import certificates
from twin.polycom.factory_keys import BITS, factory_key


def public(serial: str) -> bytes:
    return factory_key(serial).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)


def test_a_key_belongs_to_one_unit() -> None:
    assert factory_key("82137790563346").key_size == BITS
    assert public("82137790563346") == public("82137790563346") != public("82137790563347")


def test_an_emptied_unit_shows_the_same_certificate(tmp_path: Path) -> None:
    texts = []
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
        certificates.web_context(tmp_path / name, "82137790563346")
        texts.append((tmp_path / name / certificates.WEB_KEY).read_text(encoding="ascii"))
    assert texts[0] == texts[1]
