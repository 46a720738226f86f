"""``kiosk device decode``, run as the command it is, on pictures with codes, without, and on what is no picture."""

import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
TEXT = "https://fuwu.example.gov.cn/verify?code=7K3M9Q2XH5T8B4NC"


def decode(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kiosk_app", "device", "decode", *map(str, words)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def picture(path: Path, *codes: tuple[str, zxingcpp.BarcodeFormat]) -> Path:
    """Write a white page with codes beside each other."""
    page = Image.new("L", (420 * max(1, len(codes)), 420), 255)
    for number, (text, kind) in enumerate(codes):
        made = Image.fromarray(zxingcpp.create_barcode(text, kind).to_image(scale=5))
        page.paste(made, (420 * number + 40, 40))
    page.save(path)
    return path


@pytest.mark.parametrize("kind", ["png", "jpg", "bmp"])
def test_the_code_in_a_picture_is_printed(kind: str, tmp_path: Path) -> None:
    page = picture(tmp_path / f"page.{kind}", (TEXT, zxingcpp.BarcodeFormat.QRCode))
    ended = decode(page)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"{page}: qr: {TEXT}\n", "")


def test_several_codes_in_several_pictures_are_told_each_with_its_place(tmp_path: Path) -> None:
    both = picture(
        tmp_path / "both.png", (TEXT, zxingcpp.BarcodeFormat.QRCode), ("编码二", zxingcpp.BarcodeFormat.DataMatrix)
    )
    one = picture(tmp_path / "one.png", ("三", zxingcpp.BarcodeFormat.Aztec))
    ended = decode("--json", both, one)
    told = json.loads(ended.stdout)
    assert ended.returncode == 0
    assert [entry["image"] for entry in told] == [str(both), str(one)]
    assert {(code["text"], code["symbology"]) for code in told[0]["codes"]} == {(TEXT, "qr"), ("编码二", "data-matrix")}
    left = {code["symbology"]: min(across for across, _ in code["position"]) for code in told[0]["codes"]}
    assert left["qr"] < 420 <= left["data-matrix"]
    assert [code["text"] for code in told[1]["codes"]] == ["三"]


def test_a_picture_without_a_code_is_a_failure_that_is_explained(tmp_path: Path) -> None:
    page = picture(tmp_path / "white.png")
    ended = decode(page)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"kiosk device decode: {page}: no code was found\n"


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0" + bytes(64)])
def test_what_is_no_picture_is_told_and_is_no_crash(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "page.png").write_bytes(content)
    ended = decode(tmp_path / "page.png")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ": not a picture\n" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_picture_that_would_fill_the_memory_is_refused_by_what_it_says_of_itself(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0))
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(4096))) + chunk(b"IEND", b""))
    ended = decode(bomb)
    assert ended.returncode == 1
    assert "too large" in ended.stderr or "not a picture" in ended.stderr


def test_a_file_that_is_not_there_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    page = picture(tmp_path / "page.png", (TEXT, zxingcpp.BarcodeFormat.QRCode))
    ended = decode(tmp_path / "none.png", page)
    assert ended.returncode == 1
    assert "No such file or directory" in ended.stderr
    assert TEXT in ended.stdout
