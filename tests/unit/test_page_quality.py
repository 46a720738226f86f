"""Whether a picture of a page can be used: what spoils it is told from everything else, and a good one is taken."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from devices.drivers.page_edges import Image
from devices.drivers.page_finder import Page, find_page
from devices.drivers.page_quality import FLAT, SHARP, STILL, Judgement, judge, sharp
from devices.sim.desk import Place
from devices.values import Advice
from tests.camera_rig import empty_desk, page_on_desk, smeared, spot


def judged(image: Image, moved: float = 0.0) -> Judgement:
    """Judge a picture after one in which the page lay `moved` of its height elsewhere."""
    page = find_page(image)
    before = None if page is None else replace(page, corners=page.corners + moved * page.height)
    return judge(image, page, before)


@pytest.mark.parametrize("kind", ["letter", "form", "certificate", "blank"])
def test_a_page_that_lies_well_is_taken(kind: str) -> None:
    assert judged(page_on_desk(kind).image).advice is None


def test_a_card_that_lies_well_is_taken() -> None:
    assert judged(page_on_desk("card", Place(0.5, 4, 0)).image).advice is None


def test_no_page_asks_for_one_and_in_the_dark_for_light() -> None:
    assert judged(empty_desk()).advice is Advice.PUT_PAGE_DOWN
    assert judged((empty_desk() * 0.2).astype(np.uint8)).advice is Advice.MORE_LIGHT


@pytest.mark.parametrize("at", [(0.5, 0.43), (0.24, 0.5), (0.79, 0.55)])
def test_a_page_of_which_a_corner_is_cut_off_has_to_be_moved(at: tuple[float, float]) -> None:
    image = page_on_desk("letter", Place(0.8, 12, 0, at=at)).image
    assert judged(image).advice is Advice.MOVE_INTO_VIEW


def test_a_page_too_small_to_be_read_has_to_be_moved() -> None:
    assert judged(page_on_desk("letter", Place(0.42, 0, 0)).image).advice is Advice.MOVE_INTO_VIEW


@pytest.mark.parametrize(("light", "advice"), [(0.25, Advice.MORE_LIGHT), (0.5, None), (1.0, None)])
def test_dim_light_is_enough_and_dusk_is_not(light: float, advice: Advice | None) -> None:
    assert judged((page_on_desk().image * light).astype(np.uint8)).advice is advice


def test_a_page_burnt_out_needs_less_light() -> None:
    page = find_page(page_on_desk().image)
    bright = np.clip(page_on_desk().image * 1.6, 0, 255).astype(np.uint8)
    assert judge(bright, page, page).advice is Advice.LESS_LIGHT


def test_a_lamps_reflection_is_glare_and_white_paper_is_none() -> None:
    laid = page_on_desk()
    with_lamp = judged(spot(laid.image, laid.corners.mean(axis=0), 34))
    assert with_lamp.advice is Advice.TURN_FROM_GLARE
    assert with_lamp.glare > 0.004
    assert judged(laid.image).glare == 0


@pytest.mark.parametrize("pixels", [7, 11])
def test_a_page_that_moved_while_it_was_exposed_is_not_taken(pixels: int) -> None:
    assert judged(smeared(page_on_desk().image, pixels)).advice is Advice.HOLD_STILL


def test_a_page_out_of_focus_is_not_taken() -> None:
    image = np.asarray(cv2.GaussianBlur(page_on_desk().image, (0, 0), 2.5), np.uint8)
    assert judged(image).advice is Advice.HOLD_STILL


def test_a_page_still_being_pushed_is_not_taken() -> None:
    image = page_on_desk().image
    assert judged(image, moved=2 * STILL).advice is Advice.HOLD_STILL
    assert judge(image, find_page(image), None).advice is Advice.HOLD_STILL
    assert judged(image, moved=0.3 * STILL).advice is None


def test_a_page_that_arches_has_to_be_flattened() -> None:
    image = page_on_desk("letter", Place(0.8, 0, 0)).image
    rows, columns = np.mgrid[0 : image.shape[0], 0 : image.shape[1]].astype(np.float32)
    middle = image.shape[1] / 2
    arch = 9 * (1 - ((columns - middle) / 200) ** 2)
    bent = np.asarray(cv2.remap(image, columns, rows + np.maximum(arch, 0), cv2.INTER_LINEAR), np.uint8)
    page = find_page(bent)
    assert page is not None
    assert page.bow > FLAT
    assert judged(bent).advice is Advice.FLATTEN


def test_neither_noise_nor_bare_paper_counts_as_sharp_or_blurred() -> None:
    random = np.random.default_rng(1)
    assert sharp(np.full((300, 200), 200, np.uint8)) == 1.0
    text = cv2.cvtColor(page_on_desk().image, cv2.COLOR_BGR2GRAY)[100:600, 300:650]
    blurred = cv2.GaussianBlur(text, (0, 0), 2.5)
    noise = random.normal(0, 2, text.shape)
    for picture, is_sharp in ((text, True), (blurred, False)):
        assert (sharp(np.clip(picture + noise, 0, 255).astype(np.uint8)) > SHARP) is is_sharp


def test_what_keeps_a_page_from_being_seen_comes_before_what_spoils_it() -> None:
    cut = (page_on_desk("letter", Place(0.8, 12, 0, at=(0.5, 0.43))).image * 0.4).astype(np.uint8)
    assert judged(smeared(cut, 5)).advice is Advice.MOVE_INTO_VIEW


def test_no_pixel_is_in_any_repr() -> None:
    page = find_page(page_on_desk().image)
    assert isinstance(page, Page)
    assert len(repr((page, judged(page_on_desk().image)))) < 300
