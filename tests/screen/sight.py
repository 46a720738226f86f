"""What is on the screen, the way an eye, a finger and a screen reader find it.

Walks the items that are drawn; what is scrolled or cut out of sight is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtQuick import QQuickItem, QQuickWindow


def below(item: QQuickItem) -> Iterator[QQuickItem]:
    """Yield everything that hangs below an item, visible or not."""
    for child in item.childItems():
        yield child
        yield from below(child)


def on_screen(window: QQuickWindow) -> Iterator[QQuickItem]:
    """Yield every item that an eye could see some of."""
    yield from _on_screen(window.contentItem(), QRectF(0, 0, window.width(), window.height()))


def _on_screen(item: QQuickItem, hole: QRectF) -> Iterator[QQuickItem]:
    """Yield what can be seen through `hole`; what an item clips away is gone for all below it."""
    for child in item.childItems():
        if not child.isVisible() or child.opacity() == 0:
            continue
        rect = place(child)
        if rect.intersects(hole) and not rect.isEmpty():
            yield child
        yield from _on_screen(child, hole.intersected(rect) if cuts(child) else hole)


def cuts(item: QQuickItem) -> bool:
    """Whether an item hides what lies outside it."""
    return item.clip() or item.inherits("QQuickFlickable")


def place(item: QQuickItem) -> QRectF:
    """Return where an item lies in the window."""
    return item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))


def seen(item: QQuickItem) -> QRectF:
    """Return what can be seen of an item: itself without what its surroundings cut away."""
    rect = place(item)
    parent: QQuickItem | None = item.parentItem()
    while parent is not None:
        if cuts(parent):
            rect = rect.intersected(place(parent))
        parent = parent.parentItem()
    return rect


def scrolls(item: QQuickItem) -> bool:
    """Whether an item lies in something that scrolls, so that it may lie outside."""
    parent: QQuickItem | None = item.parentItem()
    while parent is not None:
        if parent.inherits("QQuickFlickable"):
            return True
        parent = parent.parentItem()
    return False


def is_text(item: QQuickItem) -> bool:
    return item.inherits("QQuickText")


def words(window: QQuickWindow) -> list[QQuickItem]:
    """Return every text that is on the screen."""
    return [item for item in on_screen(window) if is_text(item) and item.property("text")]


def touchables(window: QQuickWindow) -> list[QQuickItem]:
    """Return everything on the screen that hears a finger."""
    return [item for item in on_screen(window) if any(child.inherits("QQuickTapHandler") for child in item.children())]


@dataclass(frozen=True)
class Spoken:
    """What a screen reader is told of an item."""

    name: str
    role: QAccessible.Role


def spoken(item: QQuickItem) -> Spoken:
    interface: QAccessibleInterface | None = QAccessible.queryAccessibleInterface(item)
    if interface is None:
        return Spoken("", QAccessible.Role.NoRole)
    return Spoken(interface.text(QAccessible.Text.Name), interface.role())
