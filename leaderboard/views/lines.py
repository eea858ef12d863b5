"""The lines of a board as HTML: fifty of them as templates would take most of a page's time."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from leaderboard.charts import Axis, Bar
from leaderboard.ranking import Entry
from leaderboard.rows import Mark, Row
from leaderboard.standings import Placed
from leaderboard.templatetags.overtake import chance, exact, moment, mph

NOTHING = mark_safe("")
_ROW = """
<tr data-rank="{}"{} class="{}">
<td class="rank">{}{}</td>
<th scope="row" class="who">{}</th>
<td class="interval">{}</td>
<td class="score">{}{}</td>
{}<td class="tries">{} <span class="unit">{}</span></td>
<td class="when">{}</td>
</tr>"""
_BASELINE = """
<tr class="baseline" data-baseline="{}" data-score="{}">
<td class="rank"></td>
<th scope="row" class="who"><a href="{}">{}</a> <small>baseline</small></th>
<td class="interval">{}</td>
<td class="score">{}</td>
{}<td class="tries"></td>
<td class="when"></td>
</tr>"""
_BAR = (
    '<svg height="26" role="img" aria-label="95 % interval {} to {} mph"><use href="#marks"/>'
    '<rect class="bar" x="{}" width="{}" y="9" height="8" rx="4"/>'
    '<circle class="dot" cx="{}" cy="13" r="4.5"/></svg>'
)
# on a phone it opens the cells that there is no room for
_MORE = '<details><summary><span class="hidden">More of {}</span></summary></details>'
# the shape of a car stands in the table's head, once
_NAME = (
    '<svg class="car car-{}" viewBox="0 0 30 16" width="30" height="16" aria-hidden="true">'
    '<use href="#driver"/></svg><a href="{}"><bdi>{}</bdi></a>'
)
_GONE = SafeString('<span class="gone">withdrawn since</span>')
_BEYOND = {
    "below": '<span class="below" title="left of this axis">{} to {}</span>',
    "above": '<span class="above" title="right of this axis">{} to {}</span>',
}


class Look(NamedTuple):
    """How lines are drawn, and what of them is shown.

    Attributes:
        moves: Whether there is a column of what has changed since yesterday.
        chances: Whether there is one of chances to be first.
        configs: Whether configurations are shown in short.
        withdrawn: Whether what has been withdrawn since is shown like anything else.
        record: Asks a participant's page for this board.
        own: It is the reader's own line.
        elsewhere: The page that it stands on, if it is another.
    """

    axis: Axis
    moves: bool
    chances: bool
    configs: bool
    withdrawn: bool
    record: str = ""
    own: bool = False
    elsewhere: str = ""


def line(it: Row | Mark, look: Look) -> SafeString:
    return _of_baseline(it, look) if isinstance(it, Mark) else _of_participant(it, look)


def _of_participant(row: Row, look: Look) -> SafeString:
    entry = row.entry
    known = look.withdrawn or not entry.withdrawn
    classes = (
        *(("mine",) if look.own else ()),
        *(("elsewhere",) if look.elsewhere else ()),
        *(("ends-group",) if row.ends_group else ()),
    )
    return format_html(
        _ROW,
        entry.rank,
        _told(row) if known else NOTHING,
        " ".join(classes),
        f"{entry.rank:,}",
        _interval_of_rank(row.placed) if row.placed else NOTHING,
        _who(entry, look) if known else _GONE,
        _interval(entry, row.bar, look.axis) if known else NOTHING,
        _score(entry) if known else NOTHING,
        format_html(_MORE, entry.name) if known else NOTHING,
        _columns(row, look),
        f"{entry.tries:,}",
        "try" if entry.tries == 1 else "tries",
        moment(entry.created_at) if known else "",
    )


def _of_baseline(mark: Mark, look: Look) -> SafeString:
    bar = format_html(
        _BAR, mph(mark.low), mph(mark.high), mark.bar.start, mark.bar.width, mark.bar.at
    )
    empty = SafeString(
        '<td class="moved"></td>' * look.moves + '<td class="first"></td>' * look.chances
    )
    score = mark.score
    replay = reverse("baseline_replay", args=[mark.baseline])
    return format_html(
        _BASELINE, mark.driver, exact(score), replay, mark.name, bar, mph(score), empty
    )


def _told(row: Row) -> SafeString:
    """For whoever reads the page by a program."""
    entry, placed = row.entry, row.placed
    told = format_html(' data-participant="{}" data-score="{}"', entry.name, exact(entry.score))
    if placed is None:
        return told
    more = ' data-rank-interval="{} {}" data-group="{}"'
    return told + format_html(more, placed.low, placed.high, placed.group)


def _interval_of_rank(placed: Placed) -> SafeString:
    return format_html(
        ' <small title="95 % interval of the rank"><span class="hidden">95 % interval</span> {}{}'
        "</small>",
        f"{placed.low:,}",
        "" if placed.low == placed.high else f"\N{EN DASH}{placed.high:,}",
    )


def _who(entry: Entry, look: Look) -> SafeString:
    url = reverse("participant", args=[entry.participant]) + look.record
    name = format_html(_NAME, entry.colour, url, entry.name)
    if look.own:
        name += mark_safe(' <span class="you">you</span>')
    if look.elsewhere:
        name += format_html(' <a class="there" href="{}">show my place</a>', look.elsewhere)
    if (look.configs or look.own) and entry.phrase:
        name += format_html("<small>{}</small>", entry.phrase)
    return name


def _score(entry: Entry) -> SafeString:
    url = reverse("submission", args=[entry.submission])
    return format_html('<a href="{}">{}</a>', url, mph(entry.score))


def _interval(entry: Entry, bar: Bar, axis: Axis) -> SafeString:
    low, high = mph(entry.low), mph(entry.high)
    if side := axis.side(entry.score):
        return format_html(_BEYOND[side], low, high)
    return format_html(_BAR, low, high, bar.start, bar.width, bar.at)


def _columns(row: Row, look: Look) -> SafeString:
    cells = NOTHING
    if look.moves:
        cells += format_html('<td class="moved">{}</td>', _moved(row.moved))
    if look.chances:
        cells += format_html('<td class="first">{}</td>', chance(row.placed and row.placed.first))
    return cells


def _moved(ranks: int | None) -> SafeString:
    if ranks is None:
        return mark_safe("<small>new</small>")
    if ranks == 0:
        return NOTHING
    way = "up" if ranks > 0 else "down"
    return format_html(
        '<span class="{0}" title="{0} since yesterday"><span class="hidden">{0}</span> {1}</span>',
        way,
        f"{abs(ranks):,}",
    )
