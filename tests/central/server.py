"""The real server as a process on a free loopback port, and a database made by its own commands."""

import http.client
import itertools
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import create_engine, make_url, text

from central import demonstration, enrolment, keys
from central.__main__ import main
from central.clock import utc_now
from central.models import Kiosk
from central.store import Store
from contract.ids import KioskId
from tests.central.terminal import Terminal
from tests.central.values import PEOPLE, catalogue
from tests.postgresql import PrivatePostgresql

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30

_CENTRAL = [sys.executable, "-m", "central"]
_numbers = itertools.count(1)


@dataclass
class Databases:
    """Makes databases of one kind: files, or on the PostgreSQL server that is given."""

    postgresql: PrivatePostgresql | None
    filled: str | None = None

    def made(self, folder: Path) -> str:
        """Return the URL of a new database at this release's schema, with a catalogue and people."""
        if self.filled is None:
            self.filled = self._fill(Path(tempfile.mkdtemp(dir=folder)))
        if self.postgresql is not None:
            return self.postgresql.new_database(like=self.filled)
        url = self.new(folder)
        shutil.copyfile(str(make_url(self.filled).database), str(make_url(url).database))
        return url

    def new(self, folder: Path) -> str:
        """Return the URL of a database that nobody migrated."""
        if self.postgresql is not None:
            return self.postgresql.new_database()
        return f"sqlite:///{folder / f'central-{next(_numbers)}.sqlite'}"

    def _fill(self, folder: Path) -> str:
        url = self.new(folder)
        assert main(["migrate", "--database", url, "--state", str(folder)]) == 0
        store = Store(make_url(url))
        demonstration.load(store, catalogue(), PEOPLE)
        store.close()
        return url


def new_database(folder: Path) -> str:
    """Return the URL of an SQLite database that nobody migrated."""
    return Databases(None).new(folder)


@dataclass
class Central:
    """One server process on one database."""

    database: str
    folder: Path
    address: str = ""
    workers: int = 1
    process: "subprocess.Popen[str] | None" = None
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def log(self) -> Path:
        return self.folder / "central.log"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def run(self, *arguments: str) -> int:
        """Run a command of ``kiosk-central`` on this database, within this process."""
        command, *others = arguments
        return main([command, "--database", self.database, "--state", str(self.state), *others])

    def start(self, port: int = 0) -> "Central":
        with self.log.open("a") as errors:
            self.process = subprocess.Popen(
                [*_CENTRAL, "serve", "--json", "--listen", f"127.0.0.1:{port}", "--workers", str(self.workers)],
                cwd=ROOT,
                env=os.environ | {"KIOSK_CENTRAL_DATABASE": self.database, "KIOSK_CENTRAL_STATE": str(self.state)},
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

    def code(self, kiosk: str) -> str:
        """Return a one-time code for the terminal."""
        store = Store(make_url(self.database))
        try:
            return enrolment.new_code(store, KioskId(kiosk), utc_now).text
        finally:
            store.close()

    def enrol(self, kiosk: str) -> Terminal:
        """Return a terminal whose key is known; the exchange of codes has tests of its own."""
        terminal = Terminal(kiosk)
        store = Store(make_url(self.database))
        with store.writing() as session:
            row = session.get(Kiosk, kiosk) or Kiosk(id=kiosk, verdicts=0)
            session.add(row)
            session.flush()
            keys.end(session, kiosk, "replaced", "")
            keys.add(session, row, terminal.public_key, "active", utc_now())
        store.close()
        return terminal

    def post(self, path: str, body: Any, terminal: Terminal | None) -> requests.Response:
        return self.session.post(self.address + path, json=body, auth=terminal, timeout=PATIENCE_S)

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

    def change(self, query: str, **values: object) -> None:
        """Change the database behind the server's back."""
        engine = create_engine(self.database)
        with engine.begin() as connection:
            connection.execute(text(query), values)
        engine.dispose()


def _first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: lines.put(process.stdout.readline()), daemon=True).start()  # type: ignore[union-attr] # it is a pipe
    line = lines.get(timeout=PATIENCE_S)
    assert line, "the server ended before it listened"
    return line
