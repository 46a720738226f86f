"""Codes in pictures: every kind, several at once, damaged ones, in every encoding, and no text that is wrong."""

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from devices.drivers.code_decoders import Reading, with_zbar
from devices.drivers.code_finder import CodeFinder, FoundCode
from devices.sim.code_scene import code_scene, empty_scene
from devices.values import Code, Symbology

TOKEN = "https://fuwu.example.gov.cn/q/7K3M9Q2XH5T8B4NC"
Picture = NDArray[np.uint8]


def texts(found: list[FoundCode]) -> list[str]:
    return sorted(code.text for code in found)


def cycle(picture: Picture, finder: CodeFinder | None = None) -> set[str]:
    """What is found while `picture` is held until every way of looking had its turn."""
    finder = finder or CodeFinder()
    return {code.text for _ in range(finder.cycle) for code in finder.look(picture)}


@pytest.mark.parametrize(
    ("drawn", "content", "symbology"),
    [
        ("QRCode", TOKEN, Symbology.QR),
        ("MicroQRCode", "K3M9Q2", Symbology.QR),
        ("RMQRCode", "K3M9Q2XH5T", Symbology.QR),
        ("DataMatrix", TOKEN, Symbology.DATA_MATRIX),
        ("PDF417", TOKEN, Symbology.PDF417),
        ("Aztec", TOKEN, Symbology.AZTEC),
        ("Code128", "K3m9Q2XH5T", Symbology.CODE_128),
        ("Code39", "K3M9Q2XH", Symbology.CODE_39),
        ("Code93", "K3M9Q2XH5T", Symbology.CODE_93),
        ("ITF", "20260601123456", Symbology.INTERLEAVED_2_OF_5),
        ("Codabar", "A20260601B", Symbology.CODABAR),
        ("EAN13", "6901234567892", Symbology.EAN_13),
        ("EAN8", "12345670", Symbology.EAN_8),
    ],
)
def test_every_kind_of_code_is_read_with_its_kind(drawn: str, content: str, symbology: Symbology) -> None:
    finder = CodeFinder()
    scene = code_scene(content, symbology=drawn, width=1280, height=720)
    first, second = finder.look(scene), finder.look(scene)
    assert [(code.text, code.symbology) for code in second] == [(content, symbology)]
    corrects = drawn in {"QRCode", "RMQRCode", "DataMatrix", "PDF417", "Aztec"}
    assert texts(first) == ([content] if corrects else [])


def test_a_upc_code_is_an_ean_13_whoever_reads_it() -> None:
    scene = code_scene("012345678905", symbology="UPCA", width=1280, height=720)
    assert cycle(scene) == {"0012345678905"}
    assert {reading.heard for reading in with_zbar(scene[:, :, 0])} == {Code("0012345678905", Symbology.EAN_13)}


@pytest.mark.parametrize("drawn", ["Code128", "DataMatrix", "QRCode"])
def test_the_elements_of_a_gs1_code_stay_apart(drawn: str) -> None:
    made = zxingcpp.create_barcode("(01)09521234543213(10)ABC(21)12", zxingcpp.BarcodeFormat[drawn], gs1=True)
    drawn_code = np.array(zxingcpp.write_barcode_to_image(made, scale=4), np.uint8)
    scene = empty_scene(1600, 480)
    scene[100 : 100 + drawn_code.shape[0], 100 : 100 + drawn_code.shape[1]] = drawn_code[:, :, None]
    assert cycle(scene) == {"010952123454321310ABC\x1d2112"}


@pytest.mark.parametrize(
    "content",
    [
        "收件回执 2026-001 沈阳",
        "收件回执 2026-001 沈阳".encode("gb18030"),
        "收件回执 2026-001 沈阳 𬭎".encode(),
        "中文",  # the writer puts this in kanji mode, which is Shift-JIS and says so nowhere
    ],
    ids=["named-encoding", "gbk", "utf-8", "kanji-mode"],
)
def test_chinese_is_read_in_every_encoding_that_writers_choose(content: str | bytes) -> None:
    expected = (
        content if isinstance(content, str) else content.decode("utf-8" if "𬭎".encode() in content else "gb18030")
    )
    assert cycle(code_scene(content)) == {expected}


def test_the_older_encoding_is_not_believed_of_a_decoder_that_guesses() -> None:
    scene = code_scene("收件回执".encode("gb18030"))
    assert with_zbar(scene[:, :, 0]) == []


def test_what_is_in_no_known_encoding_is_unreadable_and_names_no_byte() -> None:
    (found,) = CodeFinder().look(code_scene(b"\xff\xfe\x81"))
    assert (found.text, found.unreadable) == ("", "in no known encoding")


def test_several_codes_are_all_found_once_and_where_they_are() -> None:
    scene = code_scene("ONE", "TWO", "THREE", width=1280, height=480)
    found = CodeFinder(every_nth=2).look(scene)
    assert texts(found) == ["ONE", "THREE", "TWO"]
    middles = {code.text: sum(across for across, _ in code.position) / 4 for code in found}
    assert middles["ONE"] < 430 < middles["TWO"] < 850 < middles["THREE"]


def test_what_two_decoders_read_is_found_once() -> None:
    finder = CodeFinder()
    scene = code_scene(TOKEN)
    assert [len(finder.look(scene)) for _ in range(finder.cycle)] == [1] * finder.cycle


def test_a_code_printed_light_on_dark_is_read() -> None:
    assert cycle(np.asarray(255 - code_scene(TOKEN), np.uint8)) == {TOKEN}


@pytest.mark.parametrize("turn", range(0, 360, 45))
def test_a_code_is_read_however_it_is_turned(turn: int) -> None:
    matrix = cv2.getRotationMatrix2D((320, 240), turn, 0.7)
    scene = cv2.warpAffine(code_scene(TOKEN), matrix, (640, 480), borderValue=(120, 120, 120))
    assert cycle(np.asarray(scene, np.uint8)) == {TOKEN}


def test_where_nobody_holds_a_code_there_is_none() -> None:
    noise = np.random.default_rng(5).integers(0, 256, (480, 640, 3), np.uint8)
    assert cycle(empty_scene()) == cycle(np.asarray(noise, np.uint8)) == set()


def test_a_code_too_far_out_of_focus_for_the_first_look_is_read_by_a_later_one_of_every_nth_frame() -> None:
    scene = code_scene(TOKEN, width=160, height=160)
    blurred = np.asarray(cv2.GaussianBlur(scene, (0, 0), 1.75), np.uint8)
    finder = CodeFinder(every_nth=4)
    read = [number for number in range(1, finder.cycle + 1) if texts(finder.look(blurred)) == [TOKEN]]
    assert read
    assert all(number % 4 == 0 for number in read)


def reading(text: str, symbology: Symbology = Symbology.EAN_13, decoder: str = "zxing-cpp") -> Reading:
    return Reading(Code(text, symbology), symbology, ((0, 0),) * 4, decoder, proven=False)


def trusted(*frames: list[Reading]) -> list[list[str]]:
    """What a finder trusts of what decoders read in each frame."""
    finder = CodeFinder()
    given = []
    for frame in frames:
        finder._frame += 1
        given.append([code.text for code in finder._trusted(frame)])
    return given


def test_a_linear_code_that_was_misread_once_is_never_given_out() -> None:
    assert trusted([reading("6901234567892")], [reading("6901234567885")], []) == [[], [], []]


def test_a_linear_code_is_given_out_when_a_second_frame_reads_the_same() -> None:
    assert trusted([reading("6901234567892")], [], [reading("6901234567892")]) == [[], [], ["6901234567892"]]


def test_two_decoders_that_agree_are_two_readings_and_one_decoder_twice_is_not() -> None:
    assert trusted([reading("6901234567892"), reading("6901234567892", decoder="zbar")]) == [["6901234567892"]]
    assert trusted([reading("6901234567892"), reading("6901234567892")]) == [[]]


def test_the_same_digits_in_another_kind_of_code_prove_nothing() -> None:
    assert trusted([reading("12345670")], [reading("12345670", Symbology.EAN_8)]) == [[], []]


def test_a_hall_full_of_misreadings_does_not_fill_the_memory() -> None:
    finder = CodeFinder()
    for number in range(1000):
        finder._frame += 1
        assert finder._trusted([reading(f"{number:013}")]) == []
    assert len(finder._once) <= 64


@pytest.mark.parametrize(("drawn", "content"), [("Codabar", "C86A"), ("Code39", "K3")])
def test_what_is_as_short_as_a_stripe_of_texture_is_no_code(drawn: str, content: str) -> None:
    scene = code_scene(content, symbology=drawn)
    assert content in {barcode.text for barcode in zxingcpp.read_barcodes(scene)}
    assert cycle(scene) == set()


def test_a_code_does_not_show_in_a_repr() -> None:
    finder = CodeFinder()
    found = [finder.look(code_scene("K3M9Q2XH5T", symbology="Code128")) for _ in range(2)]
    assert texts(found[1]) == ["K3M9Q2XH5T"]
    assert "K3M9" not in repr(found)


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((0, 0, 3), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4), np.float32),
        np.broadcast_to(np.zeros((1, 1), np.uint8), (30_000, 30_000)),
    ],
    ids=["empty", "four-channels", "no-bytes", "absurdly-large"],
)
def test_what_is_no_picture_is_refused_before_it_costs_memory(picture: Picture) -> None:
    for look in (CodeFinder().look, CodeFinder().look_hard):
        with pytest.raises(ValueError, match="picture"):
            look(picture)


@given(st.data())
def test_no_small_picture_breaks_it(data: st.DataObject) -> None:
    height, width = data.draw(st.integers(1, 48)), data.draw(st.integers(1, 48))
    colours = data.draw(st.sampled_from([(), (3,)]))
    levels = data.draw(st.sampled_from([2, 4, 256]))
    seed = data.draw(st.integers(0, 2**32 - 1))
    steps = np.random.default_rng(seed).integers(0, levels, (height, width, *colours))
    picture = (steps * (255 // (levels - 1))).astype(np.uint8)
    finder = CodeFinder(every_nth=2)
    for _ in range(finder.cycle):
        finder.look(picture)
    finder.look_hard(picture)
