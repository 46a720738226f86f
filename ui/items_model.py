"""The services on the home page as a Qt list model, so that a thousand of them scroll like ten."""

from PySide6.QtCore import QAbstractListModel, QByteArray, QModelIndex, QObject, QPersistentModelIndex, Qt, qtTrId

from ui.fault_words import key_of
from ui.page_values import Tile

_ROLES = ("itemId", "title", "summary", "icon", "department", "brings", "needs", "blockedWhy")


class ItemsModel(QAbstractListModel):
    """Rows of `Tile`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tiles: tuple[Tile, ...] = ()

    def show_tiles(self, tiles: tuple[Tile, ...]) -> bool:
        """Take up `tiles`; returns whether anything changed."""
        if tiles == self._tiles:
            return False
        if [tile.item_id for tile in tiles] == [tile.item_id for tile in self._tiles]:
            self._tiles = tiles
            self.dataChanged.emit(self.index(0), self.index(len(tiles) - 1))
        else:
            self.beginResetModel()
            self._tiles = tiles
            self.endResetModel()
        return True

    def retranslate(self) -> None:
        """Let every row be written anew."""
        if self._tiles:
            self.dataChanged.emit(self.index(0), self.index(len(self._tiles) - 1))

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self._tiles)

    def roleNames(self) -> dict[int, QByteArray]:  # noqa: N802
        return {Qt.ItemDataRole.UserRole + n: QByteArray(name.encode()) for n, name in enumerate(_ROLES)}

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        number = role - Qt.ItemDataRole.UserRole
        if not index.isValid() or not 0 <= number < len(_ROLES):
            return None
        tile = self._tiles[index.row()]
        return {
            "itemId": tile.item_id,
            "title": tile.title,
            "summary": tile.summary,
            "icon": tile.icon,
            "department": tile.department,
            "brings": tile.brings,
            "needs": _needs(tile),
            "blockedWhy": qtTrId(f"fault.{key_of(tile.fault)}.short") if tile.fault else "",
        }[_ROLES[number]]


def _needs(tile: Tile) -> str:
    """What to bring, how long it takes, and what comes of it."""
    if tile.brings == "card":
        words = qtTrId("tile.needs.one" if tile.sheets == 1 else "tile.needs")
    else:
        words = qtTrId("tile.needs.code" if tile.brings == "code" else "tile.needs.time")
    return words.replace("%1", str(tile.minutes)).replace("%2", str(tile.sheets))
