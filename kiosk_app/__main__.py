"""``kiosk``: the terminal's one command.

Imports only what the chosen command needs: the first frame is counted from here.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 is success, 1 a failure that was explained, 2 wrong use or configuration."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == ["wlt-child"]:  # ourselves, started by a driver of the frozen program; no command of a person's
        from devices.drivers.wlt_child import main as decode_photograph  # noqa: PLC0415

        return decode_photograph(words[1:])
    from kiosk_app.base.our_tree import assert_our_tree  # noqa: PLC0415 - see the module's docstring

    assert_our_tree()
    # None is used, and looking for them reads the metadata of every package there is.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    options = _parser().parse_args(words)
    status: int = options.command(options)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kiosk",
        description="Self-service terminal for government halls.",
        epilog="example: kiosk check --config /etc/kiosk/kiosk.toml",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    terminal = commands.add_parser(
        "terminal",
        help="run the terminal: its three processes, each started again when it ends",
        epilog="example: kiosk terminal --config /etc/kiosk/kiosk.toml",
    )
    _config(terminal, required=True)
    terminal.set_defaults(command=_terminal)

    for name, what, command in (
        ("ui", "run the screen's process", _ui),
        ("agentd", "run the agent: database, documents, network", _agentd),
        ("deviced", "run the drivers", _deviced),
    ):
        process = commands.add_parser(name, help=what, epilog=f"example: kiosk {name} --config /etc/kiosk/kiosk.toml")
        _config(process, required=True)
        process.set_defaults(command=command)

    check = commands.add_parser(
        "check",
        help="say whether a configuration is right, each fault on its own line",
        epilog="example: kiosk check --config /etc/kiosk/kiosk.toml",
    )
    _config(check, required=True)
    check.add_argument("--json", action="store_true", help="print a JSON array of the faults")
    check.set_defaults(command=_check)

    enrol = commands.add_parser(
        "enrol",
        help="make this terminal known to central with a one-time code",
        description="Run it as the agent's user. The code comes from whoever runs central: kiosk-central enrol.",
        epilog="example: kiosk enrol --config /etc/kiosk/kiosk.toml K7QW2-M9XR4",
    )
    _config(enrol, required=True)
    enrol.add_argument("code", metavar="CODE", help="the one-time code; case, blanks and dashes do not matter")
    enrol.set_defaults(command=_enrol)

    from kiosk_app.entry.hardware_commands import add_ctl_command, add_device_command  # noqa: PLC0415

    add_device_command(commands)
    add_ctl_command(commands)

    dev = commands.add_parser(
        "dev",
        help="run everything here with simulated hardware and a panel that plays it",
        epilog="example: kiosk dev --state var",
    )
    _bench_options(dev)
    dev.set_defaults(command=_dev)

    tour = commands.add_parser(
        "tour",
        help="play journeys through the real screen with simulated hardware, and keep what was seen",
        epilog="example: kiosk tour --journey insurance-certificate --out build/tour",
    )
    _bench_options(tour)
    which = tour.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true", help="play the default journeys")
    which.add_argument("--journey", metavar="NAME", help="play one journey; --journey list names them")
    tour.add_argument("--out", metavar="DIR", type=Path, help="where the pictures, papers and summary go")
    tour.add_argument("--language", choices=("zh", "en"), help="the citizen's language (default: the journey's)")
    tour.add_argument("--mode", choices=("normal", "large", "contrast", "low"), help="how the screen is shown")
    tour.add_argument("--size", metavar="WxH", help="the screen's size, such as 1920x1080")
    tour.set_defaults(command=_tour)
    return parser


def _config(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument("--config", metavar="FILE", type=Path, required=required, help="the terminal's configuration")


def _bench_options(parser: argparse.ArgumentParser) -> None:
    _config(parser, required=False)
    parser.add_argument("--state", metavar="DIR", type=Path, default=Path("var"), help="where everything is kept")
    parser.add_argument("--port-base", metavar="N", type=int, default=8800, help="first port to use on 127.0.0.1")


def _terminal(options: argparse.Namespace) -> int:
    from kiosk_app.entry.supervisor import run_terminal  # noqa: PLC0415

    return run_terminal(options.config)


def _ui(options: argparse.Namespace) -> int:
    from kiosk_app.entry.terminal import run_screen  # noqa: PLC0415

    return run_screen(options.config)


def _agentd(options: argparse.Namespace) -> int:
    from kiosk_app.entry.agent import run_agentd  # noqa: PLC0415
    from kiosk_app.entry.configuration import load  # noqa: PLC0415

    settings = load(options.config)
    return 2 if settings is None else run_agentd(settings)


def _deviced(options: argparse.Namespace) -> int:
    from kiosk_app.entry.configuration import load  # noqa: PLC0415
    from kiosk_app.entry.device import run_deviced  # noqa: PLC0415

    settings = load(options.config)
    return 2 if settings is None else run_deviced(settings)


def _enrol(options: argparse.Namespace) -> int:
    from kiosk_app.agent.joining import join  # noqa: PLC0415
    from kiosk_app.entry.configuration import load  # noqa: PLC0415

    settings = load(options.config)
    return 2 if settings is None else join(settings, options.code)


def _check(options: argparse.Namespace) -> int:
    from kiosk_app.diagnostics.configuration import check_configuration, notes_on, report  # noqa: PLC0415

    return report(check_configuration(options.config), as_json=options.json, notes=notes_on(options.config))


def _dev(options: argparse.Namespace) -> int:
    from kiosk_app.entry.dev.dev import run_dev  # noqa: PLC0415

    return run_dev(options.state, options.port_base, options.config)


def _tour(options: argparse.Namespace) -> int:
    from kiosk_app.entry.dev.tour import Wish, run_tour  # noqa: PLC0415

    wish = Wish(options.journey, options.out, options.language, options.mode, options.size)
    return run_tour(wish, options.state, options.port_base, options.config)


if __name__ == "__main__":
    sys.exit(main())
