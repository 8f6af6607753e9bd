"""HTML to PDF, without a browser: WeasyPrint over Debian's pango."""

from __future__ import annotations

from diemcau.errors import DiemcauError, Problem

FONT = "DejaVu Sans"  # of Debian's fonts-dejavu-core: has every Vietnamese letter


def one_page(html: str) -> bytes | None:
    """The PDF of a page, None when it takes more than one. The same text always gives the same bytes.

    Only letters that occur are embedded, and nothing is fetched. Raises DiemcauError when the machine lacks what it
    takes.
    """
    try:
        import weasyprint  # loads pango, which may be missing, and takes half a second: not for runs that print nothing
    except OSError as error:
        raise _missing("libpangoft2-1.0-0", str(error).splitlines()[0]) from error
    document = weasyprint.HTML(string=html, url_fetcher=weasyprint.urls.URLFetcher(allowed_protocols=())).render()
    if len(document.pages) > 1:
        return None
    pdf = bytes(document.write_pdf())
    # Other letters in its place make another page: too wide, or boxes where a font has no Vietnamese.
    if strangers := sorted({font.family for font in document.fonts.values()} - {FONT}):
        raise _missing("fonts-dejavu-core", f"letters came from {', '.join(strangers)} instead of {FONT}")
    return pdf


def _missing(package: str, words: str) -> DiemcauError:
    return DiemcauError(
        Problem(
            found=f"a PDF cannot be made on this machine: {words}",
            expected=f"Debian's package {package}",
            remedy="make install, as root",
        )
    )
