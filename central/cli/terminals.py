"""``enrol``, ``revoke``, ``command``, ``commands``: what an operator does with terminals."""

import argparse

from central import enrolment, orders
from central.cli.common import (
    EXAMPLE_DATABASE,
    Adds,
    Failed,
    command_key_file,
    kiosk,
    migrated,
    minutes,
    say,
    signing_key,
)
from central.clock import utc_now
from central.orders import NobodyThere
from contract.fleet import CommandKind
from contract.ids import KioskId


def add_to(add: Adds) -> None:
    enrolling = add("enrol", _enrol, "Print a one-time code for a terminal.", f"{EXAMPLE_DATABASE} demo-0001")
    enrolling.add_argument("kiosk", metavar="KIOSK", type=kiosk, help="the id in the terminal's configuration")
    enrolling.add_argument(
        "--minutes", metavar="N", type=minutes, default=enrolment.VALID, help="how long the code is good (60)"
    )
    revoking = add("revoke", _revoke, "Let a terminal in no more.", f"{EXAMPLE_DATABASE} demo-0001")
    revoking.add_argument("kiosk", metavar="KIOSK", type=kiosk, help="the terminal")
    ordering = add("command", _command, "Give a terminal a signed order.", f"{EXAMPLE_DATABASE} demo-0001 refresh")
    ordering.add_argument("kiosk", metavar="KIOSK", type=kiosk, help="the terminal")
    ordering.add_argument("kind", metavar="KIND", type=CommandKind, choices=list(CommandKind), help=_kinds())
    ordering.add_argument("--reason", metavar="TEXT", default="", help="for the audit; nothing about a person")
    ordering.add_argument(
        "--minutes", metavar="N", type=minutes, default=orders.VALID, help="how long the order is good (60)"
    )
    listing = add("commands", _commands, "List orders and what became of them.", EXAMPLE_DATABASE)
    listing.add_argument("kiosk", metavar="KIOSK", type=kiosk, nargs="?", help="only this terminal's")


def _enrol(options: argparse.Namespace) -> None:
    with migrated(options) as store:
        # A terminal learns the command keys when it enrols, so there must be one by then.
        orders.announce(store, signing_key(command_key_file(options)), utc_now())
        code = enrolment.new_code(store, KioskId(options.kiosk), utc_now, options.minutes)
    say(
        options,
        {"kiosk": options.kiosk, "code": code.text, "expires_at": code.expires_at},
        f"one-time code of {options.kiosk}, good until {code.expires_at}; an earlier one is void:\n{code.text}",
    )


def _revoke(options: argparse.Namespace) -> None:
    with migrated(options) as store:
        ended = enrolment.revoke(store, KioskId(options.kiosk), utc_now)
    if ended is None:
        raise Failed(f"no terminal {options.kiosk} is known")
    say(options, {"kiosk": options.kiosk, "keys": ended}, f"{options.kiosk} is let in no more ({ended} keys ended)")


def _command(options: argparse.Namespace) -> None:
    with migrated(options) as store:
        try:
            order = orders.issue(
                store,
                signing_key(command_key_file(options)),
                KioskId(options.kiosk),
                options.kind,
                utc_now(),
                reason=options.reason,
                valid=options.minutes,
            )
        except NobodyThere:
            raise Failed(f"no terminal {options.kiosk} is known") from None
    say(
        options,
        {"command_id": order.command_id, "kiosk": options.kiosk, "kind": order.kind, "expires_at": order.expires_at},
        f"{order.kind} for {options.kiosk}, good until {order.expires_at}: {order.command_id}",
    )


def _commands(options: argparse.Namespace) -> None:
    with migrated(options) as store:
        found = orders.history(store, None if options.kiosk is None else KioskId(options.kiosk))
    rows = [
        {
            "command_id": row.id,
            "kiosk": row.kiosk_id,
            "kind": row.kind,
            "issued_at": row.issued_at,
            "expires_at": row.expires_at,
            "state": row.state,
            "answered_at": row.answered_at,
            "detail": row.detail,
            "blob_sha256": row.blob_sha256,
        }
        for row in found
    ]
    lines = [f"{row.issued_at}  {row.kiosk_id}  {row.kind}  {row.state}  {row.detail or ''}".rstrip() for row in found]
    say(options, {"commands": rows}, "\n".join(lines) or "no orders")


def _kinds() -> str:
    return " | ".join(CommandKind)
