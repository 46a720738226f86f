"""The page in a photograph: found to a pixel wherever it lies, and not found where there is none."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks.page_corpus import Case, corpus
from devices.drivers.page_clean import A4_MM, CARD_MM, even_light, straighten
from devices.drivers.page_edges import Image
from devices.drivers.page_finder import Page, at_full_size, find_page
from devices.drivers.page_shapes import clockwise, true_aspect
from devices.sim import desk
from devices.sim.desk import DESKS, Photograph, Place
from devices.sim.paper import sheet
from tests.camera_rig import SIZE, page_on_desk

NEAR = 0.015
"""Of the page's height: the farthest that a corner may be off."""


def off(page: Page | None, corners: NDArray[np.float64]) -> float:
    """How far the farthest corner is from where it is, as a share of the page's height."""
    assert page is not None
    turned = [np.roll(page.corners, turn, axis=0) for turn in range(4)]
    true = clockwise(corners[None])[0]
    return float(min(np.linalg.norm(one - true, axis=1).max() for one in turned) / page.height)


@pytest.mark.parametrize(
    "place",
    [
        Place(0.84, 3, 4, 30),
        Place(0.7, 90, 0),
        Place(0.62, 137, 8, 200),
        Place(0.7, -12, 28, 80, (0.5, 0.46)),
        Place(0.5, 180, 0, at=(0.3, 0.4)),
    ],
)
def test_a_page_is_found_to_a_pixel_however_it_lies(place: Place) -> None:
    laid = page_on_desk("form", place)
    page = find_page(laid.image)
    assert page is not None
    assert off(page, laid.corners) * page.height < 1.0


@pytest.mark.parametrize("colour", [(60, 62, 66), (222, 224, 226)])
@pytest.mark.parametrize("below", ["plain", "wood", "stone", "mat"])
def test_a_page_is_found_on_dark_and_on_light_desks(below: str, colour: tuple[int, int, int]) -> None:
    random = np.random.default_rng(3)
    laid = desk.lay(DESKS[below](random, SIZE, colour), sheet("letter", random, 1000), Place(0.75, 5, 5, 40))
    assert off(find_page(laid.image), laid.corners) < NEAR


def test_an_identity_card_is_found_and_told_from_a_page() -> None:
    laid = page_on_desk("card", Place(0.4, 8, 3, 10))
    page = find_page(laid.image)
    assert off(page, laid.corners) < NEAR
    assert page is not None
    assert straighten(laid.image, page).card
    assert true_aspect(page.corners[None], page.size)[0] == pytest.approx(CARD_MM[0] / CARD_MM[1], rel=0.02)


@pytest.mark.parametrize("below", ["plain", "wood", "stone", "mat"])
@pytest.mark.parametrize("colour", [(60, 62, 66), (222, 224, 226)])
def test_an_empty_desk_has_no_page(below: str, colour: tuple[int, int, int]) -> None:
    assert find_page(DESKS[below](np.random.default_rng(5), SIZE, colour)) is None


@settings(max_examples=10)
@given(
    st.floats(0, 360), st.floats(0, 25), st.floats(0, 360), st.floats(0.45, 0.6), st.sampled_from(["letter", "form"])
)
def test_a_page_is_found_wherever_somebody_lays_it(
    turn: float, tilt: float, towards: float, size: float, kind: str
) -> None:
    laid = page_on_desk(kind, Place(size, turn, tilt, towards))
    assert off(find_page(laid.image), laid.corners) < NEAR


@settings(max_examples=20)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_whatever_the_camera_shows_a_page_has_four_sound_corners_or_there_is_none(
    rows: int, columns: int, seed: int, coarse: int
) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (-(-rows // coarse), -(-columns // coarse), 3), np.uint8)
    image = np.ascontiguousarray(np.kron(pixels, np.ones((coarse, coarse, 1), np.uint8))[:rows, :columns])
    page = find_page(image)
    if page is not None:
        assert np.isfinite(page.corners).all()
        assert page.size == (columns, rows)
        assert page.height > 0


def test_nothing_at_all_has_no_page() -> None:
    assert find_page(np.zeros((480, 640, 3), np.uint8)) is None
    assert find_page(np.full((480, 640, 3), 255, np.uint8)) is None
    assert find_page(np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8)) is None


def test_a_corner_outside_the_picture_is_reckoned_from_the_sides() -> None:
    laid = page_on_desk("letter", Place(0.8, 12, 0, at=(0.5, 0.43)))
    assert (laid.corners < 0).any()
    page = find_page(laid.image)
    assert off(page, laid.corners) < NEAR
    assert page is not None
    assert (page.corners < 0).any()


def test_a_page_that_lies_where_it_lay_is_found_again_and_one_that_went_is_not() -> None:
    laid = page_on_desk()
    first = find_page(laid.image)
    assert first is not None
    assert off(find_page(laid.image, first), laid.corners) < NEAR
    away = page_on_desk("letter", Place(0.7, 40, 0, at=(0.55, 0.5)))
    assert off(find_page(away.image, first), away.corners) < NEAR
    assert find_page(DESKS["wood"](np.random.default_rng(5), SIZE, (62, 74, 96)), first) is None


def test_a_page_found_in_a_smaller_picture_is_found_as_well_at_full_size() -> None:
    laid = page_on_desk("form", Place(0.8, 5, 6, 20))
    small = np.asarray(cv2.resize(laid.image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    page = find_page(small)
    assert page is not None
    full = at_full_size(laid.image, page)
    assert full.size == SIZE
    assert off(full, laid.corners) * full.height < 1.0


@pytest.mark.timeout(1800)
def test_pages_of_the_corpus_are_found(request: pytest.FixtureRequest) -> None:
    """A sample of what ./bench pages measures; fifteen troubles, one photograph each."""
    count, least = (300, 0.95) if request.config.getoption("--campaign") else (15, 0.85)
    found = sum(_is_found(case, find_page(case.image)) for case in corpus(count, seed=2))
    assert found / count >= least


def _is_found(case: Case, page: Page | None) -> bool:
    return page is not None and off(page, case.corners) < NEAR


def paper_of(image: Image) -> NDArray[np.float64]:
    """The bare paper's brightness at a few places of a straightened page, between its lines."""
    rows, columns = image.shape[:2]
    share = np.linspace(0.1, 0.9, 5)
    blocks = [
        image[int(y * rows) - 20 : int(y * rows) + 20, int(x * columns) - 20 : int(x * columns) + 20]
        for y in share
        for x in share
    ]
    return np.array([np.percentile(block.mean(axis=2), 80) for block in blocks])


def test_a_page_is_straightened_to_its_size() -> None:
    laid = page_on_desk("form", Place(0.8, -7, 10, 60))
    page = find_page(laid.image)
    assert page is not None
    made = straighten(laid.image, page, dpi=100)
    assert (made.image.shape[1], made.image.shape[0]) == tuple(round(side / 25.4 * 100) for side in A4_MM)
    assert made.dpi == 100
    corners = made.image[[4, 4, -5, -5], [4, -5, 4, -5]].astype(int)
    assert (corners > 150).all(), "its corners are paper, not desk"


def test_a_page_that_lies_across_stands_and_can_be_turned() -> None:
    laid = page_on_desk("form", Place(0.6, 90, 0))
    page = find_page(laid.image)
    assert page is not None
    made = straighten(laid.image, page, dpi=100).image
    turned = straighten(laid.image, page, dpi=100, rotate=180).image
    assert made.shape == turned.shape
    assert made.shape[0] > made.shape[1]
    assert np.abs(made[::-1, ::-1].astype(int) - turned).mean() < 4


def test_shadows_go_and_red_stays_red() -> None:
    laid = page_on_desk("certificate", Place(0.9, 0, 0))
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    fall = 1 - 0.5 * (x / SIZE[0])
    shaded = Photograph((laid.image * fall[:, :, None]).astype(np.uint8), laid.corners)
    page = find_page(shaded.image)
    assert page is not None
    before = straighten(shaded.image, page, dpi=100)
    after = even_light(before)
    assert np.ptp(paper_of(before.image)) > 40
    assert np.ptp(paper_of(after.image)) < 16
    assert paper_of(after.image).min() > 200
    blue, green, red = (after.image[:, :, one].astype(int) for one in range(3))
    stamped = (red - green > 80) & (red - blue > 60) & (y[: red.shape[0], :1] >= 0).all()
    assert stamped[int(red.shape[0] * 0.6) :].mean() > 0.004, "the seal is red"
