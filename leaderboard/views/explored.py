"""The rows and marks of the page that explores as HTML: by templates they would take long."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from leaderboard.charts import Scale
from leaderboard.charts.axis import label_of
from leaderboard.charts.scale import Mark
from leaderboard.charts.scatter import UNITS
from leaderboard.columns import Column
from leaderboard.templatetags.overtake import exact, moment, mph
from leaderboard.trends import Ranked
from leaderboard.views.plane import Mask, Plane

_LINE = """
<tr data-submission="{}" data-score="{}">
<td class="pick">\
<input type="checkbox" name="s" value="{}" aria-label="Compare {}"></td>
<td class="rank">{}</td>
<th scope="row" class="who"><a href="{}"><bdi>{}</bdi></a><small>by <bdi>{}</bdi></small></th>
<td class="score">{}</td>
<td>{}</td>
{}</tr>"""
_FOREST = """
<tr{}>
<th scope="row"><a href="{}"{}>{}</a></th>
<td class="interval"><svg height="26" aria-hidden="true"><line class="rule" x1="0" x2="100%" \
y1="13" y2="13"/>\
<line class="zero" x1="50%" x2="50%" y1="0" y2="26"/>\
<rect class="bar" x="{}" width="{}" y="9" height="8" rx="4"/>\
<circle class="dot" cx="{}" cy="13" r="4.5"/></svg></td>
<td>{}</td>
<td class="ends">{} to {}</td>
</tr>"""


def plot(plane: Plane, own: Mask) -> SafeString:
    """Ground, marks and points, the reader's own with a ring; all but the frame."""
    drawn = plane.drawn
    parts = [_marks(drawn.across, drawn.up)]
    if ring := rings(plane, own):
        parts.append(f'<path class="ring" d="{ring}"/><path class="ring hole" d="{ring}"/>')
    kind = "" if drawn.colours is None else drawn.colours.kind
    shape = "cell" if drawn.scatter.cells else "point"
    parts += [
        f'<path class="{shape} {_colour(kind, it.colour)} shade-{it.shade}" d="{it.path}"/>'
        for it in drawn.scatter.layers
    ]
    return mark_safe(  # noqa: S308  # numbers and words of ours alone
        f'{parts[0]}<svg width="100%" height="100%" viewBox="0 0 1000 1000" '
        f'preserveAspectRatio="none">{"".join(parts[1:])}</svg>'
    )


def rings(plane: Plane, own: Mask) -> str:
    """Dots that lie below one's own and are a little larger."""
    chosen = own & plane.shown
    numbers = plane.points.submissions[chosen]
    across = plane.drawn.across.shares(plane.points.values[plane.x.name][chosen], numbers)
    down = 1 - plane.drawn.up.shares(plane.points.scores[chosen], numbers)
    pairs = zip(across.tolist(), down.tolist(), strict=True)
    return "".join(f"M{UNITS * at:.0f} {UNITS * below:.0f}h0" for at, below in pairs)


def _colour(kind: str, number: str) -> str:
    return f"{kind}-{number}" if number else "plain"


def _marks(across: Scale, up: Scale) -> str:
    return "".join(
        [
            f'<line class="rule" x1="0" x2="100%" y1="{100 * (1 - it.at):.2f}%" '
            f'y2="{100 * (1 - it.at):.2f}%"/><text class="left" x="-8" '
            f'y="{100 * (1 - it.at):.2f}%" dy="4">{it.label}</text>'
            for it in up.marks
        ]
        + [
            f'<line class="rule" x1="{100 * it.at:.2f}%" x2="{100 * it.at:.2f}%" y1="0" y2="100%"/>'
            f'<text class="below-mark"{_when(it)} x="{100 * it.at:.2f}%" y="100%" dy="18">'
            f"{it.label}</text>"
            for it in across.marks
        ]
    )


def _when(mark: Mark) -> str:
    return f' data-when="{mark.when}"' if mark.when else ""


def lines(plane: Plane, chosen: Sequence[int], first: int) -> SafeString:
    """Of points by their places, each with its values."""
    points, colour = plane.points, plane.colour
    seen = plane.known(colour) if colour else None
    rows = []
    for place, at in enumerate(chosen, start=first):
        number, title = int(points.submissions[at]), points.title(at)
        other: SafeString | str = ""
        if colour is not None and seen is not None:
            told = value_of(colour, points.values[colour.name][at]) if seen[at] else "hidden"
            other = format_html("<td>{}</td>\n", told)
        score = float(points.scores[at])
        url = reverse("submission", args=[number])
        value = value_of(plane.x, points.values[plane.x.name][at])
        rows.append(
            format_html(
                _LINE,
                number,
                exact(score),
                number,
                title,
                f"{place:,}",
                url,
                title,
                points.name(at),
                mph(score),
                value,
                other,
            )
        )
    return SafeString("".join(rows))


def value_of(column: Column, value: float) -> SafeString | str:
    if column.words:
        return column.words[int(value)]
    if column.is_moment:
        return moment(datetime.fromtimestamp(value, UTC))
    return f"{value:,.0f}" if column.is_whole else label_of(float(f"{value:.4g}"))


def forest(told: Sequence[Ranked], shown: str, colour: str) -> SafeString:
    """How far each field goes with the score; the one that is shown is marked."""
    return format_html_join(
        "",
        _FOREST,
        (
            (
                mark_safe(' class="told"') if it.found.is_told else "",
                f"?x={it.column.name}&c={colour}",
                mark_safe(' aria-current="true"') if it.column.name == shown else "",
                it.column.title,
                *(it.bar.start, it.bar.width, it.bar.at),
                *(_signed(it.found.rho), _signed(it.found.low), _signed(it.found.high)),
            )
            for it in told
        ),
    )


def _signed(value: float) -> str:
    return f"{value:+z.2f}".replace("-", "\N{MINUS SIGN}")
