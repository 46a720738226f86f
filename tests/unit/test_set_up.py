"""Set-up on a machine that changes under it: what is made again, what is left alone, and what it says."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def set_up(tmp_path: Path) -> ModuleType:
    """The set-up program, at work in a checkout of its own."""
    folder = tmp_path / "checkout" / "packaging"
    folder.mkdir(parents=True)
    (folder / "set_up.py").write_text((ROOT / "packaging" / "set_up.py").read_text("utf-8"), "utf-8")
    spec = importlib.util.spec_from_file_location("set_up_of_a_test", folder / "set_up.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    module.STAMPS.mkdir(parents=True)
    return module


class Workshop:
    """A step of set-up that copies one file, and counts how often."""

    def __init__(self, set_up: ModuleType) -> None:
        self.source: Path = set_up.ROOT / "source"
        self.target: Path = set_up.ROOT / "target"
        self.source.write_text("first")
        self.made = 0
        self.broken = False
        self.step = set_up.Step("copy", "copying", (self.source,), (self.target,), self.make)

    def make(self) -> None:
        self.made += 1
        if self.broken:
            raise OSError("disk full")
        self.target.write_text(self.source.read_text())


def test_a_second_set_up_makes_nothing(set_up: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    shop = Workshop(set_up)
    shop.step.settle()
    assert "copy: copying" in capsys.readouterr().err
    shop.step.settle()
    assert shop.made == 1
    assert capsys.readouterr().err == ""


def test_a_changed_source_is_made_again(set_up: ModuleType) -> None:
    shop = Workshop(set_up)
    shop.step.settle()
    shop.source.write_text("second")
    shop.step.settle()
    assert shop.target.read_text() == "second"


def test_a_lost_result_is_made_again(set_up: ModuleType) -> None:
    shop = Workshop(set_up)
    shop.step.settle()
    shop.target.unlink()
    shop.step.settle()
    assert shop.target.exists()


def test_a_step_broken_off_is_done_again(set_up: ModuleType) -> None:
    shop = Workshop(set_up)
    shop.step.settle()
    shop.source.write_text("second")
    shop.broken = True
    with pytest.raises(OSError, match="disk full"):
        shop.step.settle()
    shop.source.write_text("first")  # as it was when the stamp was made
    shop.broken = False
    shop.step.settle()
    assert shop.made == 3


def test_a_step_that_made_nothing_is_told_and_not_stamped(set_up: ModuleType) -> None:
    shop = Workshop(set_up)
    idle = set_up.Step("idle", "doing nothing", (shop.source,), (shop.target,), lambda: None)
    with pytest.raises(set_up.SetUpError, match="without making target"):
        idle.settle()
    assert not (set_up.STAMPS / "idle").exists()


def test_a_program_that_fails_is_shown_with_its_last_words_and_advice(
    set_up: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(set_up.SetUpError, match=r"ended with status 3\. Ask the office\."):
        set_up.run(["sh", "-c", "echo the mirror is closed; exit 3"], "Ask the office.")
    assert "the mirror is closed" in capsys.readouterr().err


def test_packages_are_taken_by_group(set_up: ModuleType) -> None:
    text = "# why\nrun  gcc  # compiles\n\ntest poppler-utils\nbench libpango-1.0-0\n"
    assert set_up.wanted_packages(text, ("run", "test")) == ["gcc", "poppler-utils"]


def test_a_package_that_debian_does_not_hold_is_missing(set_up: ModuleType) -> None:
    assert set_up.missing_packages(["dpkg", "no-such-package-of-any-debian"]) == ["no-such-package-of-any-debian"]


def test_an_environment_from_another_place_is_not_ours(set_up: ModuleType) -> None:
    assert not set_up.venv_is_ours()
    (set_up.VENV / "bin").mkdir(parents=True)
    (set_up.VENV / "bin" / "python").symlink_to(sys.executable)
    (set_up.VENV / "bin" / "pip").write_text("#!/somewhere/else/.venv/bin/python\n")
    assert not set_up.venv_is_ours()
    (set_up.VENV / "bin" / "pip").write_text(f"#!{set_up.PYTHON}\n")
    assert set_up.venv_is_ours()


@pytest.mark.parametrize("command", ["run", "test", "bench", "packaging/lock", "packaging/bare-machine-check"])
def test_a_command_helps_with_an_example_and_sets_nothing_up(command: str) -> None:
    asked = subprocess.run([ROOT / command, "--help"], capture_output=True, text=True, check=False)
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "Example: " in asked.stdout


@pytest.mark.parametrize(
    "words", [["--bogus"], ["--tour"], ["--port-base", "80"], ["--port-base", "many"], ["--config", "/no/such/file"]]
)
def test_run_used_wrongly_ends_with_2_before_it_sets_anything_up(words: list[str]) -> None:
    asked = subprocess.run([ROOT / "run", *words], capture_output=True, text=True, check=False)
    assert asked.returncode == 2
    assert asked.stdout == ""
    assert asked.stderr.startswith("run: ")
