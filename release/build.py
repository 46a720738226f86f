"""Freezes the terminal with PyInstaller, in an environment that holds nothing but what ships.

The checkout's own `.venv` would do, and would let a test library slip into a release unseen. So the lock of the
release is installed beside it, once for each content of that lock.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from release.contents import strangers
from release.trial import faults_at_start

LOCKS = ("build", "release")
NAMED = ("assets/fonts/NotoSansSC-Regular.ttf", "assets/fonts/HanaMinB.ttf")
"""What set-up makes and a release needs; the rest is in the repository."""


class BuildError(Exception):
    """There is no release, and the message says why."""


def build(root: Path, out: Path) -> Path:
    """Freeze the terminal of `root` into ``out/kiosk`` and return that folder.

    Raises:
        BuildError: something is missing, does not belong there, or does not start.
    """
    if missing := [name for name in NAMED if not (root / name).exists()]:
        raise BuildError(f"{', '.join(missing)} not made yet: packaging/setup makes them")
    work = root / "build" / "release"
    work.mkdir(parents=True, exist_ok=True)
    python = environment(root, work)
    _run(
        [python, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "--distpath", out, "--workpath", work,
         root / "kiosk.spec"],
        work / "pyinstaller.log",
        # Modules are frozen in the order that sets give; a fixed seed makes two builds alike.
        os.environ | {"PYTHONHASHSEED": "1", "PYTHONPATH": str(root)},
    )  # fmt: skip
    made = out / "kiosk"
    if found := strangers(work / "kiosk", made):
        raise BuildError(f"does not belong into a release: {', '.join(found)}")
    if faults := faults_at_start(made / "kiosk"):
        raise BuildError(f"{made / 'kiosk'} does not start as it should: {'; '.join(faults)}")
    return made


def environment(root: Path, work: Path) -> Path:
    """Return the Python of the environment that holds the release's lock; make it when the lock is new."""
    locks = [root / "requirements" / f"{name}.txt" for name in LOCKS]
    stamp = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks) + sys.version.encode()).hexdigest()
    python, made = work / "venv" / "bin" / "python", work / "venv-stamp"
    if not python.exists() or not made.exists() or made.read_text() != stamp:
        made.unlink(missing_ok=True)
        log = work / "environment.log"
        _run([sys.executable, "-m", "venv", "--clear", work / "venv"], log, dict(os.environ))
        for lock in locks:
            _run(
                [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes",
                 "--no-build-isolation", "--requirement", lock],
                log, dict(os.environ),
            )  # fmt: skip
        made.write_text(stamp)
    return python


def _run(command: list[object], log: Path, surroundings: dict[str, str]) -> None:
    words = [str(word) for word in command]
    with log.open("w", encoding="utf-8") as told:
        done = subprocess.run(words, check=False, stdout=told, stderr=subprocess.STDOUT, env=surroundings)
    if done.returncode:
        end = "\n".join(log.read_text("utf-8", errors="replace").splitlines()[-15:])
        raise BuildError(f"`{' '.join(words[:4])} …` ended with status {done.returncode} ({log}):\n{end}")
