"""Trains the original's default network a hundred times and paints how fast the networks drive.

python scripts/two_modes.py [--trainings 100] [--picture docs/pictures/two_modes.png]
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from grader.config import validate
from grader.grading import grade
from grader.protocol import Protocol

DEFAULT_OF_THEN = {
    "lanes_side": 0,
    "patches_ahead": 1,
    "temporal_window": 3,
    "gamma": 0.7,
    "layers": [{"units": 1}],
    "training_iterations": 10_000,
}
AT_ONCE = 20
LOW, HIGH = 48, 70
"""Shown [mph]."""
BETWEEN = 59
"""Between the modes [mph]."""
WIDTH, HEIGHT, MARGIN = 880, 320, 40
"""Of the picture [px]."""


def medians(trainings: int) -> list[float]:
    """Of each training's 500 runs [mph]."""
    found: list[float] = []
    for key in range(-(-trainings // AT_ONCE)):
        count = min(AT_ONCE, trainings - len(found))
        protocol = Protocol(rules="deeptraffic-v2", trainings=count, runs=500)
        result = grade(validate(DEFAULT_OF_THEN), protocol, str(key))
        found += [training.median for training in result.trainings]
    return found


def paint(speeds: list[float], path: Path) -> None:
    """A histogram with a bar for every half mph."""
    counts, edges = np.histogram(speeds, bins=np.arange(LOW, HIGH + 0.5, 0.5))
    picture = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(14)
    step = (WIDTH - 2 * MARGIN) / (HIGH - LOW)
    tallest = (HEIGHT - 2 * MARGIN) / max(counts)
    base = HEIGHT - MARGIN
    for count, edge in zip(counts, edges[:-1], strict=True):
        left = MARGIN + (edge - LOW) * step
        draw.rectangle(
            (left + 1, base - count * tallest, left + step / 2 - 1, base), fill="#d9480f"
        )
        if count:
            centre = left + step / 4
            draw.text((centre, base - count * tallest - 9), str(count), "#333", font, anchor="mm")
    draw.line((MARGIN, base, WIDTH - MARGIN, base), fill="#333")
    for mph in range(LOW, HIGH + 1, 2):
        x = MARGIN + (mph - LOW) * step
        draw.line((x, base, x, base + 5), fill="#333")
        draw.text((x, base + 15), str(mph), "#333", font, anchor="mm")
    draw.text((WIDTH - MARGIN, base + 30), "median of 500 runs [mph]", "#333", font, anchor="rm")
    picture.save(path)


def main() -> None:
    """Trains, prints, paints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trainings", type=int, default=100)
    parser.add_argument("--picture", type=Path, default=Path("docs/pictures/two_modes.png"))
    given = parser.parse_args()
    speeds = medians(given.trainings)
    print(*(f"{speed:.2f}" for speed in sorted(speeds)))
    low = [speed for speed in speeds if speed < BETWEEN]
    high = [speed for speed in speeds if speed >= BETWEEN]
    for name, mode in (("low", low), ("high", high)):
        if mode:
            print(f"{name}: {len(mode)} of {len(speeds)}, median {np.median(mode):.2f} mph")
    paint(speeds, given.picture)


if __name__ == "__main__":
    main()
