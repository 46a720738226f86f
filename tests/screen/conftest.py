"""One screen for all tests of the glass: the engine is loaded once, every test begins at the idle screen."""

import os
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication

from tests.screen.glass import Glass

os.environ.setdefault("QT_QUICK_BACKEND", "software")  # as on a machine without a graphics processor


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A warning of Qt or of the QML engine is a fault of the screen."""
    for item in items:
        if "tests/screen/" in item.path.as_posix():
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))


@pytest.fixture(scope="session")
def qapp_cls() -> type[QGuiApplication]:
    return QGuiApplication


@pytest.fixture(scope="session")
def loaded_glass(qapp: QGuiApplication) -> Iterator[Glass]:
    glass = Glass(qapp)
    yield glass
    glass.close()


@pytest.fixture
def glass(loaded_glass: Glass) -> Iterator[Glass]:
    loaded_glass.make_free()
    loaded_glass.begin_in = "zh"
    loaded_glass.resize(1080, 1920)
    yield loaded_glass
    loaded_glass.make_free()
