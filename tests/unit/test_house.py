"""The house: what the locks, the lists of packages and the commands promise to whoever sets a machine up."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

import assets
from kiosk_app.base.our_tree import ForeignPackageError, assert_our_tree

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"
LOCKS = ("build", "central", "dev", "release", "runtime")
SHIPPED = {
    "runtime": ("assets", "contract", "devices", "kiosk_app", "offline_cache", "ui"),
    "central": ("central", "contract"),
}
NEVER_SHIPS = ("devices/sim", "kiosk_app/entry/dev")
"""Simulators and the bench: they live in a checkout, which has everything, and are in no release."""
AUTHORS = "devices/conformance"
"""Held against drivers by their authors, who have what ``kiosk[drivers]`` asks for beside what a terminal has."""
PARTS = {"pydantic-core": "pydantic", "starlette": "fastapi", "shiboken6": "pyside6-essentials"}
"""Distributions that are the inside of another and are imported for what that other documents."""
UNSEEN = {"psycopg", "rl-accel"}
"""Taken up by another distribution when it is there: by SQLAlchemy for PostgreSQL, by reportlab to draw faster."""


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def asked_for(name: str) -> set[str]:
    lines = (line.split("#")[0].strip() for line in (REQUIREMENTS / f"{name}.in").read_text("utf-8").splitlines())
    return {plain(re.split(r"[<>=!~\[; ]", line)[0]) for line in lines if line}


def locked(name: str) -> dict[str, str]:
    text = (REQUIREMENTS / f"{name}.txt").read_text("utf-8")
    return {plain(found[0]): found[1] for found in re.findall(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE)}


def imported(packages: tuple[str, ...], left_out: tuple[str, ...] = (*NEVER_SHIPS, AUTHORS)) -> set[str]:
    modules: set[str] = set()
    for package in packages:
        for path in (ROOT / package).rglob("*.py"):
            if any(path.is_relative_to(ROOT / part) for part in left_out):
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                match node:
                    case ast.Import(names=names):
                        modules |= {_module(alias.name) for alias in names}
                    case ast.ImportFrom(module=str(name), names=names, level=0):
                        modules |= {_module(f"{name}.{alias.name}") for alias in names}
                    case _:
                        pass
    known = packages_distributions()
    found = {plain(name) for module in modules for name in known.get(module, [module] if "." in module else [])}
    return {PARTS.get(name, name) for name in found} - {"kiosk"}


def _module(name: str) -> str:
    """The part of a dotted name that tells the distribution; two words in folders that many share."""
    first, _, rest = name.partition(".")
    return f"{first}.{rest.split('.')[0]}" if first in {"z3c", "zope"} else first


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_hashes_for_everything_and_no_index_address(name: str) -> None:
    text = (REQUIREMENTS / f"{name}.txt").read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-(-index|-extra|-find|-trusted|i |f )", text, re.MULTILINE)
    entries = re.findall(r"^[\w.-]+==[^\n]*(?:\n    --hash=[^\n]*)*", text, re.MULTILINE)
    assert len(entries) == len(locked(name)) > 0
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_what_its_list_asks_for(name: str) -> None:
    assert asked_for(name) - locked(name).keys() == set()


@pytest.mark.parametrize("name", ["build", "central", "release", "runtime"])
def test_what_ships_has_the_versions_that_were_tested(name: str) -> None:
    tested = locked("build") | locked("dev")
    other = {package for package, version in locked(name).items() if tested.get(package, version) != version}
    assert other == set()


@pytest.mark.parametrize("name", ["runtime", "central"])
def test_every_import_of_what_ships_is_asked_for_by_name(name: str) -> None:
    assert imported(SHIPPED[name]) - asked_for(name) == set()


def test_the_conformance_kit_needs_nothing_but_what_its_users_are_told_to_have() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert imported((AUTHORS,), ()) - asked_for("runtime") == {"pytest"}
    assert "pytest" in extras["drivers"]
    assert {plain(name) for name in extras["drivers"]} <= asked_for("dev")


def test_nothing_ships_that_is_never_imported() -> None:
    unused = (asked_for("runtime") - imported(SHIPPED["runtime"])) | (
        asked_for("central") - imported(SHIPPED["central"])
    )
    assert unused - UNSEEN == set()


def test_every_dependency_stands_in_the_list_with_its_reason() -> None:
    told = set(re.findall(r"`([^`]+)`", (ROOT / "docs" / "dependencies.md").read_text("utf-8")))
    asked = {name for lock in LOCKS for name in asked_for(lock)}
    assert asked - {plain(name) for name in told} == set()
    rows = [line.split("#")[0].split() for line in _system_packages().splitlines()]
    assert {row[1] for row in rows if row} - told == set()


def test_every_system_package_belongs_to_a_group_that_set_up_knows() -> None:
    rows = [line.split("#")[0].split() for line in _system_packages().splitlines()]
    assert {row[0] for row in rows if row} == {"run", "test", "bench"}


def _system_packages() -> str:
    return (ROOT / "packaging" / "system-packages.txt").read_text("utf-8")


def test_pyside_stays_below_the_release_that_loses_references() -> None:
    version = tuple(int(part) for part in locked("runtime")["pyside6-essentials"].split("."))
    assert (6, 8, 3) <= version < (6, 12)


def test_the_commands_of_this_checkout_are_installed() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert set(scripts) == {"kiosk", "kiosk-central", "kiosk-release"}
    folder = Path(sys.executable).parent
    assert [name for name in scripts if not (folder / name).exists()] == []


@pytest.mark.parametrize(
    ("face", "weight"),
    [(assets.SANS_REGULAR, 400), (assets.SANS_BOLD, 700), (assets.RARE_A, None), (assets.RARE_B, None)],
    ids=lambda value: getattr(value, "stem", str(value)),
)
def test_a_face_has_truetype_outlines_of_one_weight(face: Path, weight: int | None) -> None:
    with TTFont(face, lazy=True) as font:
        assert "glyf" in font
        assert "fvar" not in font
        if weight is not None:
            assert font["OS/2"].usWeightClass == weight


def test_the_faces_together_draw_the_rarest_names() -> None:
    held: set[int] = set()
    for face in (assets.SANS_REGULAR, assets.RARE_A, assets.RARE_B):
        with TTFont(face, lazy=True) as font:
            held |= font.getBestCmap().keys()
    assert {character for character in "䶮㛃𬭎堃" if ord(character) not in held} == set()


@pytest.mark.parametrize("contract", ["Hardware stays in drivers", "Simulators never ship"])
def test_no_part_of_the_device_layer_is_forgotten_by_a_contract(contract: str) -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    held = set(next(rule for rule in rules if rule["name"] == contract)["source_modules"])
    parts = {f"devices.{path.stem}" for path in (ROOT / "devices").glob("*.py")} | {"devices.conformance"}
    assert parts - {"devices.__init__"} - held == set()


def test_our_own_tree_is_accepted() -> None:
    assert_our_tree()


def test_a_package_of_the_same_name_from_elsewhere_is_refused(tmp_path: Path) -> None:
    foreign = tmp_path / "devices"
    foreign.mkdir()
    (foreign / "__init__.py").write_text("")
    asked = subprocess.run(
        [sys.executable, "-c", "from kiosk_app.base.our_tree import assert_our_tree; assert_our_tree()"],
        cwd=ROOT, env={"PYTHONPATH": f"{tmp_path}:{ROOT}", "PYTHONSAFEPATH": "1"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert asked.returncode == 1
    assert f"package 'devices' comes from {foreign}" in asked.stderr


def test_a_package_that_is_nowhere_is_refused() -> None:
    with pytest.raises(ForeignPackageError, match="comes from nowhere"):
        assert_our_tree(("no_such_package_of_ours",))
