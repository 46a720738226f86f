"""A face detector's model for drawn faces, in the form of YuNet's, and the drawings that it finds.

The real model is nobody's to ship here. This one has the same inputs and outputs and one convolution a scale: it
knows a face by the colour of its nose, each of `NOSES` standing for one size. It proves how a model is loaded and
what is made of its answers, and nothing about finding people.
"""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
NOSES: dict[int, tuple[int, int, int]] = {8: (255, 0, 255), 16: (255, 255, 0), 32: (0, 255, 255)}
"""Scale of the detector (pixels of a cell) → the colour (blue, green, red) that is a nose at that scale."""
EYES_APART_PX = {8: 24.0, 16: 46.0, 32: 150.0}
"""Between the eyes of a face at each scale, in pixels of the picture as the detector gets it."""
_FLOAT, _INT64 = 1, 7
_ATTRIBUTE_INTS = 7
_NODE_INPUT, _NODE_OUTPUT, _NODE_OP, _NODE_ATTRIBUTE = 1, 2, 4, 5


def face_model() -> bytes:
    """Return the model as ONNX."""
    graph = [_text(2, "drawn-faces")]
    for stride, nose in NOSES.items():
        apart = EYES_APART_PX[stride] / stride
        here = 0.5  # the middle of the cell
        eyes_up, mouth_down, half = apart * 0.6, apart * 0.6, apart / 2
        # The person's right eye is on the picture's left.
        points = [here - half, here - eyes_up, here + half, here - eyes_up, here, here]
        points += [here - half * 0.7, here + mouth_down, here + half * 0.7, here + mouth_down]
        size = float(np.log(apart * 2.2))
        graph += _head(stride, "cls", _like(nose, stride), [_bias(nose)], sigmoid=True)
        graph += _head(stride, "obj", _like(nose, stride), [_bias(nose)], sigmoid=True)
        graph += _head(stride, "bbox", _nothing(4, stride), [here, here, size, size])
        graph += _head(stride, "kps", _nothing(10, stride), points)
    graph.append(_message(11, _value("input", (1, 3, "height", "width"))))
    outputs = [(name, width) for name, width in (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10))]
    graph += [
        _message(12, _value(f"{name}_{stride}", (1, "cells", width))) for name, width in outputs for stride in NOSES
    ]
    return _number(1, 8) + _message(8, _number(2, 13)) + _message(7, b"".join(graph))


def person(size: tuple[int, int] = (1280, 720), nose: int = 16, at: tuple[float, float] = (0.5, 0.5)) -> Image:
    """Draw a person before a wall, with the face of scale `nose` at a place given in shares of the picture."""
    return crowd(size, [(nose, at)])


def crowd(size: tuple[int, int], faces: Iterable[tuple[int, tuple[float, float]]]) -> Image:
    """Draw several."""
    width, height = size
    image = np.full((height, width, 3), (190, 185, 180), np.uint8)
    larger = max(1.0, max(size) / 640)
    for stride, at in faces:
        apart = EYES_APART_PX[stride] * larger
        x, y = at[0] * width, at[1] * height
        _oval(image, (x, y + 3.2 * apart), (2.2 * apart, 2.0 * apart), (120, 90, 60))
        _oval(image, (x, y), (1.15 * apart, 1.6 * apart), (150, 175, 215))
        for side in (-0.5, 0.5):
            _oval(image, (x + side * apart, y - 0.6 * apart), (0.16 * apart, 0.1 * apart), (60, 50, 40))
        _oval(image, (x, y + 0.6 * apart), (0.35 * apart, 0.08 * apart), (90, 90, 170))
        dot = 1.5 * stride * larger  # a whole cell lies in it, wherever it is
        _oval(image, (x, y), (dot, dot), NOSES[stride])
    return image


def _oval(image: Image, at: tuple[float, float], axes: tuple[float, float], colour: tuple[int, int, int]) -> None:
    middle, half = (round(at[0]), round(at[1])), (max(1, round(axes[0])), max(1, round(axes[1])))
    cv2.ellipse(image, middle, half, 0, 0, 360, colour, -1, cv2.LINE_AA)


def _like(nose: tuple[int, int, int], stride: int) -> NDArray[np.float32]:
    """Weights that add up a cell's likeness to a colour: its strong parts for, its weak ones against."""
    signs = np.array([1.0 if part else -1.0 for part in nose], np.float32)
    return np.broadcast_to(signs[None, :, None, None] * 0.06 / stride**2, (1, 3, stride, stride)).astype(np.float32)


def _bias(nose: tuple[int, int, int]) -> float:
    """All of a cell in the colour gives 6, what drawn people are made of otherwise less than −6."""
    return 6.0 - 0.06 * sum(nose)


def _nothing(outputs: int, stride: int) -> NDArray[np.float32]:
    return np.zeros((outputs, 3, stride, stride), np.float32)


def _head(
    stride: int, name: str, weights: NDArray[np.float32], bias: Sequence[float], sigmoid: bool = False
) -> list[bytes]:
    """One output: a convolution over cells, laid out cell after cell."""
    own = f"{name}_{stride}"
    shape = np.array([1, -1, len(bias)], np.int64)
    parts = [
        _tensor(f"{own}.w", weights.shape, _FLOAT, weights.tobytes()),
        _tensor(f"{own}.b", (len(bias),), _FLOAT, np.array(bias, np.float32).tobytes()),
        _tensor(f"{own}.s", (3,), _INT64, shape.tobytes()),
        _node("Conv", ["input", f"{own}.w", f"{own}.b"], f"{own}.c", kernel_shape=[stride] * 2, strides=[stride] * 2),
        _node("Transpose", [f"{own}.c"], f"{own}.t", perm=[0, 2, 3, 1]),
        _node("Reshape", [f"{own}.t", f"{own}.s"], f"{own}.r" if sigmoid else own),
    ]
    return [*parts, _node("Sigmoid", [f"{own}.r"], own)] if sigmoid else parts


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _message(field: int, body: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(body)) + body


def _text(field: int, value: str) -> bytes:
    return _message(field, value.encode())


def _tensor(name: str, shape: Iterable[int], kind: int, raw: bytes) -> bytes:
    dims = b"".join(_number(1, side) for side in shape)
    return _message(5, dims + _number(2, kind) + _text(8, name) + _message(9, raw))


def _node(operator: str, inputs: Iterable[str], output: str, **ints: list[int]) -> bytes:
    body = b"".join(_text(_NODE_INPUT, one) for one in inputs) + _text(_NODE_OUTPUT, output)
    body += _text(_NODE_OP, operator)
    for name, values in ints.items():
        attribute = _text(1, name) + b"".join(_number(8, value) for value in values) + _number(20, _ATTRIBUTE_INTS)
        body += _message(_NODE_ATTRIBUTE, attribute)
    return _message(1, body)


def _value(name: str, shape: Iterable[int | str]) -> bytes:
    sides = b"".join(_message(1, _text(2, side) if isinstance(side, str) else _number(1, side)) for side in shape)
    return _text(1, name) + _message(2, _message(1, _number(1, _FLOAT) + _message(2, sides)))
