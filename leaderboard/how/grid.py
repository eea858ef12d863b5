"""What a network sees at a moment of a real run: the cells drawn on the road, and the numbers.

`static/leaderboard/how/grid.js` draws the same as the sliders move; change both.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from grader.schema import NUM_ACTIONS, NetworkConfig
from leaderboard.config_fields import notes
from leaderboard.how.pieces import piece
from simulator.road import LANE_PIXELS, LANES, ROW_PIXELS, ROWS

FIELDS = ("lanes_side", "patches_ahead", "patches_behind", "temporal_window")
FREE, OFF = 10_000, 0
"""A cell's number in its ten-thousandth parts: empty road, and no road."""
DID = ("did nothing", "accelerated", "decelerated", "went left", "went right")
CAR_LENGTH, CAR_WIDTH = 34, 12
"""As cars are drawn [px of the road]."""


class View(NamedTuple):
    """What the sliders stand at."""

    lanes_side: int
    patches_ahead: int
    patches_behind: int
    temporal_window: int

    @property
    def config(self) -> NetworkConfig:
        return NetworkConfig(**self._asdict())


class Box(NamedTuple):
    x: float
    y: float
    name: str


class Drawn(NamedTuple):
    """In px of the road, which runs to the right: a cell is 10 wide and 20 high."""

    free: str
    taken: str
    off: str
    numbers: SafeString
    says: str
    inputs: int


def asked(query: Mapping[str, str]) -> View:
    """The view that an address asks for; whatever is no number within its bounds is the usual."""
    return View(*(_number(name, query.get(name, "")) for name in FIELDS))


def _number(name: str, text: str) -> int:
    note = notes()[name]
    if text.isascii() and text.isdigit() and len(text) <= len(str(note.le)):
        number = int(text)
        if note.ge is not None and note.le is not None and note.ge <= number <= note.le:
            return number
    usual: int = note.default
    return usual


def cars() -> tuple[Box, ...]:
    """Everyone at the moment that is drawn; the own car first."""
    return tuple(
        Box(
            round(ROWS * ROW_PIXELS - y - CAR_LENGTH, 1),
            round(x, 1),
            "own" if at == 0 else "other",
        )
        for at, (x, y, _) in enumerate(piece("road")["moments"][0]["cars"])
    )


@lru_cache(maxsize=64)
def drawn(view: View) -> Drawn:
    moments = piece("road")["moments"]
    now, config = moments[0], view.config
    seen = cells(view, now)
    boxes: dict[str, list[str]] = {"free": [], "taken": [], "off": []}
    for row, values in enumerate(seen):
        x = ROW_PIXELS * (ROWS - 1 - now["row"] + view.patches_ahead - row)
        for column, value in enumerate(values):
            y = LANE_PIXELS * (now["lane"] - view.lanes_side + column)
            kind = "free" if value == FREE else "off" if value == OFF else "taken"
            boxes[kind].append(f"M{x:.0f} {y:.0f}h10v20h-10z")
    blocks = [_block(seen)]
    for back, moment in enumerate(moments[1 : view.temporal_window + 1], start=1):
        blocks += [_heading(back, moment["action"], config.num_states), _block(cells(view, moment))]
    counts = {kind: len(paths) for kind, paths in boxes.items()}
    return Drawn(
        **{kind: "".join(paths) for kind, paths in boxes.items()},
        numbers=mark_safe("\n".join(blocks)),  # noqa: S308  # digits alone
        says=_says(view, config, counts),
        inputs=config.num_inputs,
    )


def cells(view: View, moment: Mapping[str, Any]) -> list[list[int]]:
    """The observation row by row, the farthest first, in ten-thousandth parts."""
    lane, row = moment["lane"] - view.lanes_side, moment["row"] - view.patches_ahead
    width, rows = 2 * view.lanes_side + 1, view.patches_ahead + view.patches_behind
    found = [
        [FREE if 0 <= lane + g < LANES and 0 <= row + h < ROWS else OFF for g in range(width)]
        for h in range(rows)
    ]
    for h, g, value in moment["cells"]:
        at, beside = h + view.patches_ahead, g + view.lanes_side
        if 0 <= at < rows and 0 <= beside < width:
            found[at][beside] = value
    return found


def _block(seen: list[list[int]]) -> str:
    """As on the road: a line for each lane, ahead to the right."""
    return "\n".join(
        " ".join(_cell(row[column]) for row in reversed(seen)) for column in range(len(seen[0]))
    )


def _cell(value: int) -> str:
    if value in {FREE, OFF}:
        return f"{value // FREE:4d}"
    return f"<b>{f'{value / FREE:.3f}'[1:]}</b>"


def _heading(back: int, action: int, num_states: int) -> SafeString:
    moment = "1 decision" if back == 1 else f"{back} decisions"
    told = " ".join(str(num_states * (it == action)) for it in range(NUM_ACTIONS))
    return format_html("<i>{} earlier, when it {}: {}</i>", moment, DID[action], told)


def _says(view: View, config: NetworkConfig, counts: Mapping[str, int]) -> str:
    lanes = f"{config.width} lane{'s' * (config.width > 1)}"
    said = (
        f"{lanes}, {view.patches_ahead} rows ahead and {view.patches_behind} behind: "
        f"{config.num_states:,} cell{'s' * (config.num_states > 1)}, {counts['taken']:,} with a "
        f"car and {counts['off']:,} off the road."
    )
    if window := view.temporal_window:
        earlier = "earlier decision" if window == 1 else f"{window} earlier decisions"
        said += f" With the {earlier}, {config.num_states:,} + 5 numbers each, more of the same."
    return said
