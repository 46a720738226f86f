"""Photographs through a closed library, played by small ones made here: right, wrong, crashing, hanging.

Each is a real shared object with an entry point of the makers'; the card is read whatever it does.
"""

import hashlib
import io
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from pydantic import ValidationError

from devices.deadline import Deadline
from devices.drivers.sdt_device import SdtDevice
from devices.errors import Cancelled
from devices.registry import SdtSerialSettings
from devices.values import DeviceState, IdentityCard
from tests.device_bench import CARD, PATIENCE_S, later
from tests.sdt_bench import SdtBench, on_usb

PHOTO = bytes((7,)) * 1024
HEAD = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define W 102
#define H 126
/* Blue in the upper left corner, green in the upper right, red below; what is read decides the shade. */
static void paint(unsigned char *to, int row, int upwards, const unsigned char *wlt) {
  for (int y = 0; y < H; y++) {
    unsigned char *line = to + (upwards ? H - 1 - y : y) * row;
    for (int x = 0; x < W; x++) {
      memset(line + 3 * x, 0, 3);
      line[3 * x + (y >= H / 2 ? 2 : x < W / 2 ? 0 : 1)] = 200 + wlt[0];
    }
  }
}
"""
PACKED = (
    HEAD + "int unpack(unsigned char *wlt, unsigned char *to, int mode) { paint(to, 306, 0, wlt); return mode == 708; }"
)
PADDED = (
    HEAD
    + "int wlt2bmpBuffer(unsigned char *wlt, unsigned char *to, int n) { paint(to, 308, 0, wlt); return n == 38862; }"
)
BMP = (
    HEAD
    + r"""
int ZKID_Wlt2bmpBuffer(unsigned char *wlt, unsigned char *to, int n) {
  const unsigned char head[54] = {'B','M',0xCE,0x97,0,0,0,0,0,0,54,0,0,0,40,0,0,0,W,0,0,0,H,0,0,0,1,0,24,0};
  memcpy(to, head, 54);
  memset(to + 54, 0, 308 * H);
  paint(to + 54, 308, 1, wlt);
  return n == 38862 ? 0 : -1;
}"""
)
REFUSING = "int wlt2bmpBuffer(char *wlt, char *to, int n) { return 0; }"
SHORT = "int wlt2bmpBuffer(char *wlt, char *to, int n) { for (int i = 0; i < 1000; i++) to[i] = 0x5C; return 1; }"
TALKING = PADDED.replace("paint(to", 'puts("licence ok"); fflush(stdout); paint(to')
CRASHING = "int wlt2bmpBuffer(char *wlt, char *to, int n) { *(volatile int *)0 = 1; return 1; }"
HANGING = "int wlt2bmpBuffer(char *wlt, char *to, int n) { for (;;) {} }"
HOARDING = HEAD + "int wlt2bmpBuffer(char *w, char *to, int n) { for (;;) memset(malloc(1 << 24), 1, 1 << 24); }"
WRITING = (
    HEAD
    + r"""
int wlt2bmpBuffer(unsigned char *wlt, unsigned char *to, int n) {
  FILE *f = fopen("PATH", "w");
  if (f) { fwrite(wlt, 1, 1024, f); fclose(f); }
  paint(to, 308, 0, wlt);
  return 1;
}"""
)

Maker = Callable[[str], dict[str, str]]


@pytest.fixture
def library(tmp_path: Path) -> Maker:
    """Compile a library; returns the settings that name it."""

    def make(source: str) -> dict[str, str]:
        made = tmp_path / "libphoto.so"
        compiler = ["gcc", "-shared", "-fPIC", "-w", "-O1", "-x", "c", "-", "-o", str(made)]
        subprocess.run(compiler, input=source.encode(), check=True)
        call = next(name for name in ("ZKID_Wlt2bmpBuffer", "unpack", "wlt2bmpBuffer") if f"int {name}(" in source)
        sha256 = hashlib.sha256(made.read_bytes()).hexdigest()
        return {"wlt_library": str(made), "wlt_sha256": sha256, "wlt_call": call}

    return make


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[SdtBench]:
    with on_usb(tmp_path) as made:
        made.module.lay(CARD, photo=PHOTO)
        yield made


def card_read(reader: SdtDevice) -> IdentityCard:
    return reader.read(Deadline(PATIENCE_S), lambda _: None)


def again(bench: SdtBench, reader: SdtDevice) -> IdentityCard:
    bench.module.lay(CARD, photo=PHOTO)
    return card_read(reader)


def trouble_of(reader: SdtDevice) -> str:
    status = reader.probe()
    assert status.state is DeviceState.ONLINE
    assert status.fault is None or status.fault.code == "reader.photo_library"
    return status.fault.detail if status.fault else ""


def corners(png: bytes) -> list[tuple[int, ...]]:
    """The colours at the upper left, upper right, lower left and lower right."""
    image = Image.open(io.BytesIO(png))
    assert (image.format, image.size, image.mode) == ("PNG", (102, 126), "RGB")
    found = [image.getpixel(place) for place in ((0, 0), (101, 0), (0, 125), (101, 125))]
    return [pixel for pixel in found if isinstance(pixel, tuple)]


BLUE, GREEN, RED = (0, 0, 207), (0, 207, 0), (207, 0, 0)


@pytest.mark.parametrize("source", [PACKED, PADDED, BMP, TALKING], ids=["packed", "padded", "bmp", "talking"])
def test_the_photograph_comes_with_the_card_upright_and_in_its_colours(
    bench: SdtBench, library: Maker, source: str
) -> None:
    with bench.opened(**library(source)) as reader:
        assert reader.info.capabilities["photo"] == "png"
        assert corners(card_read(reader).photo) == [BLUE, GREEN, RED, RED]
        assert trouble_of(reader) == ""


@pytest.mark.parametrize(
    ("turn", "seen"),
    [("flip", [RED, RED, BLUE, GREEN]), ("mirror", [GREEN, BLUE, RED, RED]), ("half", [RED, RED, GREEN, BLUE])],
)
def test_a_library_that_gives_faces_upside_down_is_turned(
    bench: SdtBench, library: Maker, turn: str, seen: list[tuple[int, ...]]
) -> None:
    with bench.opened(**library(PACKED), wlt_turn=turn) as reader:
        assert corners(card_read(reader).photo) == seen


def test_a_card_without_a_photograph_is_read_and_no_library_is_asked(bench: SdtBench, library: Maker) -> None:
    bench.module.lay(CARD, photo=b"")
    with bench.opened(**library(CRASHING)) as reader:
        assert card_read(reader).photo == b""
        assert trouble_of(reader) == ""


def test_without_a_library_cards_are_read_and_its_absence_is_told(bench: SdtBench) -> None:
    with bench.opened() as reader:
        assert reader.info.capabilities["photo"] == "none"
        card = card_read(reader)
        assert (card.photo, card.photo_wlt) == (b"", PHOTO)
        assert trouble_of(reader) == ""


def test_a_library_of_another_checksum_is_never_loaded_and_cards_are_read(bench: SdtBench, library: Maker) -> None:
    settings = library("__attribute__((constructor)) static void run(void) { *(volatile int *)0 = 1; }\n" + PADDED)
    with bench.opened(**settings | {"wlt_sha256": "0" * 64}) as reader:
        assert reader.info.capabilities["photo"] == "refused"
        assert trouble_of(reader) == "checksum differs"
        card = card_read(reader)
        assert (card.name, card.photo) == ("测试甲", b"")


def test_a_library_exchanged_while_the_reader_is_open_is_not_loaded(bench: SdtBench, library: Maker) -> None:
    with bench.opened(**library(PADDED)) as reader:
        library(CRASHING.replace("wlt2bmpBuffer", "unpack"))
        assert card_read(reader).photo == b""
        assert trouble_of(reader) == "checksum differs"


def test_a_library_that_is_not_there_or_has_no_such_call_is_told(bench: SdtBench, library: Maker) -> None:
    settings = library(PADDED)
    with bench.opened(**settings | {"wlt_call": "unpack"}) as reader:
        assert trouble_of(reader) == "has no such call"
    with bench.opened(**settings | {"wlt_library": "/nowhere/libphoto.so"}) as reader:
        assert trouble_of(reader) == "cannot be loaded"
        assert card_read(reader).name == "测试甲"


@pytest.mark.parametrize(
    ("source", "trouble"),
    [
        (CRASHING, "crashed with signal 11"),
        (HOARDING, "crashed with signal 11"),
        (REFUSING, "refused the photograph"),
        (SHORT, "gave 1000 bytes that are no picture"),
        (HANGING, "took more than 2 s"),
    ],
    ids=["crashes", "hoards", "refuses", "too short", "hangs"],
)
def test_whatever_the_library_does_the_card_is_read_and_the_fault_told(
    bench: SdtBench, library: Maker, source: str, trouble: str
) -> None:
    before = bench.held()
    with bench.opened(**library(source)) as reader:
        card = card_read(reader)
        assert (card.name, card.photo) == ("测试甲", b"")
        assert trouble_of(reader) == trouble
        assert reader.info.capabilities["photo"] == "png"
    assert bench.held()[0] == before[0]


def test_a_library_that_fails_three_times_keeps_nobody_waiting_any_more(bench: SdtBench, library: Maker) -> None:
    settings = library(CRASHING)
    with bench.opened(**settings) as reader:
        card_read(reader)
        again(bench, reader)
        again(bench, reader)
        Path(settings["wlt_library"]).unlink()
        again(bench, reader)
        assert trouble_of(reader) == "crashed with signal 11"


def test_a_library_that_hangs_does_not_hold_up_a_citizen_who_leaves(
    bench: SdtBench, library: Maker, tmp_path: Path
) -> None:
    begun = tmp_path / "begun"
    os.mkfifo(begun)
    settings = library("#include <fcntl.h>\n" + HANGING.replace("for (;;)", f'open("{begun}", O_WRONLY); for (;;)'))
    until = Deadline(3600)
    with bench.opened(**settings) as reader:
        hand = later(lambda: begun.open("rb").close(), until.cancel)
        with pytest.raises(Cancelled):
            reader.read(until, lambda _: None)
        hand.join()


def test_a_library_can_write_no_photograph_down(bench: SdtBench, library: Maker, tmp_path: Path) -> None:
    left = tmp_path / "zp.wlt"
    with bench.opened(**library(WRITING.replace("PATH", str(left)))) as reader:
        assert corners(card_read(reader).photo) == [BLUE, GREEN, RED, RED]
    assert not left.exists() or left.read_bytes() == b""


def test_a_library_without_its_checksum_is_no_configuration() -> None:
    fields = {"id": "id-card", "kind": "identity-reader", "driver": "sdt-serial", "port": "/dev/ttyS0"}
    with pytest.raises(ValidationError, match="wlt_library and wlt_sha256 go together"):
        SdtSerialSettings.model_validate(fields | {"wlt_library": "/opt/libwlt.so"})
    with pytest.raises(ValidationError, match="wlt_sha256"):
        SdtSerialSettings.model_validate(fields | {"wlt_library": "/opt/libwlt.so", "wlt_sha256": "ABC"})
