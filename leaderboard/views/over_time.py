"""The best score over time as HTML, remembered like the leads that it is drawn from."""

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from leaderboard import leaders
from leaderboard.charts import Held, best_over_time
from leaderboard.leaders import Lead
from leaderboard.remembered import Remembered
from leaderboard.rows import Sheet

_remembered: Remembered[SafeString] = Remembered(50, seconds=leaders.SECONDS)


def over_time(sheet: Sheet) -> SafeString:
    """Nothing where the best score has not changed yet."""
    leads = leaders.leads(sheet.competition, sheet.board, sheet.seen)
    asked = (sheet.competition.pk, sheet.board, tuple(leads))
    return _remembered.get(asked, lambda: _rendered(sheet, leads))


def _rendered(sheet: Sheet, leads: list[Lead]) -> SafeString:
    if not leads:
        return SafeString("")
    now = timezone.now()
    closes_at = sheet.competition.closes_at
    # what is graded after the close, or applied, still counts
    end = max(min(now, closes_at or now), leads[-1].since)
    ends = [lead.since for lead in leads[1:]] + [end]
    held = [
        Held(lead.since, lead.score, lead.name, lead.submission, until)
        for lead, until in zip(leads, ends, strict=True)
    ]
    marks = [it.score for it in sheet.baselines if it.score is not None]
    drawn = best_over_time(held, marks=marks)
    if drawn is None:
        return SafeString("")
    url = sheet.competition.url_of(sheet.board)
    context = {"drawn": drawn, "all": len(held), "url": url}
    return render_to_string("leaderboard/_over_time.html", context)
