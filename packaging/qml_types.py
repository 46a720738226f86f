"""Writes down, for qmllint and editors, what Python views offer to QML: `Kiosk.Views` and `Kiosk.Bench`.

The views are registered as singletons when the screen starts, where no tool sees them: without this, a page
that reads a property no view has would only fail in front of a citizen. A class `VisitView` is the singleton
`Visit`. Asks Qt's own meta-objects, so it says what QML will see and not what the source seems to say.
"""

import argparse
import inspect
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from PySide6.QtCore import QByteArray, QMetaMethod, QMetaObject, QMetaProperty, QObject

ROOT = Path(__file__).resolve().parent.parent
MODULES = {"Kiosk.Views": ("ui.page_views", "ui.visit_view"), "Kiosk.Bench": ("kiosk_app.entry.dev.panel",)}
"""The QML module, and the Python module that holds its views."""
TYPES = {"PyObject": "QVariant", "QObject*": "QObject"}


def views(module: str) -> Iterator[type[QObject]]:
    """Yield the view classes of a Python module."""
    for name, kind in inspect.getmembers(import_module(module), inspect.isclass):
        if not issubclass(kind, QObject) or kind.__module__ != module:
            continue
        if name.endswith("View") and not name.startswith("_"):
            yield kind


def described(module: str, kind: type[QObject]) -> str:
    """Return the qmltypes entry of one view."""
    meta: QMetaObject = vars(kind)["staticMetaObject"]  # every QObject class has it; the type stubs do not say so
    above: QMetaObject = vars(QObject)["staticMetaObject"]
    rows = [property_row(meta.property(i)) for i in range(above.propertyCount(), meta.propertyCount())]
    methods = [meta.method(i) for i in range(above.methodCount(), meta.methodCount())]
    rows += dict.fromkeys(method_row(method) for method in methods)  # a base's signal is listed twice
    body = "\n".join(f"        {row}" for row in rows)
    return f"""    Component {{
        name: "{kind.__name__}"
        accessSemantics: "reference"
        prototype: "QObject"
        exports: ["{module}/{kind.__name__.removesuffix("View")} 1.0"]
        isCreatable: false
        isSingleton: true
        exportMetaObjectRevisions: [256]
{body}
    }}"""


def property_row(entry: QMetaProperty) -> str:
    """Return one property's row."""
    kind, name = text(entry.typeName()), text(entry.name())
    marks = [
        f'name: "{name}"',
        f'type: "{TYPES.get(kind, kind.rstrip("*"))}"',
        f'read: "{name}"',
        *(["isPointer: true"] if kind.endswith("*") else []),
        *([] if entry.isWritable() else ["isReadonly: true"]),
        *(["isPropertyConstant: true"] if entry.isConstant() else []),
        *([f'notify: "{text(entry.notifySignal().name())}"'] if entry.hasNotifySignal() else []),
    ]
    return f"Property {{ {'; '.join(marks)} }}"


def text(words: object) -> str:
    """Return one of Qt's names, which come in three kinds."""
    match words:
        case str():
            return words
        case QByteArray():
            return bytes(words.data()).decode()
        case bytes():
            return words.decode()
        case _:
            raise TypeError(type(words))


def method_row(method: QMetaMethod) -> str:
    """Return one signal's or slot's row."""
    names = [text(name) for name in method.parameterNames()]
    kinds = [text(kind) for kind in method.parameterTypes()]
    word = "Signal" if method.methodType() == QMetaMethod.MethodType.Signal else "Method"
    marks = [f'name: "{text(method.name())}"']
    result = text(method.typeName())
    if result not in {"", "void"}:
        marks.append(f'type: "{TYPES.get(result, result)}"')
    takes = [
        f'Parameter {{ name: "{name or f"value{place}"}"; type: "{TYPES.get(kind, kind)}" }}'
        for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
    ]
    return f"{word} {{ {'; '.join(marks)}; {' '.join(takes)} }}"


def main() -> None:
    """Command line: the folder that the module's folder is made in."""
    parser = argparse.ArgumentParser(description="Describe the Python views for qmllint.")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "qml", help="an import path (default: build/qml)")
    out: Path = parser.parse_args().out
    sys.path.insert(0, str(ROOT))
    for module, sources in MODULES.items():
        folder = out.joinpath(*module.split("."))
        folder.mkdir(parents=True, exist_ok=True)
        entries = "\n".join(described(module, view) for source in sources for view in views(source))
        (folder / "views.qmltypes").write_text(f"import QtQuick.tooling 1.2\nModule {{\n{entries}\n}}\n", "utf-8")
        (folder / "qmldir").write_text(f"module {module}\ntypeinfo views.qmltypes\ndepends QtQuick\n", "utf-8")


if __name__ == "__main__":
    main()
