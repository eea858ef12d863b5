"""The road on top of a board: a run of whoever leads it, as it stood in its middle.

Of the runs that were recorded with the grading it is the one nearest to the score, which is the
median of all runs. Where nobody is on the board yet, the fastest baseline drives. A board of an
earlier moment has a drawn one: who led it then may have been withdrawn since.
"""

from typing import NamedTuple

from django.db.models import F
from django.db.models.functions import Abs
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from leaderboard.charts import StillCar, still_cars
from leaderboard.charts.still import EDGES, LANE_LINES
from leaderboard.models import Recording
from leaderboard.remembered import Remembered
from leaderboard.replays import Driver, Run
from leaderboard.rows import Sheet
from simulator.recording import unpacked

SECONDS = 60
"""For how long it is known: a name or a colour may change meanwhile."""
_remembered: Remembered[SafeString] = Remembered(50, seconds=SECONDS)


class Signature(NamedTuple):
    """`watch` is the page of its replay."""

    driver: str
    colour: str
    mph: float
    recording: str
    watch: str
    cars: list[StillCar]


def signature(sheet: Sheet) -> SafeString:
    """As HTML; it follows from who is first alone. Drawn where nothing is recorded."""
    places = sheet.seen.ranked.places
    first = places[0].evaluation if places else _best_baseline(sheet)
    if sheet.moment is not None:
        first = None
    return _remembered.get(first, lambda: _rendered(first))


def _best_baseline(sheet: Sheet) -> int | None:
    return sheet.baselines[0].pk if sheet.baselines else None


def _rendered(evaluation: int | None) -> SafeString:
    found = None if evaluation is None else _of(evaluation)
    context = {"signature": found, "lines": LANE_LINES, "edges": EDGES}
    return render_to_string("leaderboard/_road.html", context)


def _of(evaluation: int) -> Signature | None:
    related = "run__training__evaluation__"
    kept = (
        Recording.objects.made()
        .filter(run__training__evaluation=evaluation, asked_at__isnull=True)
        .select_related(f"{related}submission__participant", f"{related}baseline")
        .order_by(Abs(F("run__average_mph") - F(f"{related}score")), "run")
        .first()
    )
    if kept is None:
        return None
    run = kept.run
    graded = run.training.evaluation
    subject = graded.submission or graded.baseline
    assert subject is not None
    driver, ran = Driver(subject), Run(run.training.index + 1, run.index + 1, run.average_mph)
    film = unpacked(bytes(kept.content))
    return Signature(
        driver.name,
        driver.colour,
        ran.mph,
        driver.recording(ran),
        f"{driver.replay}?run={ran.name}",
        still_cars(film.still, agents=film.other_agents + 1),
    )
