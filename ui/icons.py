"""Line icons on a 24-unit grid, drawn in any colour for QML's ``image://icons/NAME/COLOUR/WEIGHT``.

Images, not QML shapes: the software renderer of a machine without a graphics processor does not clip
shapes, so that an icon scrolled out of a list would be drawn over the footer.
"""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtQuick import QQuickImageProvider

# Path strings are one line each, however long.
# ruff: noqa: E501
PATHS = {
    "arrow-left": "M15 5 L8 12 L15 19",
    "arrow-right": "M9 5 L16 12 L9 19",
    "back": "M20 12 H5 M11 6 L5 12 L11 18",
    "backspace": "M9 6 H20 V18 H9 L3.5 12 Z M12 9.5 L17 14.5 M17 9.5 L12 14.5",
    "bell": "M6 17 V11 A6 6 0 0 1 18 11 V17 L19.5 19 H4.5 Z M10.5 21.5 H13.5",
    "camera": "M4 7.5 H8 L9.5 5 H14.5 L16 7.5 H20 V18.5 H4 Z M12 9.5 A3.4 3.4 0 1 1 11.99 9.5",
    "card": "M3 6.5 A1.5 1.5 0 0 1 4.5 5 H19.5 A1.5 1.5 0 0 1 21 6.5 V17.5 A1.5 1.5 0 0 1 19.5 19 H4.5 A1.5 1.5 0 0 1 3 17.5 Z M6 9 H12 M6 12 H11 M6 15 H14 M15 9 H18 V13 H15 Z",
    "check": "M5 12.5 L10 17.5 L19.5 7",
    "clock": "M12 3.5 A8.5 8.5 0 1 1 11.99 3.5 M12 7.5 V12 L15.5 14",
    "close": "M6 6 L18 18 M18 6 L6 18",
    "cloud-off": "M7 18 H17 A4 4 0 0 0 18.5 10.3 A6.5 6.5 0 0 0 8 7.2 M5.8 9.6 A4.3 4.3 0 0 0 7 18 M4 4 L20 20",
    "contrast": "M12 3.5 A8.5 8.5 0 1 1 11.99 3.5 M12 3.5 V20.5 M12 7 L18.5 7 M12 10.5 L20.3 10.5 M12 14 L20.2 14 M12 17.5 L18.2 17.5",
    "document": "M6 3 H14.5 L19 7.5 V21 H6 Z M14 3 V8 H19 M9 12 H16 M9 15.5 H16 M9 8.5 H11",
    "error": "M12 3.5 A8.5 8.5 0 1 1 11.99 3.5 M9 9 L15 15 M15 9 L9 15",
    "globe": "M12 3.5 A8.5 8.5 0 1 1 11.99 3.5 M3.5 12 H20.5 M12 3.5 C8.5 7 8.5 17 12 20.5 M12 3.5 C15.5 7 15.5 17 12 20.5",
    "hand": "M9 13 V5.5 A1.5 1.5 0 0 1 12 5.5 V11 M12 11 V10 A1.5 1.5 0 0 1 15 10 V12 M15 12 V11.5 A1.5 1.5 0 0 1 18 11.5 V16 A5 5 0 0 1 13 21 H12 A5 5 0 0 1 8 19 L5.2 15.2 A1.4 1.4 0 0 1 7.5 13.6 L9 15",
    "help": "M12 3.5 A8.5 8.5 0 1 1 11.99 3.5 M9.5 9.5 A2.6 2.6 0 1 1 12.8 12 Q12 12.5 12 14 M12 16.6 V17",
    "home": "M4 11 L12 4 L20 11 M6 9.5 V20 H18 V9.5 M10 20 V14 H14 V20",
    "keyboard": "M3 7 H21 V17 H3 Z M6.5 10 H7.5 M10 10 H11 M13.5 10 H14.5 M17 10 H18 M8 14 H16",
    "low": "M9.5 5 A1.5 1.5 0 1 1 9.49 5 M9.5 8 V13 H14.5 L17 18.5 M9.5 10 H14 M7.5 11.5 A4.6 4.6 0 1 0 14 17",
    "paper": "M6 3 H18 V21 H6 Z M9 8 H15 M9 11.5 H15",
    "person": "M12 4 A4 4 0 1 1 11.99 4 M4.5 20.5 A7.5 7.5 0 0 1 19.5 20.5",
    "phone": "M6.5 4 H10 L11.5 8.5 L9.3 10 A10 10 0 0 0 14 14.7 L15.5 12.5 L20 14 V17.5 A2 2 0 0 1 18 19.5 A14 14 0 0 1 4.5 6 A2 2 0 0 1 6.5 4 Z",
    "printer": "M7 9 V3.5 H17 V9 M7 17 H4 V9 H20 V17 H17 M7 14 H17 V20.5 H7 Z M16.5 11.5 H17.3",
    "receipt": "M6 3 H18 V21 L16 19.5 L14 21 L12 19.5 L10 21 L8 19.5 L6 21 Z M9 8 H15 M9 12 H15",
    "saved": "M4 12.5 A8.5 8.5 0 1 1 12 20.5 M8 12 L11 15 L16.5 9",
    "scan": "M4 8.5 V4 H8.5 M15.5 4 H20 V8.5 M20 15.5 V20 H15.5 M8.5 20 H4 V15.5 M8 8 H11 V11 H8 Z M13.5 8 H16 M16 10.5 V11 M8 13.5 V16 M10.5 16 H11 M13.5 13.5 H16 V16 H13.5 Z",
    "search": "M10.5 4 A6.5 6.5 0 1 1 10.49 4 M15.5 15.5 L20.5 20.5",
    "shield": "M12 3 L19.5 6 V11.5 C19.5 16 16.5 19.5 12 21 C7.5 19.5 4.5 16 4.5 11.5 V6 Z M8.5 12 L11 14.5 L15.5 9.5",
    "star": "M12 3.5 L14.6 9 L20.5 9.7 L16.1 13.8 L17.3 19.8 L12 16.8 L6.7 19.8 L7.9 13.8 L3.5 9.7 L9.4 9 Z",
    "text-size": "M3 19 L8 6 L13 19 M4.8 14.5 H11.2 M15 19 L18 11 L21 19 M16 16.3 H20",
    "user-check": "M10 4 A4 4 0 1 1 9.99 4 M3 20.5 A7 7 0 0 1 14 15 M15 18 L17.5 20.5 L22 15.5",
    "warning": "M12 4 L21 20 H3 Z M12 10 V14.5 M12 17 V17.4",
}
"""SVG path by name."""

_CIRCLE = "M12 2.5 A9.5 9.5 0 1 1 11.99 2.5 M8.5 9 V10 M15.5 9 V10 "
FACES = {
    f"face-{grade}": f"{_CIRCLE}M7.5 {15 - mood * 0.8} Q12 {15 + mood * 2.4} 16.5 {15 - mood * 0.8}"
    for grade, mood in ((1, 2), (2, 1), (3, 0), (4, -1), (5, -2))
}
"""Faces for the five grades, from very glad to very sorry."""


class Icons(QQuickImageProvider):
    """Draws icons on request; Qt keeps the pictures."""

    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)

    def requestImage(self, identity: str, size: QSize, requested: QSize) -> QImage:  # noqa: N802 - Qt's name
        """Draw ``NAME/COLOUR/WEIGHT`` as large as requested; an unknown name is drawn as a document."""
        name, colour, weight = identity.split("/")
        path = PATHS.get(name) or FACES.get(name) or PATHS["document"]
        side = max(requested.width(), requested.height(), 24)
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
            f'<path d="{path}" fill="none" stroke="#{colour}" stroke-width="{float(weight)}" '
            'stroke-linecap="round" stroke-linejoin="round"/></svg>'
        )
        # Qt's own SVG image plug-in; importing its Python binding would cost the first frame 70 ms.
        text = QBuffer()
        text.setData(QByteArray(svg.encode()))
        text.open(QIODevice.OpenModeFlag.ReadOnly)
        reader = QImageReader(text, QByteArray(b"svg"))
        reader.setScaledSize(QSize(side, side))
        size.setWidth(side)
        size.setHeight(side)
        return reader.read()
