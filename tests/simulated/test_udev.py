"""Hot-plug through udev: its own messages on its own socket, and the rules read by udev's own program."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from devices.drivers.udev_watch import UdevWatch

RULES = Path(__file__).parents[2] / "packaging" / "udev" / "70-kiosk.rules"
ALONE = ["unshare", "--user", "--map-root-user"]
"""Root among ourselves and nobody outside."""


def test_a_device_that_is_plugged_in_is_told_once_and_its_going_again() -> None:
    done = subprocess.run(
        [*ALONE, "--net", "--mount", sys.executable, "-m", "tests.udev_rig"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.split("\n") == [
        "started True",
        "burst True",
        "again True",
        "more False",
        "threads 1",
        "left 0",
        "",
    ], done.stderr


def test_a_machine_without_udev_says_so_and_leaves_it_to_the_poll(tmp_path: Path) -> None:
    watch = UdevWatch(tmp_path / "no-such-socket")
    assert not watch.start(lambda: None)
    watch.close()


def what_udev_says_of(rules: Path) -> list[str]:
    """Have udev's own program read the rules, with nothing of this machine changed."""
    script = f"mount -t tmpfs none /run && mount --bind {rules} /etc/udev/rules.d && udevadm test -N never {{}}"
    device = "/sys/class/mem/null" if Path("/sys/class/mem/null").exists() else "/sys/class/tty/console"
    done = subprocess.run(
        [*ALONE, "--mount", "sh", "-c", script.format(device)], capture_output=True, text=True, timeout=60, check=False
    )
    assert f"Reading rules file: /etc/udev/rules.d/{RULES.name}" in done.stderr + done.stdout, done.stderr
    lines = re.findall(r"/etc/udev/rules\.d/(.*)", done.stderr + done.stdout)
    return [line for line in lines if line != RULES.name and "Resolving group name is disabled" not in line]


def test_udev_reads_every_rule_without_complaint(tmp_path: Path) -> None:
    shutil.copy(RULES, tmp_path)
    assert what_udev_says_of(tmp_path) == []


def test_udev_would_complain_of_a_rule_that_is_wrong(tmp_path: Path) -> None:
    (tmp_path / RULES.name).write_text(RULES.read_text() + 'SUBSYSTEM=="tty", GRUOP="kiosk"\n')
    assert what_udev_says_of(tmp_path) != []


@pytest.mark.parametrize("never", ['MODE="0666"', "RUN+=", "uaccess"])
def test_no_rule_opens_a_device_to_everybody(never: str) -> None:
    assert never not in RULES.read_text()
