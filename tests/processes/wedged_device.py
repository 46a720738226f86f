"""`deviced` with a driver that never comes back from a call, as a vendor's library may do; run as a program."""

import sys
import threading
from pathlib import Path

from devices.connection import Pace
from devices.deadline import Deadline
from devices.registry import DriverSettings
from devices.values import IdentityCard, Media
from kiosk_app.base.settings import load_settings
from kiosk_app.entry.device import run_deviced
from tests.fake_devices import FakeReader


def stuck(_: Deadline, __: object) -> IdentityCard:
    threading.Event().wait()
    raise AssertionError(Media.UNKNOWN)


def make(_: DriverSettings) -> FakeReader:
    reader = FakeReader()
    reader.reads.append(stuck)
    return reader


if __name__ == "__main__":
    sys.exit(run_deviced(load_settings(Path(sys.argv[1])), make, Pace(wedge_margin_s=0.1, watch_s=0.05)))
