"""Numbers, times and statuses as the pages say them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from grader.cost import MEGABYTE, spelled
from leaderboard.charts import Bar
from leaderboard.configuration import Setting, Spread
from leaderboard.models import Attempt, Colour, Competition
from leaderboard.side_by_side import Side

register = template.Library()


@register.filter
def mph(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


@register.filter
def cells(values: Iterable[float | None]) -> SafeString:
    """Speeds as cells of a row of numbers: thousands of them, one by one, would take long."""
    return mark_safe("".join([f"<td>{mph(value)}</td>" for value in values]))  # noqa: S308


@register.simple_tag
def watched(values: Iterable[float], runs: Iterable[str], watch: str) -> SafeString:
    """The same, each a link to the replay of its run."""
    parts = zip(values, runs, strict=True)
    links = [f'<td><a href="{watch}{run}">{mph(value)}</a></td>' for value, run in parts]
    return mark_safe("".join(links))  # noqa: S308  # numbers, and an address of ours


@register.filter
def signed(value: float | None) -> str:
    """A difference of speeds, with a real minus."""
    return "" if value is None else f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")


@register.filter
def plain(value: float) -> str:
    """A number of two digits that may be below 0, with a real minus."""
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


@register.filter
def gained(value: float) -> str:
    """The same in words."""
    if not round(value, 2):
        return "the same"
    return f"{abs(value):.2f} mph {'higher' if value > 0 else 'lower'}"


@register.filter
def as_terms(settings: Iterable[Setting]) -> SafeString:
    """The fields of a configuration as terms with their values; two dozen, so not one by one."""
    return mark_safe("".join([_term(it) for it in settings]))  # noqa: S308  # all of it escaped


def _term(setting: Setting) -> str:
    hint = escape(f"{setting.field}: {setting.means}")
    title, value, default = map(escape, (setting.title, setting.value, setting.default))
    if not default:
        return f'<div title="{hint}"><dt>{title}</dt><dd>{value}</dd></div>'
    return (
        f'<div class="changed" title="{hint}"><dt>{title}</dt>'
        f"<dd>{value} <small>default {default}</small></dd></div>"
    )


@register.filter
def as_spread(spread: Iterable[Spread], sides: Sequence[Side]) -> SafeString:
    """Fields of several configurations as rows; what is not as in the first shown one is marked."""
    rows = []
    for it in spread:
        values = iter(it.values)
        cells = [
            _spread_cell(next(values), it) if side.shows_config else "<td></td>" for side in sides
        ]
        hint = escape(f"{it.field}: {it.means}" if it.field else it.means)
        rows.append(
            f'<tr><th scope="row" title="{hint}">{escape(it.title)}</th>{"".join(cells)}</tr>'
        )
    return mark_safe("".join(rows))  # noqa: S308  # all of it escaped


def _spread_cell(value: str, of: Spread) -> str:
    """Words beside the mark: colour alone tells not everybody."""
    if value == of.values[0]:
        return f"<td>{escape(value)}</td>"
    return f'<td class="odd"><mark>{escape(value)}</mark></td>'


@register.filter
def took(attempt: Attempt) -> float | None:
    """How long it lasted [s]."""
    return (attempt.ended_at - attempt.started_at).total_seconds() if attempt.ended_at else None


@register.filter
def exact(value: float | None) -> str:
    """Every digit, for machines."""
    return "" if value is None else repr(value)


@register.filter
def chance(share: float | None) -> str:
    """In per cent; nothing for what never happened."""
    if not share:
        return ""
    if share < 0.01:  # noqa: PLR2004
        return "< 1 %"
    return "> 99 %" if 0.99 < share < 1 else f"{share:.0%}".replace("%", " %")  # noqa: PLR2004


@register.filter
def duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 100:  # noqa: PLR2004
        return f"{seconds:.0f} s" if seconds >= 1 else "1 s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"  # noqa: PLR2004


@register.filter
def span(time: timedelta) -> str:
    """Of what may take months: in its largest unit that is not nothing."""
    minutes = time // timedelta(minutes=1)
    if minutes < 100:  # noqa: PLR2004
        return f"{minutes} min" if minutes else "less than 1 min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} d"  # noqa: PLR2004


@register.filter
def instant(when: datetime) -> str:
    """To the microsecond, for addresses."""
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


@register.filter
def core_seconds(seconds: float | None) -> str:
    return "" if seconds is None else spelled(seconds)


@register.filter
def megabytes(count: float) -> str:
    return f"{count / MEGABYTE:,.0f} MB"


@register.filter
def number(value: float | None) -> str:
    """With thin groups of thousands, without a needless fraction."""
    return "" if value is None else f"{value:,.10g}".replace("e-0", "e-")


@register.simple_tag
def moment(when: datetime | None, style: str = "ago") -> SafeString | str:
    """A time element: short to read, exact on hover."""
    if when is None:
        return ""
    words = STYLES[style](when)
    return format_html(
        '<time datetime="{}" title="{}" data-style="{}">{}</time>',
        when.astimezone(timezone.get_default_timezone()).isoformat(timespec="seconds"),
        f"{when:%Y-%m-%d %H:%M:%S} UTC",
        style,
        words,
    )


def _ago(when: datetime) -> str:
    """Absolute, so that a page stays right however long it is kept; times.js makes it relative."""
    return f"{when:%-d %b, %H:%M} UTC" if when.year == timezone.now().year else _date(when)


def _date(when: datetime) -> str:
    return f"{when:%-d %b %Y}"


def _clock(when: datetime) -> str:
    """For what is less than a day away: the day only if it is another."""
    today = when.date() == timezone.now().date()
    return f"{when:%H:%M} UTC" if today else f"{when:%H:%M} UTC on {when:%-d %b}"


def _exact(when: datetime) -> str:
    return f"{when:%-d %b %Y, %H:%M} UTC"


STYLES = {"ago": _ago, "clock": _clock, "date": _date, "exact": _exact}
ENDS = {
    Attempt.Exit.OK: "finished",
    Attempt.Exit.CONFIG_ERROR: "ended by the configuration",
    Attempt.Exit.CRASHED: "the computing process died",
    Attempt.Exit.TIMEOUT: "ran over the time limit",
    Attempt.Exit.INFRASTRUCTURE: "a fault of the site itself, not of your network",
    Attempt.Exit.CANCELLED: "cancelled",
    Attempt.Exit.LOST: "the worker was not heard of again; another took over",
    Attempt.Exit.HANDED_BACK: "the worker was stopped and handed it back",
}


@register.filter
def ended(attempt: Attempt) -> str:
    return ENDS.get(Attempt.Exit(attempt.exit), attempt.exit) if attempt.exit else "going on"


@register.simple_tag
def speed(bar: Bar, low: float | None, high: float | None) -> SafeString:
    """A score with its interval on the axis of a table; a tag, because an include takes longer."""
    return mark_safe(SPEED % (mph(low), mph(high), bar.start, bar.width, bar.at))  # noqa: S308


SPEED = (
    '<svg height="26" role="img" aria-label="95 %% interval %s to %s mph">'
    '<line class="rule" x1="0" x2="100%%" y1="13" y2="13"/>'
    '<rect class="bar" x="%s" width="%s" y="9" height="8" rx="4"/>'
    '<circle class="dot" cx="%s" cy="13" r="4.5"/></svg>'
)


@register.simple_tag
def car(colour: str) -> SafeString:
    """The car on a piece of road that stands beside its driver's name; says nothing by itself."""
    return CARS[colour]


CARS = {
    colour.value: format_html(
        '<svg class="car car-{}" viewBox="0 0 30 16" width="30" height="16" aria-hidden="true">'
        '<rect class="ground" width="30" height="16" rx="4"/>'
        '<rect class="body" x="5" y="4" width="20" height="8" rx="2.4"/>'
        '<path class="glass" d="M18 5.4h2.2q.8 2.6 0 5.2H18zM8 5.6h1.6v4.8H8z"/></svg>',
        colour.value,
    )
    for colour in Colour
}


LONGEST_WAY = 1000
"""Characters of an address that a login leads back to [1]; of longer ones only the path counts."""


@register.simple_tag(takes_context=True)
def and_back(context: template.Context) -> str:
    """The query by which a login leads back to this very page, or to where this one leads."""
    request = context["request"]
    there = request.get_full_path()
    if len(there) > LONGEST_WAY:
        there = request.path
    if request.path.startswith("/accounts/"):
        there = request.GET.get("next") or request.POST.get("next", "")
    return f"?{urlencode({'next': there})}" if there else ""


@register.simple_tag(takes_context=True)
def competition_here(context: template.Context) -> Competition | None:
    """The competition of this page, else the one that a visitor would want."""
    here: Any = context.get("competition")
    if isinstance(here, Competition):
        return here
    known = list(context.get("competitions") or [])
    return next((it for it in known if it.is_open()), known[0] if known else None)


@register.simple_tag
def has_mail() -> bool:
    return bool(settings.HAS_MAIL)
