"""A real PostgreSQL server of our own: a private cluster in a temporary folder, on a Unix socket alone.

Whoever runs the tests may be root, whom the server refuses to serve as; it then runs as another user.
A machine without the server's programs fails what needs them: nothing is skipped. It ends with us, however
that happens.
"""

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from sqlalchemy import URL, create_engine, make_url, text

from devices.sim.lifeline import Lifeline

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
PATIENCE_S = 60
_ROLE = "kiosk"


class PrivatePostgresql:
    """Used as a context manager. `durable=False` waits for no disk: quick, and as good while power stays."""

    def __init__(self, *, durable: bool = False, connections: int = 200) -> None:
        self._durable = durable
        self._connections = connections
        self._numbers = itertools.count(1)
        self._user = _unprivileged()
        self._server: Lifeline | None = None
        self.folder = Path()

    def __enter__(self) -> Self:
        # Not below pytest's folders: their parents are closed to other users. Socket paths are short, too.
        self.folder = Path(tempfile.mkdtemp(prefix="kiosk-pg-", dir="/tmp"))
        try:
            if self._user is not None:
                os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
            self._run("initdb", "--auth=trust", f"--username={_ROLE}", "--encoding=UTF8", "--no-locale", "--no-sync")
            self.start()
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder)

    def start(self) -> None:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "max_connections": str(self._connections),
            "fsync": "on" if self._durable else "off",
            "shared_buffers": "32MB",
            "log_min_messages": "fatal",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [str(PROGRAMS / "postgres"), "-D", str(self.folder / "data"), *options]
        if self._user is not None:
            who = (f"--reuid={self._user.pw_uid}", f"--regid={self._user.pw_gid}", "--clear-groups")
            command = ["setpriv", *who, *command]
        self._server = Lifeline(command, self.folder / "log")
        until = time.monotonic() + PATIENCE_S
        while not self._answers():
            assert self._server.alive, (self.folder / "log").read_text()
            assert time.monotonic() < until, "the server does not answer"

    def stop(self) -> None:
        """End it at once, as a power cut does."""
        if self._server is not None:
            self._server.stop()

    def _answers(self) -> bool:
        asked = [str(PROGRAMS / "pg_isready"), "--quiet", f"--host={self.folder}", "--timeout=1"]
        return subprocess.run(asked, check=False).returncode == 0

    def url(self, database: str) -> URL:
        return make_url(f"postgresql+psycopg://{_ROLE}@/{database}?host={self.folder}")

    def new_database(self, like: str | None = None) -> str:
        """Return the URL of an empty database, or of a copy of one that nobody is connected to."""
        name = f"d{next(self._numbers)}"
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            template = "template1" if like is None else make_url(like).database
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        engine.dispose()
        return self.url(name).render_as_string(hide_password=False)

    def _run(self, program: str, *arguments: str) -> None:
        self._as_user([str(PROGRAMS / program), f"--pgdata={self.folder / 'data'}", *arguments])

    def _as_user(self, command: Sequence[str]) -> None:
        user = self._user
        with (self.folder / "said").open("w+") as said:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                timeout=PATIENCE_S,
                check=False,
                user=None if user is None else user.pw_uid,
                group=None if user is None else user.pw_gid,
                extra_groups=None if user is None else [],
            )
            said.seek(0)
            assert done.returncode == 0, said.read()


def _unprivileged() -> pwd.struct_passwd | None:
    """Return whom the server runs as when we are root, else None."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")
