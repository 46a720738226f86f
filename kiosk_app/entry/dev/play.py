"""The process of one journey: the terminal, offscreen, with somebody at it. Started by ``kiosk tour``.

A process of its own, so that the time to the first frame is counted from its real beginning and one
journey leaves nothing for the next.
"""

import argparse
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any


def main() -> int:
    """Play one journey into a folder; 0 when it ended as it should."""
    parser = argparse.ArgumentParser()
    for name in ("config", "journey", "out", "bench", "person", "language", "mode"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from kiosk_app.entry.terminal import prepare_process  # noqa: PLC0415 - before Qt is imported

    prepare_process()
    summary = _play(options)
    (Path(options.out) / "journey.json").write_text(json.dumps(summary, ensure_ascii=False), "utf-8")
    return 0 if summary["ok"] else 1


def _play(options: argparse.Namespace) -> dict[str, Any]:
    from PySide6.QtGui import QGuiApplication  # noqa: PLC0415
    from PySide6.QtTest import QTest  # noqa: PLC0415

    from kiosk_app.base.logs import configure_logs  # noqa: PLC0415
    from kiosk_app.base.settings import load_screen_settings  # noqa: PLC0415
    from kiosk_app.entry.dev.bench_link import BenchClient  # noqa: PLC0415
    from kiosk_app.entry.dev.fingers import Fingers  # noqa: PLC0415
    from kiosk_app.entry.dev.journeys import JOURNEYS  # noqa: PLC0415
    from kiosk_app.entry.dev.stage import Stage  # noqa: PLC0415
    from kiosk_app.entry.supervisor import SERVICES, Family  # noqa: PLC0415
    from kiosk_app.entry.terminal import PROCESS, Terminal  # noqa: PLC0415

    configuration = Path(options.config)
    settings = load_screen_settings(configuration)
    configure_logs(settings.kiosk.state_dir / "log" / "terminal.jsonl", process=PROCESS)
    family = Family(settings.kiosk.state_dir, configuration, SERVICES)
    family.start()
    application = QGuiApplication(["kiosk"])
    terminal = Terminal(configuration, application)
    terminal.start()
    fingers = Fingers(terminal.screen.window, QTest.createTouchDevice())
    fingers.until("the terminal", lambda: terminal.started)
    bench = BenchClient(Path(options.bench))
    out = Path(options.out)
    stage = Stage(terminal, fingers, bench, out, options.person, options.language, options.mode)
    error = ""
    try:
        JOURNEYS[options.journey].play(stage)
        stage.until_delivered()
    except Exception as fault:  # noqa: BLE001 - whatever goes wrong on stage is the journey's result
        error = f"{type(fault).__name__}: {fault}"
        traceback.print_exc()
        stage.shot("where-it-stopped")
    summary = _summary(stage, options, error)
    pids = {name: child.pid for name, child in family.children.items()}
    summary["resident_mib"] = {"ui": _resident_mib("self")} | {
        name: _resident_mib(str(pid)) for name, pid in pids.items() if pid is not None
    }
    terminal.close()
    family.stop()
    bench.close()
    return summary


def _resident_mib(process: str) -> float:
    """A process's resident memory, as `proc(5)` tells it in pages."""
    pages = int(Path(f"/proc/{process}/statm").read_text("utf-8").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / (1024 * 1024), 1)


def _summary(stage: Any, options: argparse.Namespace, error: str) -> dict[str, Any]:
    finished = stage.finished
    case = stage.bench.do("central.case", finished.receipt.receipt_number) if finished is not None else None
    item = finished.visit.item if finished is not None else None
    return {
        "journey": options.journey,
        "ok": not error,
        "error": error,
        "language": options.language,
        "mode": options.mode,
        "steps": stage.steps,
        "case": None
        if finished is None
        else {
            "id": finished.receipt.case_id,
            "receipt_number": finished.receipt.receipt_number,
            "service_item": item.id if item is not None else None,
        },
        "verification_code": finished.verification_code if finished is not None else "",
        "outcome": finished.outcome.value if finished is not None else "none",
        "central": {"received": case is not None, "verdict": case["verdict"] if case is not None else None},
        "timings_ms": {
            "start_to_home": round((stage.terminal.first_frame_s or 0.0) * 1000, 1),
            "start_to_ready": round((stage.terminal.ready_s or 0.0) * 1000, 1),
            **stage.measured(),
        },
    }


if __name__ == "__main__":
    sys.exit(main())
