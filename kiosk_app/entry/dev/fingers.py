"""A citizen's fingers and eyes: touches named things on the real screen and looks at what it shows.

Touches are touch events delivered to the window, so every layer from the touch handler on is the
product's own. What is not visible, enabled or inside the window cannot be touched, as in life; nor can
what was made but not drawn yet: it lies nowhere until the page is laid out, which is when it is drawn.
"""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPoint, QPointF, QTimer
from PySide6.QtGui import QPointingDevice
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest


class CannotTouchError(Exception):
    """There is no such thing on the screen, or it cannot be touched now."""


_LEGIBLE = 0.95
"""Opacity from which on a text counts as readable."""
_ARRIVING = 8
"""Pixels by which a page that arrives may still hang over the edge: less than its margin, so no letter is cut."""
_FRAME_S = 20.0
"""Many times what a frame takes; a window that draws none for so long shows nothing that could be touched."""


class Fingers:
    """Plays one citizen at one window."""

    def __init__(self, window: QQuickWindow, device: QPointingDevice) -> None:
        self._window = window
        self._device = device
        self._touched_at: float | None = None
        self.frame_ms: list[float] = []
        self.last_frame_at = 0.0
        self._frames = 0
        window.frameSwapped.connect(self._frame)

    def touch(self, name: str) -> None:
        """Touch the middle of the thing named `name`, bringing it into view first when it scrolls.

        Raises:
            CannotTouchError: it is not there, not visible or not enabled, or nothing is drawn.
        """
        self.let_draw()
        item = self._find(name)
        view = _scrolled(item)
        if view is not None:
            self._bring_into_view(item, view)
        point = item.mapToScene(QPointF(item.width() / 2, item.height() / 2)).toPoint()
        if view is not None and not view.contains(view.mapFromScene(QPointF(point))):
            raise CannotTouchError(f"{name} is scrolled away, at {point.x()}, {point.y()}")
        if not (0 <= point.x() < self._window.width() and 0 <= point.y() < self._window.height()):
            raise CannotTouchError(f"{name} lies outside the window, at {point.x()}, {point.y()}")
        self.touch_at(point)

    def touch_at(self, point: QPoint) -> None:
        """Touch a point of the window."""
        self._touched_at = time.monotonic()
        QTest.touchEvent(self._window, self._device).press(0, point, self._window).commit()
        QTest.touchEvent(self._window, self._device).release(0, point, self._window).commit()

    def let_draw(self) -> None:
        """Let the screen draw once, so that everything lies where an eye sees it.

        Raises:
            CannotTouchError: it draws nothing.
        """
        before = self._frames
        self._window.update()
        try:
            self.until("a frame", lambda: self._frames > before, _FRAME_S)
        except TimeoutError as error:
            raise CannotTouchError("nothing is drawn") from error

    def sees(self, name: str) -> bool:
        """Whether the thing named `name` is on the screen."""
        return any(_visible(item) for item in self._named(name))

    def reads(self, name: str) -> bool:
        """Whether the thing named `name` is on the screen, inside it and not half faded in."""
        return any(_visible(item) and self._legible(item) for item in self._named(name))

    def _legible(self, item: QQuickItem) -> bool:
        left = item.mapToScene(QPointF(0, 0)).x()
        opacity = 1.0
        above: QQuickItem | None = item
        while above is not None:
            opacity *= above.opacity()
            above = above.parentItem()
        return opacity > _LEGIBLE and left >= 0 and left + item.width() <= self._window.width() + _ARRIVING

    def until(self, what: str, true: Callable[[], bool], within_s: float = 30.0) -> None:
        """Let the screen live until something is true.

        Raises:
            TimeoutError: it did not become true; names `what`.
        """
        end = time.monotonic() + within_s
        while not true():
            if time.monotonic() > end:
                raise TimeoutError(f"waited {within_s:.0f} s for {what}")
            self.wait(0.005)

    def wait(self, seconds: float) -> None:
        """Let the screen live for a while."""
        loop = QEventLoop()
        QTimer.singleShot(max(1, round(seconds * 1000)), loop.quit)
        loop.exec()

    def settle(self) -> None:
        """Wait until the page's arrival has been drawn."""
        self.wait(0.45)

    def picture(self, path: Path) -> None:
        """Keep what the screen shows.

        Raises:
            OSError: the picture could not be written.
        """
        if not self._window.grabWindow().save(str(path)):
            raise OSError(f"cannot write {path}")

    def _frame(self) -> None:
        self._frames += 1
        self.last_frame_at = time.monotonic()
        if self._touched_at is not None:
            self.frame_ms.append((self.last_frame_at - self._touched_at) * 1000)
            self._touched_at = None

    def _named(self, name: str) -> list[QQuickItem]:
        return _below(self._window.contentItem(), name)

    def _find(self, name: str) -> QQuickItem:
        found = [item for item in self._named(name) if _visible(item)]
        if not found:
            raise CannotTouchError(f"{name} is not on the screen")
        item = found[0]
        if item.property("active") is False or not item.isEnabled():
            raise CannotTouchError(f"{name} is there but disabled")
        return item

    def _bring_into_view(self, item: QQuickItem, view: QQuickItem) -> None:
        """Scroll until the item lies in the view, as a citizen would."""
        content = view.property("contentItem")
        top = item.mapToItem(content, QPointF(0, 0)).y()
        low, high = view.property("contentY"), view.property("contentY") + view.height()
        if top < low or top + item.height() > high:
            furthest = max(0.0, view.property("contentHeight") - view.height())
            view.setProperty("contentY", min(furthest, max(0.0, top - 24)))
            self.wait(0.05)


def _scrolled(item: QQuickItem) -> QQuickItem | None:
    """Return the nearest view above the item that can be scrolled."""
    above = item.parentItem()
    while above is not None and above.property("contentY") is None:
        above = above.parentItem()
    return above


def _below(item: QQuickItem, name: str) -> list[QQuickItem]:
    """Walk the visual tree; `findChild` walks the other one, where repeated items hang elsewhere."""
    found = [item] if item.objectName() == name else []
    for child in item.childItems():
        found += _below(child, name)
    return found


def _visible(item: QQuickItem) -> bool:
    return item.isVisible() and item.width() > 0 and item.opacity() > 0
