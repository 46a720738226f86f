"""Codes in picture files: as cameras, telephones and drawing programs write them, and files that are none."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from devices.drivers.still_codes import NoPicture, codes_in
from devices.sim.code_scene import code_scene, empty_scene
from devices.values import Symbology

TOKEN = "https://fuwu.example.gov.cn/q/7K3M9Q2XH5T8B4NC"


def picture(*contents: str, symbology: str = "QRCode") -> Image.Image:
    return Image.fromarray(code_scene(*contents, symbology=symbology))


def texts(path: Path) -> list[str]:
    return sorted(code.text for code in codes_in(path))


@pytest.mark.parametrize("name", ["held.png", "held.jpg", "held.bmp", "held.webp", "held.tif", "held.gif", "held.ppm"])
def test_a_code_is_found_in_every_usual_kind_of_file(name: str, tmp_path: Path) -> None:
    picture(TOKEN).save(tmp_path / name)
    assert texts(tmp_path / name) == [TOKEN]


def test_each_code_is_told_once_with_its_kind_and_its_place_in_the_picture(tmp_path: Path) -> None:
    picture("ONE", "TWO").save(tmp_path / "two.png")
    left, right = sorted(codes_in(tmp_path / "two.png"), key=lambda code: code.position)
    assert (left.text, right.text, left.symbology) == ("ONE", "TWO", Symbology.QR)
    assert all(0 <= across < 320 and 0 <= down < 480 for across, down in left.position)
    assert all(320 <= across < 640 and 0 <= down < 480 for across, down in right.position)


@pytest.mark.parametrize(
    ("drawn", "content"), [("Code128", "K3M9Q2XH5T"), ("EAN13", "6901234567892"), ("ITF", "20260601123456")]
)
def test_one_picture_is_enough_for_a_linear_code(drawn: str, content: str, tmp_path: Path) -> None:
    picture(content, symbology=drawn).save(tmp_path / "bars.png")
    assert texts(tmp_path / "bars.png") == [content]


@pytest.mark.parametrize(
    "change",
    [
        lambda held: held.convert("RGBA"),
        lambda held: held.convert("P"),
        lambda held: held.convert("1"),
        lambda held: Image.fromarray(np.asarray(held.convert("L")).astype(np.uint16) * 257),
        lambda held: Image.fromarray(
            np.dstack([np.zeros((480, 640, 3), np.uint8), 255 - np.asarray(held.convert("L"))]), "RGBA"
        ),
    ],
    ids=["rgba", "palette", "one-bit", "sixteen-bit", "black-on-clear"],
)
def test_a_code_is_found_however_its_pixels_are_kept(
    change: Callable[[Image.Image], Image.Image], tmp_path: Path
) -> None:
    change(picture(TOKEN)).save(tmp_path / "held.png")
    assert texts(tmp_path / "held.png") == [TOKEN]


def test_a_picture_without_a_code_has_none(tmp_path: Path) -> None:
    Image.fromarray(empty_scene()).save(tmp_path / "empty.png")
    assert codes_in(tmp_path / "empty.png") == []


@pytest.mark.parametrize("name", ["held.png", "held.jpg", "held.webp", "held.tif", "held.bmp"])
def test_a_file_that_was_cut_short_is_refused_and_not_read_in_part(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    picture(TOKEN).save(path)
    whole = path.read_bytes()
    for share in (0.1, 0.5, 0.9):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(NoPicture):
            codes_in(path)


@pytest.mark.parametrize("content", [b"", b"no picture", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(NoPicture, match="not a picture"):
        codes_in(tmp_path / "file")


@pytest.mark.parametrize("side", [7_100, 11_000, 60_000])
def test_a_small_file_of_a_huge_picture_is_refused_by_its_head(side: int, tmp_path: Path) -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    (tmp_path / "huge.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )
    with pytest.raises(NoPicture, match="too large"):
        codes_in(tmp_path / "huge.png")


def test_a_file_that_is_not_there_is_the_operating_systems_to_explain(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        codes_in(tmp_path / "nothing.png")
