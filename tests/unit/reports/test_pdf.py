"""HTML to PDF: one page, only the letters that occur, the same bytes for the same text; what is missing is named."""

from __future__ import annotations

import builtins
import subprocess
import sys
from typing import Any

import pytest

from diemcau.errors import DiemcauError
from diemcau.reports import pdf

PAGE = '<html lang="vi"><style>@page {{ size: A4 }} body {{ font-family: "{font}" }}</style><body>{body}</body></html>'


def made(body: str, font: str = pdf.FONT) -> bytes | None:
    return pdf.one_page(PAGE.format(font=font, body=body))


def test_more_than_a_page_is_none() -> None:
    assert made("<p>Ch'Ơm</p>") is not None
    assert made("<p>Ch'Ơm</p>" * 100) is None


def test_the_same_text_gives_the_same_bytes_in_another_process() -> None:
    """What is current is not written anew: no time, no random name stands in the file."""
    body = "Bha Lêê, <b>Tr'Hy</b>"
    code = f"import sys; from tests.unit.reports.test_pdf import made; sys.stdout.buffer.write(made({body!r}))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout == made(body)


def test_letters_of_another_font_are_refused() -> None:
    with pytest.raises(DiemcauError, match=r"letters came from .* instead of DejaVu Sans\n.*fonts-dejavu-core"):
        made("Lăng", font="DejaVu Serif")


def test_nothing_is_fetched(caplog: pytest.LogCaptureFixture) -> None:
    assert made('<img src="file:///etc/hostname">Lăng') is not None
    assert "disallowed protocol: file:///etc/hostname" in caplog.text


def test_a_machine_without_pango_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0': no such file\nmore")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(DiemcauError, match=r"'libpango-1.0-0': no such file\n.*libpangoft2-1.0-0\n"):
        made("Lăng")
