"""Writers of one central on SQLite wait for each other, and not for SQLite's patience."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url, text

from central.store import Store

WRITERS, TURNS = 8, 25


def test_terminals_that_come_at_once_are_not_told_that_central_is_busy(tmp_path: Path) -> None:
    store = Store(make_url(f"sqlite:///{tmp_path / 'central.sqlite'}"))

    def have_no_patience(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute("PRAGMA busy_timeout = 0").close()

    event.listen(store.engine, "connect", have_no_patience)
    with store.writing() as session:
        session.execute(text("CREATE TABLE visits (writer INTEGER, turn INTEGER)"))
    begin = threading.Barrier(WRITERS)

    def write(writer: int) -> None:
        begin.wait()
        for turn in range(TURNS):
            with store.writing() as session:
                session.execute(text("INSERT INTO visits VALUES (:writer, :turn)"), {"writer": writer, "turn": turn})

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    with store.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM visits")) == WRITERS * TURNS
    store.close()
