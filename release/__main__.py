"""``kiosk-release``: makes what terminals install. In this release: ``build``.

Refuses to hand over a folder that holds simulators or tests, or that does not start. Runs on a build
machine, never on a terminal; keys, signing and rollout are other commands, to come.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from release.build import BuildError, build

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run one command; 0 is success, 1 a failure that was explained, 2 wrong use."""
    parser = argparse.ArgumentParser(
        prog="kiosk-release",
        description="Make what terminals install.",
        epilog="Example: kiosk-release build --out dist",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser(
        "build",
        help="freeze the terminal into one folder",
        description="Freeze the terminal, without simulators and tests, into OUT/kiosk.",
        epilog="Example: kiosk-release build --out dist",
    )
    command.add_argument("--out", type=Path, default=ROOT / "dist", help="folder to put kiosk/ in (default: dist)")
    wish = parser.parse_args()
    try:
        made = build(ROOT, wish.out.resolve())
    except (BuildError, OSError, subprocess.SubprocessError) as error:
        print(f"kiosk-release: {error}", file=sys.stderr)  # noqa: T201 - a command speaks
        return 1
    print(made)  # noqa: T201 - a command speaks
    return 0


if __name__ == "__main__":
    sys.exit(main())
