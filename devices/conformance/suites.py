"""Which suite holds for which bench."""

from devices.conformance.camera import CameraBench, CameraSuite
from devices.conformance.code_scanner import CodeScannerBench, CodeScannerSuite
from devices.conformance.identity_reader import IdentityReaderBench, IdentityReaderSuite
from devices.conformance.lights import LightsBench, LightsSuite
from devices.conformance.printer import PrinterBench, PrinterSuite
from devices.conformance.sensor import SensorBench, SensorSuite
from devices.conformance.smart_card import SmartCardBench, SmartCardSuite
from devices.conformance.ups import UpsBench, UpsSuite

SUITES: dict[type, type] = {
    CameraBench: CameraSuite,
    CodeScannerBench: CodeScannerSuite,
    IdentityReaderBench: IdentityReaderSuite,
    LightsBench: LightsSuite,
    PrinterBench: PrinterSuite,
    SensorBench: SensorSuite,
    SmartCardBench: SmartCardSuite,
    UpsBench: UpsSuite,
}


def suite_for(bench: object) -> type | None:
    """Return the suite of a bench; None for what is no bench."""
    return SUITES.get(type(bench))
