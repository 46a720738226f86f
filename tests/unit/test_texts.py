"""The screen's texts: each one that is used is there in every language, and each one that is there is used.

Identifiers that QML and Python compose are spelled out in `COMPOSED`; a composition that is not in the
table fails, so that no text can go missing only in front of a citizen.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtCore import QTranslator

from contract.cases import PrintOutcome
from contract.catalogue import Step
from contract.fault import FAULTS, Owner
from contract.text import LANGUAGES
from ui.app import hold_texts
from ui.fault_words import BLOCKING, PICTURES, key_of, keys
from ui.icons import PATHS

UI = Path(__file__).resolve().parents[2] / "ui"
OUTCOMES = tuple(outcome.value for outcome in PrintOutcome)
STEPS = tuple(
    kind
    for step in get_args(get_args(Step)[0])
    for kind in get_args(step.model_fields["kind"].annotation)
    if kind != "lookup"  # asking is part of reading the answer
)
COMPOSED = {
    "fault.*.*": [f"fault.{key}.{part}" for key in keys() for part in ("title", "do")],
    "fault.*.short": [f"fault.{key}.short" for key in BLOCKING],
    "grade.*": [f"grade.{grade}" for grade in range(1, 6)],
    "step.*": [f"step.{kind}" for kind in (*STEPS, "print", "result")],
    "done.title.*": [f"done.title.{outcome}" for outcome in OUTCOMES],
    "done.lead.*": [f"done.lead.{outcome}" for outcome in OUTCOMES],
    "done.banner.*": [f"done.banner.{outcome}" for outcome in OUTCOMES],
    "done.banner.*.do": ["done.banner.again.do", *(f"done.banner.{outcome}.do" for outcome in OUTCOMES)],
}
HAN = "一-鿿"
CHINESE_MARKS = "，。、；：？！（）“”《》【】"


@cache
def texts(language: str) -> dict[str, str]:
    tree = ET.parse(UI / "i18n" / f"kiosk_{language}.ts")  # noqa: S314 - our own file
    messages = [(m.get("id") or "", m.find("translation")) for m in tree.iter("message")]
    names = [name for name, _ in messages]
    assert len(names) == len(set(names)), "a text stands there twice"
    assert not [name for name, text in messages if text is None or text.get("type")], "a text is unfinished"
    return {name: (text.text or "") if text is not None else "" for name, text in messages}


def calls(source: str) -> Iterator[tuple[str, int]]:
    """Yield the words in each ``qsTrId(…)`` of a QML file, and how many ``.arg(…)`` follow it."""
    for start in re.finditer(r"\bqsTrId\(", source):
        end = closing(source, start.end())
        words, arguments = source[start.end() : end], 0
        while source.startswith(".arg(", end + 1):
            end, arguments = closing(source, end + len(".arg(") + 1), arguments + 1
        yield words, arguments


def closing(source: str, at: int) -> int:
    """Return where the bracket that opened just before `at` closes."""
    depth = 1
    while depth:
        depth += {"(": 1, ")": -1}.get(source[at], 0)
        at += 1
    return at - 1


def pattern(words: str) -> str:
    """Return ``"a." + b + ".c"`` as ``a.*.c``."""
    parts = [part.strip() for part in words.split("+")]
    return "".join(part[1:-1] if part.startswith('"') else "*" for part in parts)


@cache
def used_in_qml() -> dict[str, set[int]]:
    """Every identifier that QML uses, with the numbers of arguments it is given."""
    found: dict[str, set[int]] = {}
    for path in sorted(UI.glob("qml/**/*.qml")):
        for words, arguments in calls(path.read_text("utf-8")):
            for name in COMPOSED[pattern(words)] if "+" in words else re.findall(r'"([^"]+)"', words):
                found.setdefault(name, set()).add(arguments)
    return found


@cache
def used_in_python() -> set[str]:
    found: set[str] = set()
    for path in sorted(UI.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "qtTrId":
                found |= set(identifiers(node.args[0]))
    return found


def identifiers(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(name)):
            yield name
        case ast.IfExp(body=body, orelse=orelse):
            yield from identifiers(body)
            yield from identifiers(orelse)
        case ast.JoinedStr(values=values):
            yield from COMPOSED["".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in values)]
        case _:
            raise AssertionError(f"what is {ast.unparse(node)}?")


def used() -> set[str]:
    return used_in_python() | used_in_qml().keys()


def test_the_search_for_texts_finds_them() -> None:
    assert {"home.title", "tile.needs.one", "grade.5", "fault.card.lifted.do", "done.banner.unknown.do"} <= used()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_is_used_is_there(language: str) -> None:
    assert sorted(used() - texts(language).keys()) == []
    assert sorted(name for name, text in texts(language).items() if not text.strip()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_kept_that_nobody_uses(language: str) -> None:
    assert sorted(texts(language).keys() - used()) == []


def test_both_languages_tell_the_same_things_in_the_same_order() -> None:
    assert list(texts("zh")) == list(texts("en"))


def test_every_language_puts_in_what_the_other_does() -> None:
    differing = [n for n in texts("zh") if sorted(places(texts("zh")[n])) != sorted(places(texts("en")[n]))]
    assert differing == []


def places(text: str) -> list[str]:
    return re.findall(r"%\d", text)


def test_every_place_in_a_text_is_filled_and_no_argument_is_lost() -> None:
    wrong = {
        name: arguments
        for name, arguments in used_in_qml().items()
        if len(set(places(texts("zh").get(name, "")))) not in arguments and name not in used_in_python()
    }
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_tells_a_citizen_a_code(language: str) -> None:
    for name, text in texts(language).items():
        assert not [code for code in (*FAULTS, *texts(language)) if "." in code and code in text], name
        assert not re.search(r"\b[a-z]+[._][a-z_]+\b|\b0x|\bError\b|错误码|代码", text), f"{name}: {text}"


def test_chinese_is_written_with_chinese_marks() -> None:
    for name, text in texts("zh").items():
        assert not re.search(rf"[{HAN}][,.;:?!()]|[,;:?!()][{HAN}]", text), f"{name}: {text}"
        assert "  " not in text, name


def test_english_is_written_with_english_marks_and_letters() -> None:
    for name, text in texts("en").items():
        assert not re.search(rf"[{CHINESE_MARKS}{HAN}]", text), f"{name}: {text}"
        assert "  " not in text, name
        assert text[0].isupper() or text[0] == "%", f"{name}: {text}"


def test_chinese_speaks_to_citizens_with_respect() -> None:
    assert not [name for name, text in texts("zh").items() if "你" in text]


def test_every_fault_has_its_words_and_every_word_is_of_a_fault() -> None:
    for code in FAULTS:
        key = key_of(code)
        assert key_of(key) == key, f"{code} is worded by {key}, which is worded by another"
        assert key in FAULTS
    assert set(BLOCKING) <= set(keys())


def test_every_fault_of_a_device_can_stand_on_a_tile() -> None:
    """A device's fault, or the one that stands for it, is the reason why a service is not to be had."""
    families = {"reader", "chip", "printer", "scanner", "camera", "door", "ups", "device", "devices"}
    devices = [
        code for code, kind in FAULTS.items() if code.split(".")[0] in families and kind.owner is not Owner.CITIZEN
    ]
    assert sorted(code for code in devices if key_of(code) not in BLOCKING) == []


def test_every_family_of_faults_has_a_picture() -> None:
    families = {key.split(".")[0] for key in keys()}
    assert sorted(families - PICTURES.keys()) == []
    assert sorted(set(PICTURES.values()) - PATHS.keys()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_screen_loads_is_made_of_these_texts(language: str) -> None:
    hold_texts()
    translator = QTranslator()
    assert translator.load(f":/texts/i18n/qml_{language}.qm")
    stale = [name for name, text in texts(language).items() if translator.translate("", name) != text]
    assert stale == [], "the set-up makes the .qm anew"
