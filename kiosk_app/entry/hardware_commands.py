"""``kiosk device …`` and ``kiosk ctl …``: how they are called; what they do is in `kiosk_app.diagnostics`.

For technicians, and for people who write drivers. Nothing is imported before a command was chosen.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse names no other type

_MOST_S = 24 * 3600.0


def add_device_command(commands: "Subparsers") -> None:
    """Add ``device`` with its own commands."""
    device = commands.add_parser(
        "device",
        help="try drivers on this machine, without the rest of the product",
        epilog="example: kiosk device try serial-scanner --set port=/dev/ttyACM0",
    )
    kinds = device.add_subparsers(required=True, metavar="COMMAND")

    listing = kinds.add_parser(
        "list-drivers",
        help="name every driver, how far it is proven, and its settings",
        epilog="example: kiosk device list-drivers --json",
    )
    _json(listing)
    listing.set_defaults(command=_list_drivers)

    trial = kinds.add_parser(
        "try",
        help="open one driver alone and show what it says",
        description="Prints what the device can do, then one JSON line for each state, reading and fault.",
        epilog="example: kiosk device try sdt-serial --set port=/dev/ttyS1 --seconds 30",
    )
    trial.add_argument("driver", metavar="DRIVER", help="kiosk device list-drivers names them")
    trial.add_argument("--set", metavar="KEY=VALUE", action="append", default=[], dest="words", help="one setting")
    trial.add_argument("--seconds", metavar="N", type=_seconds, help="how long (default: 10, to print 120)")
    trial.add_argument("--reveal", action="store_true", help="show what is about a person in full")
    trial.add_argument(
        "--print", metavar="FILE", type=Path, dest="pdf", help="print this PDF, follow it to its outcome"
    )
    trial.add_argument("--shot", choices=("document", "portrait"), default="document", help="what a camera takes")
    _json(trial)
    trial.set_defaults(command=_try)

    decode = kinds.add_parser(
        "decode",
        help="print the codes found in images, in full",
        epilog="example: kiosk device decode photo.jpg",
    )
    decode.add_argument("images", metavar="IMAGE", type=Path, nargs="+", help="a picture as PNG, JPEG or BMP")
    _json(decode)
    decode.set_defaults(command=_decode)

    conform = kinds.add_parser(
        "conform",
        help="run the conformance suite on a driver of your own",
        description="Further arguments go to pytest, which has to be installed.",
        epilog="example: kiosk device conform my_driver_bench:Bench -- -k unplugged",
    )
    conform.add_argument("bench", metavar="MODULE:NAME", help="what docs/drivers.md calls a bench")
    conform.add_argument("arguments", metavar="ARGUMENT", nargs="*", help="for pytest, after --")
    conform.set_defaults(command=_conform)


def add_ctl_command(commands: "Subparsers") -> None:
    """Add ``ctl``, which asks a terminal that runs."""
    ctl = commands.add_parser(
        "ctl",
        help="ask the terminal that runs on this machine",
        epilog="example: kiosk ctl --config /etc/kiosk/kiosk.toml devices --json",
    )
    ctl.add_argument("--config", metavar="FILE", type=Path, required=True, help="the terminal's configuration")
    questions = ctl.add_subparsers(required=True, metavar="QUESTION")
    for name, about in (
        ("status", "whether it runs, and which devices a citizen can count on"),
        ("devices", "every device: its state, fault, media and supplies"),
    ):
        question = questions.add_parser(
            name, help=about, epilog=f"example: kiosk ctl --config /etc/kiosk/kiosk.toml {name} --json"
        )
        _json(question)
        question.set_defaults(command=_ctl, question=name)
    bundle = questions.add_parser(
        "support-bundle",
        help="write one file for whoever helps: settings, devices, the newest log lines, nothing about a person",
        epilog="example: kiosk ctl --config /etc/kiosk/kiosk.toml support-bundle --out /tmp/kiosk.tar.gz",
    )
    bundle.add_argument("--out", metavar="FILE", type=Path, help="where (default: here, with its name and time)")
    _json(bundle)
    bundle.set_defaults(command=_bundle)


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, for scripts")


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= _MOST_S:
        raise argparse.ArgumentTypeError(f"has to be more than 0 and at most {_MOST_S:g}")
    return seconds


def _list_drivers(options: argparse.Namespace) -> int:
    from kiosk_app.diagnostics.driver_list import list_drivers  # noqa: PLC0415

    return list_drivers(as_json=options.json)


def _try(options: argparse.Namespace) -> int:
    from devices.values import Shot  # noqa: PLC0415
    from kiosk_app.diagnostics.trial import LOOK_S, PRINT_S, Trial, run_trial  # noqa: PLC0415
    from kiosk_app.diagnostics.trial_settings import WrongUse, trial_settings  # noqa: PLC0415

    def attempt() -> int:
        settings = trial_settings(options.driver, options.words)
        if options.pdf is not None and settings.kind != "printer":
            raise WrongUse([f"--print needs a printer, and {options.driver} is a driver of kind {settings.kind}"])
        seconds = options.seconds or (PRINT_S if options.pdf is not None else LOOK_S)
        return run_trial(Trial(settings, seconds, options.json, options.reveal, options.pdf, Shot(options.shot)))

    return _explained("kiosk device try", attempt)


def _decode(options: argparse.Namespace) -> int:
    from kiosk_app.diagnostics.code_reading import decode_images  # noqa: PLC0415

    return _explained("kiosk device decode", lambda: decode_images(options.images, as_json=options.json))


def _conform(options: argparse.Namespace) -> int:
    from kiosk_app.diagnostics.conforming import conform  # noqa: PLC0415

    return _explained("kiosk device conform", lambda: conform(options.bench, options.arguments))


def _ctl(options: argparse.Namespace) -> int:
    from kiosk_app.diagnostics.asking import ask_terminal  # noqa: PLC0415
    from kiosk_app.entry.configuration import load  # noqa: PLC0415

    settings = load(options.config)
    if settings is None:
        return 2
    return _explained("kiosk ctl", lambda: ask_terminal(settings, options.question, as_json=options.json))


def _bundle(options: argparse.Namespace) -> int:
    from kiosk_app.diagnostics.support_bundle import write_bundle  # noqa: PLC0415
    from kiosk_app.entry.configuration import load  # noqa: PLC0415

    settings = load(options.config)
    if settings is None:
        return 2
    return _explained("kiosk ctl", lambda: write_bundle(settings, options.config, options.out, as_json=options.json))


def _explained(name: str, command: Callable[[], int]) -> int:
    """Run a command; wrong use is 2 with each fault on its own line, a file that cannot be read is 1."""
    from kiosk_app.diagnostics.trial_settings import WrongUse  # noqa: PLC0415

    # SIGTERM ends a command as Ctrl-C does: in order.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return command()
    except WrongUse as wrong:
        print("\n".join(f"{name}: {line}" for line in wrong.lines), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read us went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(f"{name}: {error.filename or ''}: {error.strerror}", file=sys.stderr)
        return 1
