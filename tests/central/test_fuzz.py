"""A stranger who reads the OpenAPI document and tries everything it says finds no server error and no lie."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.central.server import ROOT, Central

EXAMPLES = 2
"""Random requests for each operation, beside those that cover what its schema says."""
CAMPAIGN_SECONDS = 240
PATIENCE_S = 600
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


@pytest.mark.timeout(PATIENCE_S + 60)
def test_every_check_of_schemathesis_holds(
    own_central: Central, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    campaign = bool(request.config.getoption("--campaign"))
    terminal = own_central.enrol("demo-0001")
    own_central.start()
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION), "run"),
            *(f"{own_central.address}/openapi.json", "--checks", "all", "--no-color"),
            *(
                ("--max-time", str(CAMPAIGN_SECONDS))
                if campaign
                else ("--max-examples", str(EXAMPLES), "--seed", "1", "--generation-deterministic")
            ),
        ],
        cwd=tmp_path,
        env=os.environ
        | {
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
            "SCHEMATHESIS_HOOKS": "tests.central.fuzz_hooks",
            "KIOSK_FUZZ_TERMINAL": f"demo-0001:{terminal.key.private_bytes_raw().hex()}",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Tested: 9" in run.stdout
    said = own_central.log.read_text()
    assert '"event": "bug"' not in said
    assert '"event": "database.lost"' not in said
    assert own_central.stop() == 0
