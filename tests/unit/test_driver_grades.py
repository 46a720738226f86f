"""What `devices/grades.py` claims of each driver, held against what is there: benches, simulators, tests, pages.

A claim that is too high fails, and so does one that is too low: a grade says how things are.
"""

import ast
import re
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from contract.fault import FAULTS
from devices.grades import GRADES, Grade
from devices.registry import driver_names, settings_of

ROOT = Path(__file__).resolve().parents[2]
DRIVERS = ROOT / "devices" / "drivers"


@dataclass(frozen=True)
class Proof:
    """Where a driver's proofs are; "" where there is none. Tests are named ``FILE::NAME``, below tests/."""

    bench: str
    codec: str
    faults: str = ""
    hot_plug: str = ""
    page: str = ""
    searched: str = ""
    fuzzed: str = ""
    measured: str = ""


_SDT = Proof(
    bench="test_identity_reader",
    codec="sdt_codec",
    faults="simulated/test_sdt_reader.py::test_any_one_mishap_while_a_card_is_read_is_not_noticed",
    hot_plug="simulated/test_sdt_campaign.py::test_a_reader_pulled_out_at_any_moment_is_back_each_time_and_leaves_nothing",
    page="id-card-reader",
    searched="unit/test_sdt_codec.py",
    fuzzed="sdt_frames",
)
_CABINET = Proof(
    bench="test_sensor",
    codec="modbus_codec",
    faults="simulated/test_auxiliaries.py::test_a_contact_that_never_rests_counts_as_open",
    hot_plug="simulated/test_sensor_plugs.py::"
    "test_a_sensor_lost_and_found_often_senses_each_time_and_leaves_nothing_open",
    page="auxiliaries",
    searched="unit/test_modbus_codec.py",
    fuzzed="auxiliaries",
)
PROOFS: dict[str, Proof] = {
    "sdt-serial": _SDT,
    "sdt-usb": _SDT,
    "pcsc": Proof(
        bench="test_smart_card_reader",
        codec="social_card",
        faults="simulated/test_pcsc_restarts.py::test_a_service_that_dies_while_a_card_is_read_loses_no_citizen",
        hot_plug="simulated/test_pcsc_restarts.py::"
        "test_a_reader_pulled_out_and_plugged_in_within_the_orders_time_still_reads",
        page="chip-card-reader",
        searched="unit/test_social_card.py",
        fuzzed="chip_card",
    ),
    "serial-scanner": Proof(
        bench="test_code_scanner",
        codec="scan_codec",
        faults="simulated/test_serial_scanner.py::test_a_scanner_that_floods_is_refused_and_a_code_afterwards_is_read",
        hot_plug="simulated/test_serial_scanner.py::test_opening_and_losing_it_often_leaves_nothing_open",
        page="code-scanner",
        searched="unit/test_scan_codec.py",
        fuzzed="scanner_codec",
    ),
    "wedge-scanner": Proof(
        bench="test_code_scanner",
        codec="wedge_events",
        faults="simulated/test_wedge_scanner.py::"
        "test_a_scanner_that_types_without_end_is_offline_and_trusted_again_when_it_is_quiet",
        hot_plug="simulated/test_wedge_scanner.py::"
        "test_unplugged_again_and_again_it_reads_each_time_and_nothing_is_left_open",
        page="wedge-scanner",
        searched="unit/test_wedge_source.py",
        fuzzed="wedge_events",
    ),
    "camera-scanner": Proof(
        bench="test_code_scanner",
        codec="code_text",
        faults="simulated/test_camera_scanner.py::"
        "test_a_camera_that_drops_and_garbles_frames_still_reads_and_reads_nothing_else",
        hot_plug="simulated/test_camera_scanner.py::"
        "test_a_citizens_order_survives_a_camera_that_is_unplugged_and_comes_back",
        page="camera-scanner",
        searched="unit/test_code_text.py",
        fuzzed="code_text",
    ),
    "opencv": Proof(
        bench="test_camera",
        codec="page_finder",
        faults="simulated/test_opencv_camera.py::test_a_citizens_order_survives_a_camera_that_drops_and_garbles_frames",
        hot_plug="simulated/test_opencv_camera.py::"
        "test_a_camera_pulled_out_and_plugged_in_often_takes_pages_each_time_and_leaves_nothing",
        page="camera",
        searched="unit/test_page_finder.py",
        fuzzed="photographs",
    ),
    "cups": Proof(
        bench="test_printer",
        codec="ipp_wire",
        faults="fault_lab/test_printer_lab.py::test_killed_at_any_moment_is_told_truly",
        hot_plug="printing/test_cups_printer.py::test_printer_that_is_off_gets_nothing_until_it_is_switched_on",
        page="a4-printer",
        searched="unit/test_ipp_wire.py",
        fuzzed="ipp_answers",
    ),
    "serial-lights": replace(
        _CABINET,
        bench="test_lights",
        faults="simulated/test_auxiliaries.py::test_an_answer_spoilt_on_the_wire_is_asked_for_once_more",
        hot_plug="simulated/test_auxiliaries.py::"
        "test_lights_that_flash_and_are_lost_often_leave_no_thread_and_nothing_open",
    ),
    "serial-proximity": replace(
        _CABINET,
        codec="ranging_codec",
        faults="simulated/test_auxiliaries.py::test_a_sensor_that_stutters_is_still_believed",
        searched="unit/test_ranging_codec.py",
    ),
    "serial-door": _CABINET,
    "nut": replace(
        _CABINET,
        bench="test_ups",
        codec="nut_codec",
        faults="simulated/test_auxiliaries.py::"
        "test_old_figures_a_hanging_upsd_and_a_ups_that_it_does_not_know_are_told_apart",
        hot_plug="simulated/test_sensor_plugs.py::"
        "test_a_ups_whose_server_goes_and_comes_often_is_found_each_time_and_leaves_nothing_open",
        searched="unit/test_nut_codec.py",
    ),
}
"""Each driver's proofs."""


def source(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


@cache
def modules_of(path: Path) -> frozenset[str]:
    """Return every module that a file imports, also by ``from package import module``."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source(path))):
        match node:
            case ast.Import(names=names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(name), names=names):
                found |= {name} | {f"{name}.{alias.name}" for alias in names}
            case _:
                pass
    return frozenset(found)


def imports(path: Path, wanted: str, deep: int = 2) -> bool:
    """Whether a file imports a module whose name begins so, itself or through files of the tests."""
    modules = modules_of(path)
    if any(module == wanted or module.startswith(f"{wanted}.") for module in modules):
        return True
    ours = (ROOT / f"{module.replace('.', '/')}.py" for module in modules if module.startswith("tests."))
    return deep > 0 and any(imports(file, wanted, deep - 1) for file in ours if file.is_file())


def has_test(named: str) -> bool:
    file, _, name = named.partition("::")
    return (
        bool(name)
        and re.search(rf"^\s*def {re.escape(name)}\(", source(ROOT / "tests" / file), re.MULTILINE) is not None
    )


def is_bronze(driver: str, proof: Proof) -> bool:
    file = ROOT / "tests" / "contracts" / f"{proof.bench}.py"
    if not file.is_file() or not imports(file, "devices.sim"):
        return False
    benches = import_module(f"tests.contracts.{proof.bench}").BENCHES
    return any(name == driver or name.startswith(f"{driver}-") for name in benches) and settings_of(driver) is not None


def is_silver(driver: str, proof: Proof) -> bool:
    page = source(ROOT / "docs" / "hardware" / f"{proof.page}.md")
    codec = f"devices.drivers.{proof.codec}"
    searched, fuzzed = ROOT / "tests" / proof.searched, ROOT / "tests" / "fuzz" / "targets" / f"{proof.fuzzed}.py"
    return (
        has_test(proof.faults)
        and has_test(proof.hot_plug)
        and f"`{driver}`" in page
        and imports(searched, "hypothesis", 0)
        and imports(searched, codec, 0)
        and imports(fuzzed, codec, 0)
    )


def is_gold(driver: str, proof: Proof) -> bool:
    page = source(ROOT / "docs" / "hardware" / f"{proof.page}.md")
    proven = re.search(r"^## Proven on\n+\|.*\|\n\|[-| ]+\|\n(\|.+\|\n)+", page, re.MULTILINE)
    benchmark = ROOT / "benchmarks" / f"{proof.measured}.py"
    return proven is not None and bool(proof.measured) and driver in source(benchmark)


def grade_of(driver: str) -> Grade | None:
    """Work out how far a driver is proven."""
    proof = PROOFS.get(driver)
    if proof is None or not is_bronze(driver, proof):
        return None
    if not is_silver(driver, proof):
        return Grade.BRONZE
    return Grade.GOLD if is_gold(driver, proof) else Grade.SILVER


def test_every_driver_has_its_proofs_named() -> None:
    assert PROOFS.keys() == set(driver_names())


@pytest.mark.parametrize("driver", driver_names())
def test_a_grade_is_what_is_proven_no_more_and_no_less(driver: str) -> None:
    assert GRADES.get(driver) == grade_of(driver)


def test_every_driver_is_at_least_bronze() -> None:
    assert sorted(set(driver_names()) - GRADES.keys()) == []


def test_every_fault_that_a_driver_names_is_in_the_table() -> None:
    families = {code.split(".")[0] for code in FAULTS}
    named = {
        (path.name, node.value)
        for path in sorted(DRIVERS.glob("*.py"))
        for node in ast.walk(ast.parse(source(path)))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if re.fullmatch(r"[a-z]+\.[a-z_]+", node.value) and node.value.split(".")[0] in families
    }
    assert sorted((file, code) for file, code in named if code not in FAULTS and not _is_no_fault(code)) == []


def _is_no_fault(code: str) -> bool:
    """UPS variables of Network UPS Tools look like fault codes of ours."""
    return code in {"ups.status", "ups.model", "ups.mfr", "ups.serial", "device.serial", "device.model", "device.mfr"}
