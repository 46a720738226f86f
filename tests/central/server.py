"""The real server as a process on a free loopback port, and a database made by its own commands."""

import http.client
import itertools
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import create_engine, make_url, text

from central import auth, demonstration
from central.__main__ import main
from central.store import Store
from contract.ids import KioskId
from tests.central.values import PEOPLE, catalogue

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30
POSTGRESQL = os.environ.get("KIOSK_TEST_POSTGRESQL")
"""URL of a PostgreSQL server to run these tests on instead of SQLite; its role may create databases."""

_numbers = itertools.count(1)


def made_database(folder: Path) -> str:
    """Return the URL of a new database at this release's schema, with a catalogue and people."""
    url = new_database(folder)
    assert main(["migrate", "--database", url]) == 0
    store = Store(make_url(url))
    demonstration.load(store, catalogue(), PEOPLE)
    store.close()
    return url


def new_database(folder: Path) -> str:
    """Return the URL of a database that nobody migrated."""
    number = next(_numbers)
    if POSTGRESQL is None:
        return f"sqlite:///{folder / f'central-{number}.sqlite'}"
    name = f"kiosk_test_{os.getpid()}_{number}"
    engine = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)


@dataclass
class Central:
    """One server process on one database."""

    database: str
    folder: Path
    address: str = ""
    process: "subprocess.Popen[str] | None" = None
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def log(self) -> Path:
        return self.folder / "central.log"

    def start(self) -> "Central":
        with self.log.open("a") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "central", "serve", "--json", "--listen", "127.0.0.1:0"],
                cwd=ROOT,
                env=os.environ | {"KIOSK_CENTRAL_DATABASE": self.database},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.address = json.loads(_first_line(self.process))["address"]
        return self

    def stop(self) -> int:
        """Ask the server to end, and return its status."""
        assert self.process is not None
        self.process.terminate()
        return self._ended()

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self._ended()

    def _ended(self) -> int:
        assert self.process is not None
        assert self.process.stdout is not None
        try:
            return self.process.wait(PATIENCE_S)
        finally:
            self.process.kill()
            self.process.wait(PATIENCE_S)
            self.process.stdout.close()
            self.session.close()

    def enrol(self, kiosk: str) -> dict[str, str]:
        """Return the headers of a terminal with a new token."""
        store = Store(make_url(self.database))
        token = auth.enrol(store, KioskId(kiosk))
        store.close()
        return {"Authorization": f"Bearer {token}"}

    def post(self, path: str, body: Any, headers: Mapping[str, str]) -> requests.Response:
        return self.session.post(self.address + path, json=body, headers=dict(headers), timeout=PATIENCE_S)

    def get(self, path: str, **query: str) -> requests.Response:
        return self.session.get(self.address + path, params=query, timeout=PATIENCE_S)

    def get_from(self, source: str, path: str) -> int:
        """Ask from another loopback address, as another client, and return the status."""
        host, _, port = self.address.removeprefix("http://").partition(":")
        line = http.client.HTTPConnection(host, int(port), PATIENCE_S, source_address=(source, 0))
        try:
            line.request("GET", path)
            return line.getresponse().status
        finally:
            line.close()

    def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        """Look into the database behind the server's back."""
        engine = create_engine(self.database)
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.execute(text(query), values)]
        engine.dispose()
        return found


def _first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: lines.put(process.stdout.readline()), daemon=True).start()  # type: ignore[union-attr] # it is a pipe
    line = lines.get(timeout=PATIENCE_S)
    assert line, "the server ended before it listened"
    return line
