"""Makes the terminal's faces in `assets/fonts`: two static weights of Noto Sans SC, and both HanaMin faces.

A variable font is drawn in its thinnest weight by Qt and by ReportLab alike, so Regular and Bold are cut out
of the one that PyPI carries. ReportLab refuses PostScript outlines; all four faces hold TrueType ones.
Refuses to leave half a face behind: each is written beside its place and then moved there.
"""

import argparse
import shutil
from concurrent.futures import ProcessPoolExecutor
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FONTS = Path(__file__).resolve().parent.parent / "assets" / "fonts"
WEIGHTS = {"NotoSansSC-Regular.ttf": 400, "NotoSansSC-Bold.ttf": 700}
HANAZONO = Path("/usr/share/fonts/truetype/hanazono")
"""Where Debian's fonts-hanazono puts HanaMinA and HanaMinB."""
RARE = ("HanaMinA.ttf", "HanaMinB.ttf")


def variable_noto() -> Path:
    """Return the variable Noto Sans SC inside the installed package."""
    return Path(str(files("justmytype_intl_cjk"))) / "fonts" / "ofl" / "notosanssc" / "NotoSansSC[wght].ttf"


def cut(source: Path, weight: int, to: Path) -> Path:
    """Write `source` at one weight; the same bytes each time, since the time stamp stays the source's."""
    half = to.with_suffix(".part")
    with TTFont(source, recalcTimestamp=False) as variable:
        instantiateVariableFont(variable, {"wght": weight}, inplace=True, updateFontNames=True)
        variable.save(half)
    return half.replace(to)


def copy(source: Path, to: Path) -> Path:
    """Copy a file as it is."""
    half = to.with_suffix(".part")
    shutil.copyfile(source, half)
    return half.replace(to)


def build(folder: Path) -> list[Path]:
    """Make every face in `folder`, with the licence that goes where Noto goes.

    The two weights are cut at once, since each keeps a core busy for 20 seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    source = variable_noto()
    with ProcessPoolExecutor(max_workers=len(WEIGHTS)) as pool:
        cuts = [pool.submit(cut, source, weight, folder / name) for name, weight in WEIGHTS.items()]
        others = [copy(HANAZONO / name, folder / name) for name in RARE]
        others.append(copy(source.with_name("OFL.txt"), folder / "NotoSansSC-OFL.txt"))
        return [*others, *(done.result() for done in cuts)]


def main() -> None:
    """Command line: where to put the faces."""
    parser = argparse.ArgumentParser(description="Make the faces of screen and paper.")
    parser.add_argument("--out", type=Path, default=FONTS, help="folder to write to (default: assets/fonts)")
    for face in build(parser.parse_args().out):
        print(face.name, face.stat().st_size)


if __name__ == "__main__":
    main()
