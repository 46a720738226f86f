"""Makes a checkout ready: system packages, `.venv` from the locks, commands, fonts, translations.

Standard library only, since it runs before anything is installed. Each step is stamped with a hash of what it
was made from, so that a second run only compares. Honours the machine's own apt and pip settings and names no
package index. A step that was broken off leaves no stamp and is done again.
"""

import argparse
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = ROOT / "build" / "set-up"
LOG = STAMPS / "log"
RESOURCE = ROOT / "ui" / "i18n" / "texts.qrc"
REQUIREMENTS = ROOT / "requirements"
GROUPS = {"run": ("run",), "test": ("run", "test"), "bench": ("run", "bench"), "all": ("run", "test", "bench")}
PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


class SetUpError(Exception):
    """Set-up cannot go on; the message says what a person can do."""


@dataclass(frozen=True)
class Step:
    """Something made from files: done again when one of them, or this machine's Python, changed."""

    name: str
    why: str
    inputs: tuple[Path, ...]
    outputs: tuple[Path, ...]
    make: Callable[[], None]

    def fingerprint(self) -> str:
        """Return a hash of what the outputs are made from; a moved checkout counts as changed."""
        digest = hashlib.sha256(f"{ROOT} {sys.executable} {sys.version}".encode())
        for path in (Path(__file__), *self.inputs):
            digest.update(str(path.relative_to(ROOT)).encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def settle(self) -> None:
        """Do the step unless its stamp says that nothing changed."""
        stamp, now = STAMPS / self.name, self.fingerprint()
        if stamp.exists() and stamp.read_text() == now and all(path.exists() for path in self.outputs):
            return
        say(f"{self.name}: {self.why}")
        stamp.unlink(missing_ok=True)
        self.make()
        missing = [str(path.relative_to(ROOT)) for path in self.outputs if not path.exists()]
        if missing:
            raise SetUpError(f"{self.name} ended without making {', '.join(missing)}")
        stamp.write_text(now)


def say(text: str) -> None:
    """Tell the person in front of the machine; standard output stays the command's own."""
    print(f"set-up: {text}", file=sys.stderr, flush=True)


def run(command: Iterable[object], advice: str) -> None:
    """Run a program, its words kept in build/set-up/log; when it fails, show their end and say what may help."""
    words = [str(word) for word in command]
    with LOG.open("a+b") as log:
        log.write(f"$ {' '.join(words)}\n".encode())
        log.flush()
        done = subprocess.run(words, cwd=ROOT, check=False, stdout=log, stderr=subprocess.STDOUT)
    if done.returncode:
        said = LOG.read_text("utf-8", errors="replace").rsplit("\n$ ", 1)[-1].splitlines()[-20:]
        print("\n".join(f"    {line}" for line in said), file=sys.stderr)
        raise SetUpError(f"`{' '.join(words[:8])} …` ended with status {done.returncode}. {advice}")


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold `path` against another set-up; the lock ends with the process, however that ends."""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


# --- system packages ---


def wanted_packages(text: str, groups: tuple[str, ...]) -> list[str]:
    """Return the packages of `groups` in system-packages.txt."""
    rows = (line.split("#", 1)[0].split() for line in text.splitlines())
    return [row[1] for row in rows if len(row) == 2 and row[0] in groups]


def missing_packages(wanted: list[str]) -> list[str]:
    """Return those of `wanted` that dpkg does not hold as installed."""
    if shutil.which("dpkg-query") is None:
        raise SetUpError("this is not Debian. Install what packaging/system-packages.txt names in your own way.")
    listing = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Abbrev}\n", *wanted],
        check=False, capture_output=True, text=True,
    ).stdout  # fmt: skip
    have = {row[0] for line in listing.splitlines() if len(row := line.split()) == 2 and row[1].startswith("ii")}
    return [name for name in wanted if name not in have]


def install_system_packages(groups: tuple[str, ...]) -> None:
    """Install through apt what is missing; asks apt nothing when nothing is."""
    wanted = wanted_packages((ROOT / "packaging" / "system-packages.txt").read_text("utf-8"), groups)
    if not missing_packages(wanted):
        return
    # Another checkout may be installing: wait, then look again. The folder itself is locked, which
    # every user may do, and which does not collide with the lock files of apt and dpkg.
    with alone(Path("/var/lib/dpkg")):
        missing = missing_packages(wanted)
        if not missing:
            return
        say(f"system packages: apt installs {' '.join(missing)}")
        say("    (packaging/system-packages.txt says what each is for; build/set-up/log what apt says)")
        advice = f"Is a package mirror reachable? By hand: apt-get install --no-install-recommends {' '.join(missing)}"
        apt = [*as_root(advice), "apt-get", "-q", "-o", "DPkg::Lock::Timeout=900", "-o", "Dpkg::Use-Pty=0"]
        run([*apt, "update"], advice)
        run([*apt, "install", "--yes", "--no-install-recommends", *missing], advice)
        if missing := missing_packages(wanted):
            raise SetUpError(f"apt said it was done, and yet these are missing: {' '.join(missing)}")
    # apt may just have upgraded the Python that runs this: what is stamped next must be the new one's.
    os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606 - ourselves, with our own arguments


def as_root(advice: str) -> list[str]:
    """Return the words that make a command root's, with the machine's proxies kept and no questions asked."""
    kept = [f"{name}={os.environ[name]}" for name in PROXIES if name in os.environ]
    words = ["env", "DEBIAN_FRONTEND=noninteractive", *kept]
    if os.geteuid() == 0:
        return words
    if shutil.which("sudo") is None:
        raise SetUpError(f"this needs root, and there is no sudo. {advice}")
    return ["sudo", *words]


# --- .venv ---


def make_venv() -> None:
    """Install exactly what the locks hold: what they do not name is taken out again."""
    if not venv_is_ours():
        run([sys.executable, "-m", "venv", "--clear", VENV], "Is python3-venv installed?")
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check"]
    install = [*pip, "install", "--quiet", "--require-hashes", "--no-build-isolation"]
    advice = "Is a package index reachable with this machine's pip settings (`pip config list`)?"
    for lock in ("build", "dev"):
        run([*install, "--requirement", REQUIREMENTS / f"{lock}.txt"], advice)
    held = {"kiosk"} | locked_names("build") | locked_names("dev")
    freeze = subprocess.run(
        [str(word) for word in (*pip, "freeze", "--all", "--exclude-editable")],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    if strangers := sorted({plain(re.split(r"[ =@]", line)[0]) for line in freeze.splitlines()} - held):
        run([*pip, "uninstall", "--quiet", "--yes", *strangers], "")


def venv_is_ours() -> bool:
    """Say whether `.venv` works, here, and is of Python 3.11; one copied from elsewhere is not ours."""
    if not PYTHON.exists() or not (VENV / "bin" / "pip").exists():
        return False
    if f"#!{PYTHON}" not in (VENV / "bin" / "pip").read_text(errors="replace").splitlines()[:2]:
        return False
    tell = [str(PYTHON), "-c", "import sys; print(*sys.version_info[:2])"]
    return subprocess.run(tell, check=False, capture_output=True, text=True).stdout == "3 11\n"


def locked_names(lock: str) -> set[str]:
    """Return the packages that a lock names."""
    text = (REQUIREMENTS / f"{lock}.txt").read_text("utf-8")
    return {plain(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


def plain(name: str) -> str:
    """Return a distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def make_commands() -> None:
    """Put `kiosk`, `kiosk-central` and `kiosk-release` into `.venv/bin`; they run this checkout."""
    run(
        [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps",
         "--no-build-isolation", "--no-index", "--editable", ROOT],
        "pyproject.toml names the commands and packages.",
    )  # fmt: skip
    # Only now: until here our own entry may ask for what an earlier lock held.
    run(
        [PYTHON, "-m", "pip", "--disable-pip-version-check", "check"],
        "The locks contradict each other: packaging/lock.",
    )


# --- fonts, translations ---


def make_fonts() -> None:
    """Cut the faces."""
    run([PYTHON, ROOT / "packaging" / "build_fonts.py"], "The sources are fonts-hanazono and justmytype-intl-cjk.")


def make_translations() -> None:
    """Compile the interface's texts, which are found by message id, and put them into one file for the screen."""
    for source in translations():
        target = source.with_name(f"{source.stem.replace('kiosk_', 'qml_')}.qm")  # the name the QML engine looks for
        run([VENV / "bin" / "pyside6-lrelease", "-silent", source, "-qm", target], f"{source} is at fault.")
    rcc = [VENV / "bin" / "pyside6-rcc", "--binary", "--no-compress"]
    run([*rcc, RESOURCE, "-o", RESOURCE.with_suffix(".rcc")], f"{RESOURCE} is at fault.")


def translations() -> tuple[Path, ...]:
    """Return the interface's text files."""
    return tuple(sorted((ROOT / "ui" / "i18n").glob("*.ts")))


def steps() -> tuple[Step, ...]:
    """Return everything that is made, in order."""
    locks = tuple(REQUIREMENTS / f"{name}.txt" for name in ("build", "dev"))
    commands = tuple(VENV / "bin" / name for name in ("kiosk", "kiosk-central", "kiosk-release"))
    packages = tuple(sorted(path for path in ROOT.glob("*/__init__.py")))
    faces = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf", "HanaMinA.ttf", "HanaMinB.ttf", "NotoSansSC-OFL.txt")
    fonts = tuple(ROOT / "assets" / "fonts" / name for name in faces)
    return (
        Step("python", "making .venv from requirements/*.txt (a minute)", locks, (PYTHON,), make_venv),
        Step("commands", "kiosk, kiosk-central, kiosk-release", (ROOT / "pyproject.toml", *packages, *locks),
             commands, make_commands),
        Step("fonts", "cutting the faces of screen and paper (half a minute)",
             (ROOT / "packaging" / "build_fonts.py", REQUIREMENTS / "dev.txt"), fonts, make_fonts),
        Step("translations", "compiling the interface's texts", (*translations(), RESOURCE),
             (RESOURCE.with_suffix(".rcc"),), make_translations),
    )  # fmt: skip


def main() -> int:
    """Command line: what the checkout is set up for."""
    parser = argparse.ArgumentParser(
        prog="packaging/setup", description="Make this checkout ready to run, to test or to measure.",
        epilog="Example: packaging/setup test",
    )  # fmt: skip
    parser.add_argument("group", nargs="?", choices=sorted(GROUPS), default="run", help="what for (default: run)")
    groups = GROUPS[parser.parse_args().group]
    try:
        STAMPS.mkdir(parents=True, exist_ok=True)
        install_system_packages(groups)
        with alone(STAMPS):
            for step in steps():
                step.settle()
    except (SetUpError, OSError, subprocess.SubprocessError) as error:
        say(f"failed: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
