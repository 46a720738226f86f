"""Codes read out of damaged clips, against zbar, OpenCV and zxing-cpp alone; and what a frame costs.

Every decoder sees the same frames of every clip, and has read a clip when it read all that stood in it in any
frame. Ours is the finder as the driver runs it: a new one for each clip, as for each citizen, which looks in
one more way at every n-th frame; a clip is as long as its round through all of them. A clip in which something
is read that did not stand there counts as not read. Frames are timed in turn, so that a busy machine is so to all.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import cv2
import zxingcpp
from pyzbar import pyzbar

from benchmarks.code_corpus import KINDS, Clip, clips
from benchmarks.code_film import Frame
from devices.drivers.code_finder import CodeFinder

PER_KIND = 4
FRAMES = CodeFinder().cycle
TARGET = 1.3
OURS, ALONE = "ours", "zxing-cpp alone"

Look = Callable[[Frame], set[str]]
_LEFT_OUT = frozenset({"NONE", "PARTIAL", "PDF417", "DATABAR", "DATABAR_EXP"})
_SYMBOLS = [symbol for symbol in pyzbar.ZBarSymbol if symbol.name not in _LEFT_OUT]
"""All that zbar reads, but those whose assertions it writes to standard error; none is there for it to read."""


@dataclass(slots=True)
class Score:
    """What one decoder did."""

    read: set[frozenset[str]] = field(default_factory=set)
    """Clips, by what stands in them."""
    kinds: Counter[str] = field(default_factory=Counter)
    """The same, counted by their kind of damage."""
    frames: int = 0
    """Frames in which all was read."""
    wrong: int = 0
    """Clips in which something else was read."""
    took_ms: list[float] = field(default_factory=list)


def run() -> list[dict[str, Any]]:
    """Measure; rates in percent of clips, times in milliseconds a frame."""
    scores: dict[str, Score] = defaultdict(Score)
    for clip in clips(1, 1, seed=1, kinds=("rotated",)):
        _show(clip, defaultdict(Score))  # warms up
    for clip in clips(PER_KIND, FRAMES):
        _show(clip, scores)
    rows = [_rate(scores, rival) for rival in (ALONE, "zbar", "OpenCV")]
    return [*rows, _wrong(scores), _cost(scores)]


def _show(clip: Clip, scores: dict[str, Score]) -> None:
    """Show a clip to everybody."""
    found: dict[str, set[str]] = defaultdict(set)
    lookers = list(_lookers().items())
    for number, frame in enumerate(clip.frames):
        for name, look in lookers if number % 2 else reversed(lookers):
            begun = time.perf_counter()
            texts = look(frame)
            scores[name].took_ms.append((time.perf_counter() - begun) * 1000)
            scores[name].frames += clip.texts <= texts
            found[name] |= texts
    for name, texts in found.items():
        if texts == clip.texts:
            scores[name].read.add(clip.texts)
            scores[name].kinds[clip.kind] += 1
        scores[name].wrong += not texts <= clip.texts


def _lookers() -> dict[str, Look]:
    finder = CodeFinder()
    squares, bars = cv2.QRCodeDetectorAruco(), cv2.barcode.BarcodeDetector()

    def with_opencv(frame: Frame) -> set[str]:
        try:
            return {*squares.detectAndDecodeMulti(frame)[1], *bars.detectAndDecodeMulti(frame)[1]} - {""}
        except cv2.error:  # it fails on some pictures
            return set()

    return {
        ALONE: lambda frame: {code.text for code in zxingcpp.read_barcodes(frame)},
        OURS: lambda frame: {code.text for code in finder.look(frame)},
        "zbar": lambda frame: {code.data.decode("utf-8", "replace") for code in pyzbar.decode(frame, symbols=_SYMBOLS)},
        "OpenCV": with_opencv,
    }


def _rate(scores: dict[str, Score], rival: str) -> dict[str, Any]:
    shown = PER_KIND * len(KINDS)
    figure, baseline = (100 * len(scores[name].read) / shown for name in (OURS, rival))
    return {
        "name": "codes read in damaged clips",
        "unit": "%",
        "figure": round(figure, 1),
        "baseline": round(baseline, 1),
        "baseline_name": rival,
        "ratio": round(figure / max(baseline, 0.1), 2),
        "target": baseline,
        "target_words": "more",
        "better": "higher",
        "met": figure > baseline,
        "clips": shown,
        "frames": shown * FRAMES,
        "frames_read": {name: scores[name].frames for name in (OURS, rival)},
        "only_by_baseline": len(scores[rival].read - scores[OURS].read),
        "by_kind": {kind: [scores[OURS].kinds[kind], scores[rival].kinds[kind], PER_KIND] for kind in KINDS},
    }


def _wrong(scores: dict[str, Score]) -> dict[str, Any]:
    figure, baseline = scores[OURS].wrong, scores[ALONE].wrong
    return {
        "name": "clips with a wrong text",
        "unit": "",
        "figure": figure,
        "baseline": baseline,
        "baseline_name": ALONE,
        "ratio": "–",
        "target": 0,
        "target_words": "none",
        "better": "lower",
        "met": figure == 0,
        "others": {name: score.wrong for name, score in scores.items()},
    }


def _cost(scores: dict[str, Score]) -> dict[str, Any]:
    figure, baseline = (median(scores[name].took_ms) for name in (OURS, ALONE))
    return {
        "name": "codes, median 720p frame",
        "unit": "ms",
        "figure": round(figure, 1),
        "baseline": round(baseline, 1),
        "baseline_name": ALONE,
        "ratio": round(figure / baseline, 2),
        "target": TARGET,
        "better": "lower",
        "met": figure <= TARGET * baseline,
        "mean": {name: round(sum(score.took_ms) / len(score.took_ms), 1) for name, score in scores.items()},
        "others": {name: round(median(score.took_ms), 1) for name, score in scores.items()},
    }
