"""What the idle page last showed of the hall, kept in a file, so that the first frame after a start is whole.

Only what hangs on the wall for everybody: the hall's name and its notices, never a word of a visit. A file
that is missing, cut off or not ours is no face, and the page fills in when the agent has answered.
"""

import json
import os
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ui.page_values import Shown

_LONGEST = 64 * 1024


class Face:
    """The file, read at the start and written when what it holds changed; writing waits for nobody."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, object] = {}

    def seen(self, language: str) -> Shown:
        """Return the idle page as it was last seen in the hall's first language, or an empty one."""
        page = Shown(language=language)
        try:
            with self._path.open("rb") as file:
                read = json.loads(file.read(_LONGEST))
            title, titles, bodies = read["hall_title"], read["notice_titles"], read["notice_bodies"]
        except (OSError, ValueError, KeyError, TypeError):
            return page
        lists = (titles, bodies)
        ours = isinstance(title, str) and all(
            isinstance(texts, list) and all(isinstance(text, str) for text in texts) for texts in lists
        )
        if not ours or read.get("language") != language:
            return page
        self._known = read
        return replace(page, hall_title=title, notice_titles=tuple(titles), notice_bodies=tuple(bodies))

    def keep(self, page: Shown) -> None:
        """Take up what `page` says of the hall, if that is new. Returns at once; a disk that is full loses nothing."""
        new: dict[str, object] = {
            "language": page.language,
            "hall_title": page.hall_title,
            "notice_titles": list(page.notice_titles),
            "notice_bodies": list(page.notice_bodies),
        }
        if new != self._known:
            self._known = new
            threading.Thread(target=_write, args=(self._path, json.dumps(new).encode()), name="face").start()


def _write(path: Path, text: bytes) -> None:
    """Write beside and rename, so that a start never reads half of it."""
    beside = path.with_suffix(".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside.write_bytes(text)
        os.replace(beside, path)  # noqa: PTH105 - one call, atomic
    except OSError:
        with suppress(OSError):
            beside.unlink()
