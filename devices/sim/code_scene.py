"""What a camera sees when somebody holds codes before it: drawn straight, sharp and evenly lit.

Damage is not drawn here; a scene is a picture that every camera scanner has to read.
"""

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

Image = NDArray[np.uint8]

_DESK = 120


def empty_scene(width: int = 640, height: int = 480) -> Image:
    """Nobody holds anything."""
    return np.full((height, width, 3), _DESK, np.uint8)


def code_scene(*contents: str | bytes, symbology: str = "QRCode", width: int = 640, height: int = 480) -> Image:
    """Codes side by side on white paper, each in an equal part of the frame, with its quiet zone.

    `symbology` is one of `zxingcpp.BarcodeFormat`'s names; bytes are put into the code as they are.
    """
    scene = empty_scene(width, height)
    share = width // len(contents)
    for place, content in enumerate(contents):
        made = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat[symbology])
        drawn = np.array(zxingcpp.write_barcode_to_image(made), np.uint8)
        scale = min((share - 20) // drawn.shape[1], (height - 20) // drawn.shape[0])
        if scale < 1:
            raise ValueError("the code does not fit into the frame")
        large = cv2.resize(drawn, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
        top, left = (height - large.shape[0]) // 2, place * share + (share - large.shape[1]) // 2
        scene[top : top + large.shape[0], left : left + large.shape[1]] = large[:, :, None]
    return scene
