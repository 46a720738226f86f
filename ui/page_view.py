"""The base of every object that QML reads: it keeps what is shown and speaks only when that changed."""

from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

Page = TypeVar("Page")


class PageView(QObject, Generic[Page]):
    """Keeps the last page shown and tells QML when there is another.

    Every view declares its own `changed`: Qt does not find a notify signal of a Python base class.
    """

    changed: Signal

    def __init__(self, page: Page, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._page = page

    def show_page(self, page: Page) -> None:
        """Take up `page`; silent when nothing changed."""
        if page != self._page:
            self._page = page
            self.changed.emit()

    def retranslate(self) -> None:
        """Let QML ask again: it does not know that a fault is worded in a language (`VisitView.words`)."""
        self.changed.emit()
