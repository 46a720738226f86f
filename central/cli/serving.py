"""``serve``, ``migrate``, ``reapply``, ``demo-data``: the server and its database."""

import argparse

from central import demonstration, schema
from central.cli.common import (
    EXAMPLE_DATABASE,
    Adds,
    Failed,
    answer_key_file,
    blob_folder,
    migrated,
    opened,
    say,
    shown,
    signing_key,
)
from central.clock import utc_now
from central.logs import configure_logs
from central.reapply import reapply
from central.store import Store

DEFAULT_LISTEN = "127.0.0.1:8800"
MOST_WORKERS = 64


def add_to(add: Adds) -> None:
    serving = add(
        "serve", _serve, "Serve terminals and the public pages.", f"{EXAMPLE_DATABASE} --listen 127.0.0.1:8800"
    )
    serving.add_argument(
        "--listen",
        metavar="HOST:PORT",
        type=_address,
        default=DEFAULT_LISTEN,
        help="where to listen; port 0 takes a free one",
    )
    serving.add_argument(
        "--workers", metavar="N", type=_workers, default=1, help="server processes; as many as there are cores"
    )
    serving.add_argument(
        "--sync-every", metavar="SECONDS", type=_seconds, default=30.0, help="the pace that terminals are told"
    )
    serving.add_argument(
        "--trust-proxy", metavar="ADDRESS", action="append", default=[], help="believe this proxy's X-Forwarded-For"
    )
    add("migrate", _migrate, "Make the database, or bring it up to this release.", EXAMPLE_DATABASE)
    add("reapply", _reapply, "Try events again that were set aside.", EXAMPLE_DATABASE)
    add("demo-data", _demo_data, "Load the demonstration's catalogue and synthetic people.", EXAMPLE_DATABASE)


def _serve(options: argparse.Namespace) -> None:
    # The web framework is only worth its start-up time here.
    from central.app import Files, create_app  # noqa: PLC0415
    from central.serve import bind, serve  # noqa: PLC0415

    configure_logs()
    host, port = options.listen
    files = Files(blob_folder(options), signing_key(answer_key_file(options)))

    def listening(address: str) -> None:
        say(options, {"address": address}, f"central listens on {address}")

    with migrated(options):
        try:
            bound = bind(host, port)
        except OSError as error:
            raise Failed(f"cannot listen on {host}:{port}: {error.strerror}") from None
    # Every worker opens the database itself: a connection must never cross a fork.
    serve(
        lambda: create_app(Store(options.database), options.sync_every, files),
        bound,
        options.trust_proxy,
        listening,
        options.workers,
    )


def _migrate(options: argparse.Namespace) -> None:
    with opened(options) as store:
        revision = schema.migrate(store)
        again = reapply(store, utc_now)
    sentence = f"{shown(options.database)} is at revision {revision}"
    if again.applied or again.set_aside:
        sentence += f"; of the events set aside, {again.applied} were applied now and {again.set_aside} stay"
    say(options, {"revision": revision, "applied": again.applied, "set_aside": again.set_aside}, sentence)


def _reapply(options: argparse.Namespace) -> None:
    with migrated(options) as store:
        again = reapply(store, utc_now)
    say(
        options,
        {"applied": again.applied, "set_aside": again.set_aside},
        f"{again.applied} events were applied now, {again.set_aside} stay set aside",
    )


def _demo_data(options: argparse.Namespace) -> None:
    with migrated(options) as store:
        loaded = demonstration.load_shipped(store)
    say(
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


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError("not HOST:PORT, such as 127.0.0.1:8800")
    return host.strip("[]"), int(port)


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"not a number from 1 to {MOST_WORKERS}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 3600:
        raise argparse.ArgumentTypeError("not a number of seconds from 0.1 to 3600")
    return seconds
