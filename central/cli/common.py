"""What all commands share: how arguments are read, how the database is opened, how results are said."""

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from central import schema
from central.signing import SigningKey
from central.store import Store, sqlite_file

DATABASE_VARIABLE = "KIOSK_CENTRAL_DATABASE"
STATE_VARIABLE = "KIOSK_CENTRAL_STATE"
EXAMPLE_DATABASE = "--database sqlite:///var/central.sqlite"

_KIOSK_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,30}")
"""What a terminal's configuration accepts as its name."""

Command = Callable[[argparse.Namespace], None]


class Failed(Exception):
    """The command cannot be done; the message says why and what to do."""


class Adds(Protocol):
    """Adds one command to the parser: its name, what runs it, its purpose and an example's arguments."""

    def __call__(self, name: str, command: Command, purpose: str, example: str) -> argparse.ArgumentParser: ...


def adder(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> Adds:
    """Return what adds a command with the options that all have."""

    def add(name: str, command: Command, purpose: str, example: str) -> argparse.ArgumentParser:
        added = commands.add_parser(
            name, help=purpose, description=purpose, epilog=f"example: kiosk-central {name} {example}"
        )
        default = os.environ.get(DATABASE_VARIABLE)
        added.add_argument(
            "--database",
            metavar="URL",
            type=database,
            default=default,
            required=default is None,
            help=f"SQLAlchemy URL; the default is the environment's {DATABASE_VARIABLE}",
        )
        added.add_argument(
            "--state",
            metavar="DIR",
            type=Path,
            default=os.environ.get(STATE_VARIABLE),
            help=f"folder of blobs and central's own keys; the default is the environment's {STATE_VARIABLE}, else "
            "FILE.state beside an SQLite database",
        )
        added.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")
        added.set_defaults(command=command)
        return added

    return add


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[Store]:
    """Open the database, whatever its schema."""
    try:
        store = Store(options.database)
    except (ModuleNotFoundError, NoSuchModuleError):
        raise Failed(f"no driver for {options.database.drivername} is installed") from None
    try:
        yield store
    finally:
        store.close()


@contextmanager
def migrated(options: argparse.Namespace) -> Iterator[Store]:
    """Open a database that has this release's schema."""
    with opened(options) as store:
        if not schema.is_current(store):
            name = shown(options.database)
            raise Failed(f"{name} does not have this release's schema; run: kiosk-central migrate --database {name}")
        yield store


def state_folder(options: argparse.Namespace) -> Path:
    """Return the folder of what is not in the database."""
    if options.state is not None:
        return Path(options.state)
    file = sqlite_file(options.database)
    if file is None:
        raise Failed(f"name the folder of blobs and keys: --state DIR, or {STATE_VARIABLE}")
    return file.with_name(f"{file.name}.state")


def blob_folder(options: argparse.Namespace) -> Path:
    return state_folder(options) / "blobs"


def command_key_file(options: argparse.Namespace) -> Path:
    return state_folder(options) / "command.key"


def answer_key_file(options: argparse.Namespace) -> Path:
    return state_folder(options) / "answer.key"


def signing_key(file: Path) -> SigningKey:
    """Return the key in the file, which is made when it is not there."""
    try:
        return SigningKey(file)
    except ValueError:
        raise Failed(f"{file} holds no Ed25519 key") from None


def say(options: argparse.Namespace, values: Mapping[str, object], sentence: str) -> None:
    """Print the result: `values` for a program, `sentence` for a person."""
    sys.stdout.write((json.dumps(values) if options.json else sentence) + "\n")
    sys.stdout.flush()


def shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def database(text: str) -> URL:
    try:
        return make_url(text)
    except ArgumentError:
        raise argparse.ArgumentTypeError("not a database URL, such as sqlite:///var/central.sqlite") from None


def kiosk(text: str) -> str:
    if not _KIOSK_NAME.fullmatch(text):
        raise argparse.ArgumentTypeError("2 to 31 lower-case letters, digits and dashes, such as demo-0001")
    return text


def minutes(text: str) -> timedelta:
    if not text.isdecimal() or not 1 <= int(text) <= 7 * 24 * 60:
        raise argparse.ArgumentTypeError("not a number of minutes from 1 to 10080")
    return timedelta(minutes=int(text))


def days(text: str) -> timedelta:
    if not text.isdecimal() or not 1 <= int(text) <= 36_500:
        raise argparse.ArgumentTypeError("not a number of days from 1 to 36500")
    return timedelta(days=int(text))
