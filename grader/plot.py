"""A grade as a picture: how its trainings learned, and how fast their runs were."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from grader.grade import Grade
from grader.schema import short

ENDINGS = (".png", ".svg", ".pdf")
"""What a picture's name may end with."""
INK, QUIET, LINE, PAPER = "#1b1e21", "#5c6166", "#e2dfd7", "#fbfaf7"
"""Words, lesser words, rules, ground: the site's by day."""
SIGNAL, SIGNAL_SOFT = "#b23a0e", "#f6d9ca"
"""The score, and its interval."""
COLOURS = ("#1f5f8b", "#1d6f42", "#8a5a00", "#6b3f8f", "#a02c6d")
"""Of trainings that can be told apart by colour; more of them are all grey."""
SIZE = (11.0, 5.4)
"""[inches]"""
DPI = 150
"""Of a .png [dots an inch]."""
DOT = "\N{MIDDLE DOT}"
"""Between facts."""
SWARM, BINS = 0.36, 60
"""Most half width of a strip of runs, in strips; heights that its runs are sorted into [1]."""

_STYLE: dict[Any, Any] = {  # matplotlib names every key in a type
    "font.size": 10,
    "axes.edgecolor": LINE,
    "axes.labelcolor": QUIET,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "grid.linewidth": 0.7,
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "svg.hashsalt": "overtake",  # the same picture has the same bytes
}


def draw(grade: Grade, *, name: str | None = None, ending: str = ".png") -> bytes:
    """The picture as a file.

    Args:
        grade: What to draw.
        name: Of the driver; a configuration names itself.
        ending: One of ``ENDINGS``: the kind of file.
    """
    out = BytesIO()
    kind = ending.removeprefix(".")
    undated = {"png": None, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    with mpl.rc_context(_STYLE):
        figure(grade, name).savefig(out, format=kind, dpi=DPI, metadata=undated[kind])
    return out.getvalue()


def figure(grade: Grade, name: str | None = None) -> Figure:
    """The picture: learning curves, where anything was trained, beside the runs.

    A ``Figure`` of its own, without pyplot, has no window and needs no display.
    """
    with mpl.rc_context(_STYLE):
        picture = Figure(figsize=SIZE, layout="constrained")
        picture.get_layout_engine().set(w_pad=0.12, h_pad=0.1, wspace=0.04)  # type: ignore[union-attr, call-arg]
        picture.suptitle(_title(grade, name), x=0.012, ha="left", fontsize=12)
        if any(training.curve for training in grade.trainings):
            curves, runs = picture.subplots(1, 2)
            _draw_curves(curves, grade)
        else:
            runs = picture.subplots()
        _draw_runs(runs, grade)
    return picture


def _title(grade: Grade, name: str | None) -> str:
    score, protocol = grade.score, grade.protocol
    low, high = score.interval
    what = grade.config.phrase if grade.config else str(name)
    counted = "1 training" if protocol.trainings == 1 else f"{protocol.trainings} trainings"
    facts = (
        f"{score.score:.2f} mph",
        f"95 % interval {low:.2f} to {high:.2f}",
        counted,
        f"{protocol.runs:,} runs of {protocol.frames:,} frames each",
        f"rules {protocol.rules}",
    )
    return f"{what}\n{f' {DOT} '.join(facts)}"


def _colour(index: int, trainings: int) -> str:
    return COLOURS[index] if trainings <= len(COLOURS) else QUIET


def _draw_curves(axes: Axes, grade: Grade) -> None:
    """A line for each training, and below them the share of random decisions that they share."""
    trainings = grade.trainings
    axes.set_title("While it learned")
    axes.set_xlabel("iteration")
    axes.set_ylabel("average speed [mph]")
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(int(value))))
    for training in trainings:
        told = [(point.iteration, point.mph) for point in training.curve if point.mph is not None]
        at, mph = zip(*told, strict=True) if told else ((), ())
        axes.plot(
            at,
            mph,
            color=_colour(training.index, len(trainings)),
            linewidth=1.3,
            alpha=0.9 if len(trainings) <= len(COLOURS) else 0.45,
            label=f"training {training.index + 1}",
        )
    _draw_epsilon(axes, grade)
    if 1 < len(trainings) <= len(COLOURS):
        _put_legend(axes, columns=len(trainings))


def _draw_epsilon(axes: Axes, grade: Grade) -> None:
    """Random decisions on an axis of their own: all trainings have the same schedule."""
    curve = grade.trainings[0].curve
    share = axes.twinx()
    share.plot(
        [point.iteration for point in curve],
        [point.epsilon for point in curve],
        color=QUIET,
        linewidth=1,
        linestyle=(0, (4, 3)),
    )
    share.set_ylim(-0.02, 1.02)
    share.set_ylabel("random decisions (dashed)")
    share.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
    share.grid(visible=False)
    share.set_zorder(axes.get_zorder() - 1)
    axes.patch.set_visible(False)  # what lies behind shows through


def _draw_runs(axes: Axes, grade: Grade) -> None:
    """A strip of dots for each training with its median; the score, and its interval as a band."""
    trainings, (low, high) = grade.trainings, grade.score.interval
    axes.set_title("Graded runs")
    axes.set_xlabel("training" if grade.config else "list of runs")
    axes.set_ylabel("average speed [mph]")
    axes.grid(visible=False, axis="x")
    axes.set_xticks(range(1, len(trainings) + 1))
    axes.set_xlim(0.4, len(trainings) + 0.6)
    axes.axhspan(low, high, color=SIGNAL_SOFT, linewidth=0, label="95 % interval", zorder=0)
    axes.axhline(grade.score.score, color=SIGNAL, linewidth=1.4, label="score", zorder=1)
    pooled = np.concatenate([training.runs for training in trainings])
    edges = np.linspace(pooled.min(), pooled.max() + 1e-9, BINS + 1)
    most = max(int(np.histogram(training.runs, edges)[0].max()) for training in trainings)
    for training in trainings:
        axes.scatter(
            training.index + 1 + swarm(training.runs, edges, most=most),
            training.runs,
            s=7 if len(training.runs) <= 200 else 3,  # noqa: PLR2004
            color=_colour(training.index, len(trainings)),
            alpha=0.55,
            linewidths=0,
        )
    axes.scatter(
        range(1, len(trainings) + 1),
        [training.median for training in trainings],
        marker="_",
        s=min(700, 4000 / len(trainings)),
        color=INK,
        linewidths=2,
        label="median of a training" if grade.config else "median of a list",
        zorder=3,
    )
    _put_legend(axes, columns=3)


def _put_legend(axes: Axes, *, columns: int) -> None:
    """Below the panel, where it hides nothing."""
    legend = axes.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, -0.12),
        ncols=columns,
        frameon=False,
        labelcolor=QUIET,
        fontsize=9,
        handlelength=1.2,
        columnspacing=1.1,
    )
    for handle in legend.legend_handles:
        if isinstance(handle, PathCollection):
            handle.set_sizes([90])


def swarm(
    runs: Sequence[float], edges: npt.NDArray[np.float64], *, most: int
) -> npt.NDArray[np.float64]:
    """How far to the side each run is drawn, so that those of one speed stand side by side.

    Args:
        runs: Average speeds [mph].
        edges: Of the heights that are told apart [mph].
        most: Runs at the fullest height of any strip.

    Returns:
        Offsets [strips], shape [R], symmetric about 0.
    """
    bins = np.searchsorted(edges, runs, side="right")
    offsets = np.zeros(len(runs))
    step = min(2 * SWARM / max(most - 1, 1), 0.05)
    for one in np.unique(bins):
        (inside,) = np.nonzero(bins == one)
        offsets[inside] = step * (np.arange(len(inside)) - (len(inside) - 1) / 2)
    return offsets
