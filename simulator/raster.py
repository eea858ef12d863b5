"""Shapes into pixels with smooth edges, and pixels into a PNG file."""

import struct
import zlib
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.picture import HEIGHT, WIDTH, Shape
from simulator.view import bounded

MAX_SCALE: Final = 8  # 1280 x 5600 px


def pixels(painted: Sequence[Shape], *, scale: int = 2) -> NDArray[np.uint8]:
    """Paints shapes one over the other.

    Args:
        painted: the shapes, the lowest first.
        scale: pixels for each px of the road, 1 to 8.

    Returns:
        [height, width, 3] red, green, blue.

    Raises:
        ValueError: the scale is out of bounds.
    """
    size = bounded("scale", scale, 1, MAX_SCALE)
    canvas = np.zeros((round(HEIGHT * size), round(WIDTH * size), 3), np.float32)
    for shape in painted:
        _paint(canvas, shape, size)
    return np.rint(canvas).astype(np.uint8)


def _paint(canvas: NDArray[np.float32], shape: Shape, scale: int) -> None:
    rows = _touched(shape.y * scale, shape.height * scale, canvas.shape[0])
    columns = _touched(shape.x * scale, shape.width * scale, canvas.shape[1])
    down = _outside(rows, shape.y * scale, shape.height * scale, shape.round * scale)
    across = _outside(columns, shape.x * scale, shape.width * scale, shape.round * scale)
    corner = np.hypot(np.maximum(down, 0.0)[:, None], np.maximum(across, 0.0)[None, :])
    inside = np.minimum(np.maximum(down[:, None], across[None, :]), 0.0)
    distance = corner + inside - shape.round * scale
    cover = shape.opacity * np.clip(0.5 - distance, 0.0, 1.0)[:, :, None]
    patch = canvas[rows.start : rows.stop, columns.start : columns.stop]
    patch += cover * (_rgb(shape.fill) - patch)


def _touched(start: float, length: float, end: int) -> range:
    """Returns the pixels of one axis that a shape may colour."""
    return range(max(0, int(start) - 1), max(0, min(end, int(start + length) + 2)))


def _outside(places: range, start: float, length: float, round_off: float) -> NDArray[np.float32]:
    """Returns how far pixels' centres lie outside the shape less its corners' radius, per axis."""
    centres = np.arange(places.start, places.stop) + 0.5
    outside: NDArray[np.float64] = np.abs(centres - (start + length / 2)) - length / 2 + round_off
    return outside.astype(np.float32)


def _rgb(fill: str) -> NDArray[np.float32]:
    return np.array([int(fill[place : place + 2], 16) for place in (1, 3, 5)], np.float32)


def png(picture: NDArray[np.uint8]) -> bytes:
    """Returns the pixels [height, width, 3] as a PNG file (W3C, "PNG specification", 3rd ed.)."""
    height, width, _ = picture.shape
    # Filter 2, "up": each byte as its distance from the one above; a road repeats itself.
    lines = np.full((height, 1 + 3 * width), 2, np.uint8)
    flat = picture.reshape(height, -1)
    lines[0, 1:] = flat[0]
    lines[1:, 1:] = flat[1:] - flat[:-1]
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits, RGB
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))
