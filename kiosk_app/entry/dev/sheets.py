"""What a scanner sees on a printed sheet: the page as pixels, and the codes found in them.

By other programs than those that drew the page, and none of them ships with a terminal: they are
imported when the first sheet is looked at.
"""

from pathlib import Path

_SCALE = 3.0
"""216 dots an inch: a module of the QR is some five pixels wide."""


def codes_on(document: Path, page: int = 1) -> list[str]:
    """Return the text of every QR code on a page of a PDF."""
    import pypdfium2  # noqa: PLC0415
    import zxingcpp  # noqa: PLC0415

    with pypdfium2.PdfDocument(document) as pdf:
        pixels = pdf[page - 1].render(scale=_SCALE, grayscale=True).to_numpy()
        found = zxingcpp.read_barcodes(pixels)
        return [code.text for code in found if code.format == zxingcpp.BarcodeFormat.QRCode]
