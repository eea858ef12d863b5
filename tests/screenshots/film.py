"""A replay as a moving picture for the documentation: frames of the real page, a few a second."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.end_to_end.first_view import SETTLED

FIRST, LAST, STEP = 700, 1080, 4
"""Frames of the run, of which each so many-th is shown; there are 60 to a second."""
WINDOW = {"width": 1060, "height": 720}
SMALLER = 0.75
COLOURS = 128
OVERLAYS = ["safety"]


def film(browser: Browser, address: str, file: Path) -> str:
    """Shoots the replay at an address; says how large the picture is."""
    page = browser.new_context(viewport=WINDOW).new_page()  # type: ignore[arg-type]
    page.goto(f"{address}?at={FIRST}")
    page.wait_for_selector("#replay[data-ready]")
    for overlay in OVERLAYS:
        page.locator(f"[name=overlay][value={overlay}]").check()
    pictures = [_picture(page, frame) for frame in range(FIRST, LAST, STEP)]
    palette = pictures[len(pictures) // 2].quantize(COLOURS, Image.Quantize.MEDIANCUT, kmeans=3)
    few = [it.quantize(palette=palette, dither=Image.Dither.NONE) for it in pictures]
    time = round(1000 * STEP / 60)
    few[0].save(file, save_all=True, append_images=few[1:], duration=time, loop=0, optimize=True)
    page.context.close()
    return f"{file.name}: {len(few)} pictures, {file.stat().st_size / 1000:.0f} kB"


def _picture(page: Page, frame: int) -> Image.Image:
    page.get_by_label("Frame", exact=True).fill(str(frame))
    page.evaluate(SETTLED)
    box = page.locator("#replay").bounding_box()
    assert box is not None
    height = page.locator(".track").bounding_box()["height"]  # type: ignore[index]
    clip = {
        "x": box["x"] - 16,
        "y": box["y"] - 4,
        "width": box["width"] + 32,
        "height": height + 16,
    }
    with Image.open(BytesIO(page.screenshot(clip=clip))) as shot:  # type: ignore[arg-type]
        size = (round(shot.width * SMALLER), round(shot.height * SMALLER))
        return shot.convert("RGB").resize(size, Image.Resampling.LANCZOS)
