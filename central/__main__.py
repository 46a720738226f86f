"""``kiosk-central``: the server, its database, its terminals.

A database password belongs into KIOSK_CENTRAL_DATABASE: the process list shows arguments.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

from central.cli import keeping, serving, terminals
from central.cli.common import EXAMPLE_DATABASE, Failed, adder, shown


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
        sys.stderr.write(f"kiosk-central: {error.filename or shown(options.database)}: {error.strerror}\n")
        return 1
    except SQLAlchemyError as error:
        # A database's message may hold a row or a password; its kind is what an operator needs.
        sys.stderr.write(f"kiosk-central: {shown(options.database)} cannot be used: {type(error).__name__}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kiosk-central",
        description="The reference central platform of the self-service terminals.",
        epilog=f"example: kiosk-central migrate {EXAMPLE_DATABASE}",
    )
    add = adder(parser.add_subparsers(required=True, metavar="COMMAND"))
    for group in (serving, terminals, keeping):
        group.add_to(add)
    return parser


if __name__ == "__main__":
    sys.exit(main())
