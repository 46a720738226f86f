"""Finding pages in photographs of documents, against what a first try does: threshold, contours, largest quad.

300 generated photographs, each with trouble (`benchmarks.page_corpus`). A page counts as found when none of
its four corners is further off than 1.5 % of the page's height; which corner is called the first is free.
"""

import time
from statistics import median
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.page_corpus import Case, corpus
from devices.drivers.page_finder import find_page

COUNT = 300
WITHIN = 0.015
TARGET = 0.95


def run() -> list[dict[str, Any]]:
    """Measure; shares in per cent, times in milliseconds."""
    ours: list[bool] = []
    naive: list[bool] = []
    spent: list[float] = []
    for case in corpus(COUNT):
        began = time.perf_counter()
        page = find_page(case.image)
        spent.append((time.perf_counter() - began) * 1000)
        ours.append(page is not None and _found(case, page.corners))
        plain = _naive(case.image)
        naive.append(plain is not None and _found(case, plain))
    share, baseline = sum(ours) / COUNT, sum(naive) / COUNT
    return [
        {
            "name": "pages found within 1.5 % of their height",
            "unit": "%",
            "figure": round(100 * share, 1),
            "baseline": round(100 * baseline, 1),
            "baseline_name": "threshold and largest quad",
            "ratio": round(share / baseline, 2) if baseline else 0.0,
            "target": 100 * TARGET,
            "target_words": "≥ 95 %",
            "better": "higher",
            "met": share >= TARGET,
            "rounds": COUNT,
            "median_ms": round(median(spent), 1),
        }
    ]


def _found(case: Case, corners: NDArray[Any]) -> bool:
    """Whether four corners, in whatever order, are the sheet's."""
    error = min(
        float(np.linalg.norm(np.roll(turned, shift, axis=0) - case.corners, axis=1).max())
        for turned in (corners, corners[::-1])
        for shift in range(4)
    )
    return error <= WITHIN * case.height


def _naive(image: NDArray[np.uint8]) -> NDArray[Any] | None:
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (5, 5), 0)
    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    edges = cv2.dilate(cv2.Canny(grey, level / 2, level), np.ones((3, 3), np.uint8))
    contours, _ = cv2.findContours(edges, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:5]:
        quad = cv2.approxPolyDP(contour, 0.02 * cv2.arcLength(contour, True), True)
        if len(quad) == 4 and cv2.isContourConvex(quad):
            return quad[:, 0, :].astype(np.float64)
    return None
