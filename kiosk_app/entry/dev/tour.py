"""``kiosk tour``: plays journeys at a simulated bench and leaves what was seen, printed and measured.

Each journey runs in a process of its own against one bench; its folder holds the pictures, the pages
that came out of the printer and a summary, and the folder above lists the journeys.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kiosk_app.entry.configuration import load
from kiosk_app.entry.dev.bench import Bench, BenchError
from kiosk_app.entry.dev.bench_link import BenchServer
from kiosk_app.entry.dev.demo import Place, place, write_configuration
from kiosk_app.entry.dev.journeys import JOURNEYS, Journey

JOURNEY_LIMIT_S = 240
FIRST = "insurance-certificate"


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line."""

    journey: str | None
    out: Path | None
    language: str | None
    mode: str | None
    size: str | None


def run_tour(wish: Wish, state: Path, port_base: int, configuration: Path | None) -> int:
    """Play what was wished for; 0 only if every journey ended as it should."""
    if wish.journey is not None and wish.journey not in JOURNEYS:
        for name, journey in JOURNEYS.items():
            print(f"{name:34} {journey.what}")
        return 0 if wish.journey == "list" else 2
    if wish.out is None:
        print("kiosk tour: --out DIR is needed", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    here = place(state, port_base)
    settings = load(configuration or write_configuration(here))
    if settings is None:
        return 2
    bench = Bench(here, settings)
    try:
        bench.start()
        server = BenchServer(bench, here.bench_socket)
        try:
            return _play_all(wish, here, bench, configuration)
        finally:
            server.close()
    except (BenchError, OSError, TimeoutError) as error:
        print(f"kiosk tour: {error}", file=sys.stderr)
        return 1
    finally:
        bench.stop()


def _play_all(wish: Wish, here: Place, bench: Bench, configuration: Path | None) -> int:
    assert wish.out is not None
    out = wish.out.resolve()
    names = (
        [wish.journey] if wish.journey is not None else [name for name, journey in JOURNEYS.items() if journey.default]
    )
    if wish.journey is None:
        shutil.rmtree(out, ignore_errors=True)
    summaries = []
    for name in names:
        folder = out if wish.journey is not None else out / name
        folder.mkdir(parents=True, exist_ok=True)
        journey = _as_wished(JOURNEYS[name], wish)
        summary = _play_one(name, journey, folder, here, bench, configuration)
        summaries.append(summary)
        print(
            f"{'ok    ' if summary['ok'] else 'FAILED'} {name}{': ' + summary['error'] if summary['error'] else ''}",
            flush=True,
        )
    if wish.journey is None:
        listed = [
            {"journey": s["journey"], "ok": s["ok"], "summary": f"{s['journey']}/summary.json"} for s in summaries
        ]
        ok = all(s["ok"] for s in summaries)
        (out / "summary.json").write_text(json.dumps({"ok": ok, "journeys": listed}, indent=2), "utf-8")
    return 0 if all(summary["ok"] for summary in summaries) else 1


def _as_wished(journey: Journey, wish: Wish) -> Journey:
    return replace(
        journey,
        language=wish.language or journey.language,
        mode=wish.mode or journey.mode,
        size=wish.size or journey.size,
    )


def _play_one(
    name: str, journey: Journey, folder: Path, here: Place, bench: Bench, configuration: Path | None
) -> dict[str, Any]:
    width, height = (int(side) for side in journey.size.split("x"))
    path = configuration or write_configuration(here, width=width, height=height)
    before = len(bench.printer.tray()) if bench.printer is not None else 0
    command = [sys.executable, "-m", "kiosk_app.entry.dev.play", "--config", str(path), "--journey", name]
    command += ["--out", str(folder), "--bench", str(here.bench_socket), "--person", journey.person]
    command += ["--language", journey.language, "--mode", journey.mode]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    (folder / "journey.json").unlink(missing_ok=True)
    error = ""
    try:
        subprocess.run(command, env=environment, timeout=JOURNEY_LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        error = f"did not end within {JOURNEY_LIMIT_S} s"
    told = folder / "journey.json"
    summary: dict[str, Any] = (
        json.loads(told.read_text("utf-8")) if told.exists() else {"journey": name, "ok": False, "error": "it crashed"}
    )
    told.unlink(missing_ok=True)
    if error:
        summary |= {"ok": False, "error": error}
    _add_paper(summary, journey, folder, bench, before)
    (folder / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2), "utf-8")
    _restore(bench)
    return summary


def _add_paper(summary: dict[str, Any], journey: Journey, folder: Path, bench: Bench, before: int) -> None:
    """Add what came out of the printer, and hold it against what the screen said."""
    sheets = bench.printer.tray()[before:] if bench.printer is not None else ()
    outcome = summary.pop("outcome", "none")
    code = summary.pop("verification_code", "")
    summary["print"] = {"outcome": outcome, "sheets": len(sheets)}
    summary["document"] = None
    if sheets and bench.printer is not None:
        paper = folder / "document.pdf"
        shutil.copyfile(bench.printer.document(sheets[-1]), paper)
        summary["document"] = {
            "path": paper.name,
            "pages": sheets[-1].pages,
            "sha256": hashlib.sha256(paper.read_bytes()).hexdigest(),
            "verification_code": code,
        }
    if summary["ok"] and (outcome != journey.outcome or (outcome == "sent") != bool(sheets)):
        summary |= {"ok": False, "error": f"the screen said {outcome}, the tray holds {len(sheets)} new sheets"}


def _restore(bench: Bench) -> None:
    """Put the bench back as the next citizen should find it."""
    for deed in ("card.lift", "reader.plug", "code.plug", "printer.repair", "paper.load", "printer.on", "cable.plug"):
        bench.do(deed)
