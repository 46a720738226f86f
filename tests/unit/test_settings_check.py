"""``kiosk check``, run as the command it is: each fault names its line, what is wrong and what would be right."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

RIGHT = """\
[kiosk]
id = "demo-0001"
hall = "demo"
language = "zh"
state_dir = "{folder}/state"

[central]
url = "http://127.0.0.1:8800"
sync_every_s = 30

[[devices]]
id = "id-card"
kind = "identity-reader"
driver = "sdt-serial"
port = "{port}"

[[devices]]
id = "a4"
kind = "printer"
driver = "cups"
queue = "A4"
server = "127.0.0.1:631"
"""


@dataclass
class Site:
    """A folder with a right configuration, and the command to run on it."""

    folder: Path
    port: Path
    said: list[str] = field(default_factory=list)
    printed: str = ""

    @property
    def file(self) -> Path:
        return self.folder / "kiosk.toml"

    @property
    def identity(self) -> Path:
        """What enrolling leaves; its content is looked at elsewhere."""
        return self.folder / "state" / "identity" / "identity.json"

    def write(self, text: str) -> None:
        self.file.write_text(text, "utf-8")

    def change(self, before: str, after: str) -> None:
        text = self.file.read_text("utf-8")
        assert text.count(before) == 1
        self.write(text.replace(before, after))

    def line(self, words: str) -> int:
        """Return the number of the only line that holds `words`."""
        found = [n for n, line in enumerate(self.file.read_text("utf-8").splitlines(), 1) if words in line]
        assert len(found) == 1, f"{words!r} is on lines {found}"
        return found[0]

    def check(self, *arguments: str, **environment: str) -> int:
        run = subprocess.run(
            [sys.executable, "-m", "kiosk_app", "check", "--config", str(self.file), *arguments],
            cwd=ROOT,
            env={**os.environ, **environment},
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.said, self.printed = run.stderr.splitlines(), run.stdout
        return run.returncode


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    ours, theirs = os.openpty()
    made = Site(tmp_path, Path(os.ttyname(theirs)))
    made.write(RIGHT.format(folder=tmp_path, port=made.port))
    made.identity.parent.mkdir(mode=0o700, parents=True)
    made.identity.touch(mode=0o600)
    yield made
    os.close(ours)
    os.close(theirs)


def test_a_right_configuration_is_told_so_and_ends_0(site: Site) -> None:
    assert site.check() == 0
    assert site.said == []
    assert site.printed.splitlines() == [
        "database key: none yet; it will be kept in a file of the agent's user; whoever takes this disk takes the data",
        "the configuration is right",
    ]


def test_a_right_configuration_in_json_is_an_empty_list(site: Site) -> None:
    assert site.check("--json") == 0
    assert json.loads(site.printed) == []


WRONG = {
    f"{name}: {right}": (before, after, at, name, right)
    for before, after, at, name, right in (
        ('language = "zh"', 'langauge = "zh"', "langauge", "kiosk.langauge", "there is no such key"),
        ('queue = "A4"', 'queue = "A4"\ncolour = true', "colour", "devices.2.colour", "there is no such key"),
        ("[central]", "[printing]\nx = 1\n[central]", "[printing]", "printing", "there is no such key"),
        ('hall = "demo"', "hall = 3", "hall = 3", "kiosk.hall", "valid string, not 3"),
        ('id = "demo-0001"', 'id = "Demo 1"', "Demo 1", "kiosk.id", "^[a-z0-9][a-z0-9-]{1,30}$"),
        ('language = "zh"', 'language = "fr"', '"fr"', "kiosk.language", "^(zh|en)$"),
        ('"http://127.0.0.1:8800"', '"central.example"', "url = ", "central.url", "^https?://"),
        ('url = "', 'timeout_s = 90\nurl = "', "timeout_s", "central.timeout_s", "less than or equal to 60, not 90"),
        ('driver = "sdt-serial"', 'driver = "sdt-serial"\nbaud = 1200', "baud", "devices.1.baud", "not 1200"),
        (
            'driver = "sdt-serial"',
            'driver = "sdt-usb2"',
            "sdt-usb2",
            "devices.1.driver",
            "there is no driver 'sdt-usb2', did you mean 'sdt-usb'?",
        ),
        ('queue = "A4"', 'qeue = "A4"\nqueue = "A4"', "qeue", "devices.2.qeue", "no such key, did you mean 'queue'?"),
        ("[central]", "[centre]\nx = 1\n[central]", "[centre]", "centre", "no such key, did you mean 'central'?"),
        ('language = "zh"', "screen.width = 9", "screen.width", "kiosk.screen", "there is no such key"),
        ("[kiosk]", "screen.width = 9\n[kiosk]", "screen.width", "screen.width", "or equal to 800, not 9"),
        ('driver = "sdt-serial"\n', "", "[[devices]]", "devices.1", "the device has no driver"),
        (
            'kind = "printer"',
            'kind = "scanner"',
            '"scanner"',
            "devices.2.kind",
            "'printer', not 'scanner'; driver 'cups'",
        ),
        ('queue = "A4"\n', "", "[[devices]]", "devices.2.queue", "this key is missing"),
        ('hall = "demo"\n', "", "[kiosk]", "kiosk.hall", "this key is missing"),
        ('id = "a4"', 'id = "id-card"', 'kind = "printer"', "devices.2.id", "device 1 has the id 'id-card' too"),
    )
}
"""What to change to what, where the fault is then, what it names and what it says."""


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_key_or_value_is_named_with_its_line(site: Site, wrong: str) -> None:
    before, after, at, name, right = WRONG[wrong]
    site.change(before, after)
    assert site.check() == 2
    assert len(site.said) == 1
    place, said = site.said[0].split(": ", 1)
    file, line = place.rsplit(":", 1)
    assert file == str(site.file)
    if at == "[[devices]]":
        devices = [n for n, text in enumerate(site.file.read_text("utf-8").splitlines(), 1) if text == at]
        assert int(line) == devices[int(name.split(".")[1]) - 1]
    else:
        assert int(line) == site.line(at) - (1 if right.startswith("device 1") else 0)
    assert said.startswith(f"{name}: ")
    assert right in said
    assert "\n" not in said


def test_an_unknown_driver_is_told_which_there_are(site: Site) -> None:
    site.change('driver = "cups"', 'driver = "lpd"')
    assert site.check() == 2
    assert "'sdt-serial'" in site.said[0]
    assert "'cups'" in site.said[0]


def test_every_fault_has_a_line_of_its_own(site: Site) -> None:
    site.change('hall = "demo"', "hall = 3")
    site.change('queue = "A4"\n', "")
    site.change('driver = "sdt-serial"', 'driver = "none"')
    assert site.check() == 2
    assert len(site.said) == 3
    assert all(line.startswith(f"{site.file}:") for line in site.said)


def test_the_same_faults_are_a_json_list_for_scripts(site: Site) -> None:
    site.change('hall = "demo"', "hall = 3")
    assert site.check() == 2
    worded = site.said
    assert site.check("--json") == 2
    assert (json.loads(site.printed), site.said) == (worded, [])


def test_a_port_that_is_not_there_is_asked_about(site: Site) -> None:
    site.change(str(site.port), "/dev/no-such-port")
    assert site.check() == 2
    line = site.line("no-such-port")
    assert site.said == [
        f"{site.file}:{line}: devices.1.port: /dev/no-such-port does not exist; is the reader plugged in?"
    ]


def test_a_port_that_is_a_plain_file_is_no_port(site: Site) -> None:
    site.change(str(site.port), str(site.identity))
    assert site.check() == 2
    assert site.said == [f"{site.file}:{site.line('port = ')}: devices.1.port: {site.identity} is not a serial port"]


def test_a_spooler_that_is_not_there_is_asked_about(site: Site) -> None:
    site.change("127.0.0.1:631", "/run/no-cups.sock")
    assert site.check() == 2
    assert site.said == [
        f"{site.file}:{site.line('server')}: devices.2.server: /run/no-cups.sock does not exist; is cupsd running?"
    ]


def test_an_identity_that_others_can_read_is_told(site: Site) -> None:
    site.identity.chmod(0o644)
    assert site.check() == 2
    line = site.line("state_dir")
    fault = f"{site.identity} can be read by others; have the terminal enrolled anew"
    assert site.said == [f"{site.file}:{line}: kiosk.state_dir: {fault}"]


def test_a_terminal_that_is_not_enrolled_is_told_how(site: Site) -> None:
    site.identity.unlink()
    assert site.check() == 2
    said = "central: the terminal is not enrolled: kiosk enrol --config FILE CODE"
    assert site.said == [f"{site.file}:{site.line('[central]')}: {said}"]


def test_authorities_that_are_not_there_are_asked_about(site: Site) -> None:
    site.change("sync_every_s = 30", 'ca_file = "/etc/no-such-authority.pem"')
    assert site.check() == 2
    assert site.said[0].startswith(f"{site.file}:{site.line('ca_file')}: central.ca_file: /etc/no-such-authority.pem")


def test_a_file_that_is_not_toml_is_told_where(site: Site) -> None:
    site.change('hall = "demo"', "hall = demo")
    assert site.check() == 2
    assert len(site.said) == 1
    assert site.said[0].startswith(f"{site.file}:{site.line('hall = demo')}: not TOML: Invalid value")


def test_bytes_that_are_no_text_are_told_and_not_a_crash(site: Site) -> None:
    site.file.write_bytes(b'[kiosk]\nid = "\xff\xfe"\n')
    assert site.check() == 2
    assert site.said == [f"{site.file}:2: not UTF-8 text"]


def test_a_file_that_is_not_there_is_told(site: Site) -> None:
    site.file.unlink()
    assert site.check() == 2
    assert site.said == [f"{site.file}: No such file or directory"]


def test_an_empty_file_is_told_what_it_lacks(site: Site) -> None:
    site.write("")
    assert site.check() == 2
    assert [line.split(": ", 1)[1] for line in site.said] == [
        "kiosk: this key is missing",
        "central: this key is missing",
    ]


def test_the_environment_overrides_the_file(site: Site) -> None:
    assert site.check(KIOSK__CENTRAL__URL="https://central.example/kiosks") == 0
    assert site.check(KIOSK__CENTRAL__URL="nonsense") == 2
    assert "central.url" in site.said[0]
    assert "nonsense" in site.said[0]


def test_wrong_use_ends_2_and_shows_the_use() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "kiosk_app", "check"], cwd=ROOT, check=False, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 2
    assert "--config" in run.stderr
    shown = subprocess.run(
        [sys.executable, "-m", "kiosk_app", "check", "--help"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert shown.returncode == 0
    assert "example: kiosk check --config" in shown.stdout
