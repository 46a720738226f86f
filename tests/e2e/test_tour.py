"""What ``kiosk tour`` leaves behind, as people and scripts rely on it; the paper is the one the printer gave."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from tests.ports import free_ports

ROOT = Path(__file__).resolve().parent.parent.parent
A4_POINTS = (595.28, 841.89)


def play(journey: str, folder: Path) -> tuple[int, dict[str, Any]]:
    out = folder / "tour"
    command = [sys.executable, "-m", "kiosk_app", "tour", "--journey", journey, "--out", str(out)]
    command += ["--state", str(folder / "state"), "--port-base", str(free_ports(3))]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, timeout=100)
    return done.returncode, json.loads((out / "summary.json").read_text("utf-8"))


@pytest.mark.parametrize(("journey", "name"), [("rare-name-yan", "王䶮"), ("rare-name-hong", "赵𬭎")])
def test_a_tour_leaves_pictures_paper_and_summary_also_for_a_rare_name(journey: str, name: str, tmp_path: Path) -> None:
    status, summary = play(journey, tmp_path)
    assert (status, summary["ok"], summary["journey"]) == (0, True, journey)
    assert summary["print"] == {"outcome": "sent", "sheets": 1}
    assert summary["central"] == {"received": True, "verdict": "issued"}
    assert set(summary["case"]) == {"id", "receipt_number", "service_item"}
    assert {"start_to_home", "card_to_identity", "touch_to_frame_p95", "confirm_to_durable", "confirm_to_sent"} <= set(
        summary["timings_ms"]
    )
    for step in summary["steps"]:
        assert (tmp_path / "tour" / step["screenshot"]).stat().st_size > 10_000
    paper = tmp_path / "tour" / summary["document"]["path"]
    code = summary["document"]["verification_code"]
    with pypdfium2.PdfDocument(paper) as document:
        assert len(document) == summary["document"]["pages"] == 1
        page = document[0]
        assert page.get_size() == pytest.approx(A4_POINTS, abs=1)
        assert name in page.get_textpage().get_text_range()
        (scanned,) = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
    assert scanned.text.endswith(f"/verify?code={code}")
    with pikepdf.open(paper) as pdf:
        faces = [
            thing
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor"
        ]
        assert faces
        assert all("/FontFile2" in face for face in faces)


def test_a_journey_that_there_is_none_of_is_wrong_use(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kiosk_app", "tour", "--journey", "flying", "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "insurance-certificate" in done.stdout
