"""``kiosk-central``: serve, migrate, demo-data, enrol.

Every command explains its failures on standard error and ends 0 (done), 1 (failed, explained) or 2
(wrong use). A database password belongs into KIOSK_CENTRAL_DATABASE: the process list shows arguments.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from central import auth, demonstration, schema
from central.logs import configure_logs
from central.store import Store
from contract.ids import KioskId

DATABASE_VARIABLE = "KIOSK_CENTRAL_DATABASE"
DEFAULT_LISTEN = "127.0.0.1:8800"


class Failed(Exception):
    """The command cannot be done; the message says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], None] = options.command
    try:
        command(options)
    except Failed as failure:
        sys.stderr.write(f"kiosk-central: {failure}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"kiosk-central: {error.filename or _shown(options.database)}: {error.strerror}\n")
        return 1
    except SQLAlchemyError as error:
        # A database's message may hold a row or a password; its kind is what an operator needs.
        sys.stderr.write(f"kiosk-central: {_shown(options.database)} cannot be used: {type(error).__name__}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kiosk-central",
        description="The reference central platform of the self-service terminals.",
        epilog="example: kiosk-central migrate --database sqlite:///var/central.sqlite",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, command: Callable[[argparse.Namespace], None], purpose: str, example: str
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(
            name, help=purpose, description=purpose, epilog=f"example: kiosk-central {name} {example}"
        )
        default = os.environ.get(DATABASE_VARIABLE)
        added.add_argument(
            "--database",
            metavar="URL",
            type=_database,
            default=default,
            required=default is None,
            help=f"SQLAlchemy URL; the default is the environment's {DATABASE_VARIABLE}",
        )
        added.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")
        added.set_defaults(command=command)
        return added

    example_database = "--database sqlite:///var/central.sqlite"
    serving = add(
        "serve", _serve, "Serve terminals and the public pages.", f"{example_database} --listen 127.0.0.1:8800"
    )
    serving.add_argument(
        "--listen",
        metavar="HOST:PORT",
        type=_address,
        default=DEFAULT_LISTEN,
        help="where to listen; port 0 takes a free one",
    )
    serving.add_argument(
        "--sync-every", metavar="SECONDS", type=_seconds, default=30.0, help="the pace that terminals are told"
    )
    serving.add_argument(
        "--trust-proxy", metavar="ADDRESS", action="append", default=[], help="believe this proxy's X-Forwarded-For"
    )
    add("migrate", _migrate, "Make the database, or bring it up to this release.", example_database)
    add("demo-data", _demo_data, "Load the demonstration's catalogue and synthetic people.", example_database)
    enrolling = add("enrol", _enrol, "Give a terminal a new secret token.", f"{example_database} demo-0001")
    enrolling.add_argument("kiosk", metavar="KIOSK", type=_kiosk, help="the id in the terminal's configuration")
    enrolling.add_argument(
        "--token-file",
        metavar="FILE",
        type=Path,
        help="write it there, for its owner only; do not print it",
    )
    return parser


def _serve(options: argparse.Namespace) -> None:
    # The web framework is only worth its start-up time here.
    from central.app import create_app  # noqa: PLC0415
    from central.serve import bind, serve  # noqa: PLC0415

    configure_logs()
    host, port = options.listen

    def listening(address: str) -> None:
        _say(options, {"address": address}, f"central listens on {address}")

    with _migrated(options) as store:
        try:
            bound = bind(host, port)
        except OSError as error:
            raise Failed(f"cannot listen on {host}:{port}: {error.strerror}") from None
        serve(create_app(store, options.sync_every), bound, options.trust_proxy, listening)


def _migrate(options: argparse.Namespace) -> None:
    with _opened(options) as store:
        revision = schema.migrate(store)
    _say(options, {"revision": revision}, f"{_shown(options.database)} is at revision {revision}")


def _demo_data(options: argparse.Namespace) -> None:
    with _migrated(options) as store:
        loaded = demonstration.load_shipped(store)
    _say(
        options,
        {
            "catalogue_version": loaded.catalogue_version,
            "registers": loaded.registers,
            "people": loaded.people,
            "records": loaded.records,
        },
        f"catalogue {loaded.catalogue_version}, {loaded.registers} registers, "
        f"{loaded.records} records of {loaded.people} synthetic people",
    )


def _enrol(options: argparse.Namespace) -> None:
    with _migrated(options) as store:
        token = auth.enrol(store, KioskId(options.kiosk))
    if options.token_file is None:
        _say(
            options,
            {"kiosk": options.kiosk, "token": token},
            f"token of {options.kiosk}, shown this once; an earlier one is void:\n{token}",
        )
        return
    file = os.open(options.token_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(file, "w", encoding="ascii") as opened:
        os.fchmod(opened.fileno(), 0o600)
        opened.write(f"{token}\n")
    _say(options, {"kiosk": options.kiosk, "token_file": str(options.token_file)}, f"{options.kiosk}: token written")


@contextmanager
def _opened(options: argparse.Namespace) -> Iterator[Store]:
    try:
        store = Store(options.database)
    except (ModuleNotFoundError, NoSuchModuleError):
        raise Failed(f"no driver for {options.database.drivername} is installed") from None
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _migrated(options: argparse.Namespace) -> Iterator[Store]:
    with _opened(options) as store:
        if not schema.is_current(store):
            shown = _shown(options.database)
            raise Failed(f"{shown} does not have this release's schema; run: kiosk-central migrate --database {shown}")
        yield store


def _say(options: argparse.Namespace, values: Mapping[str, object], sentence: str) -> None:
    sys.stdout.write((json.dumps(values) if options.json else sentence) + "\n")
    sys.stdout.flush()


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _database(text: str) -> URL:
    try:
        return make_url(text)
    except ArgumentError:
        raise argparse.ArgumentTypeError("not a database URL, such as sqlite:///var/central.sqlite") from None


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError("not HOST:PORT, such as 127.0.0.1:8800")
    return host.strip("[]"), int(port)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 3600:
        raise argparse.ArgumentTypeError("not a number of seconds from 0.1 to 3600")
    return seconds


def _kiosk(text: str) -> str:
    if not auth.KIOSK_NAME.fullmatch(text):
        raise argparse.ArgumentTypeError("2 to 31 lower-case letters, digits and dashes, such as demo-0001")
    return text


if __name__ == "__main__":
    sys.exit(main())
