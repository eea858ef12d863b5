"""python -m bench.load.looks: what looks at a full site cost.

On a PostgreSQL that DATABASE_URL names and bench.load.plant has filled. Everything is asked in this
process, by turns: the median of its processor time, in which neither other work nor the database
is, and the 95th percentile by the clock, in which both are.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leaderboard.settings")

import django

django.setup()

import logging
import re
import time
from collections.abc import Callable
from itertools import count, cycle
from statistics import median, quantiles

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.load.plan import SLUG
from leaderboard import standings
from leaderboard.models import Competition, Evaluation, Submission, User
from tests.leaderboard.planting import plant_waiting

TIMES = 60
WAITING = 1000
BOARD = f"/c/{SLUG}/"
HTMX = {"HX-Request": "true"}
Look = Callable[[], HttpResponse]


def looks() -> dict[str, Look]:
    """By name, those of visitors and of somebody who stands on the board."""
    visitor, participant = Client(), Client()
    participant.force_login(User.objects.order_by("pk")[0])
    asked = {who: _polled(who) for who in (visitor, participant)}
    pages, drivers = count(), count()
    here = Evaluation.objects.filter(submission__competition__slug=SLUG)
    scored = here.filter(applied_at__isnull=False)[:1].get()

    def after_a_score() -> HttpResponse:
        Evaluation.objects.filter(pk=scored.pk).update(applied_at=timezone.now())
        return visitor.get(BOARD)

    def an_earlier_moment() -> HttpResponse:
        return visitor.get(BOARD, {"at": timezone.now().isoformat()})

    return {
        "the board": lambda: visitor.get(BOARD),
        "the board, by somebody on it": lambda: participant.get(BOARD),
        "whether there is news": lambda: visitor.get(asked[visitor], headers=HTMX),
        "whether there is news, logged in": lambda: participant.get(
            asked[participant], headers=HTMX
        ),
        "a page that nobody has asked for": lambda: visitor.get(
            f"{BOARD}?page={2 + next(pages) % 39}"
        ),
        "the board after a new score": after_a_score,
        "a name": lambda: visitor.get(f"{BOARD}?q=driver+{next(drivers)}"),
        "an earlier moment": an_earlier_moment,
        "a thousand lines of JSON": lambda: visitor.get(f"{BOARD}board.json?q={' ' * next(pages)}"),
        **others(visitor, participant),
    }


def others(visitor: Client, participant: Client) -> dict[str, Look]:
    """Pages that are not the board; those of somebody's are of many in turn."""
    graded = Submission.objects.filter(evaluations__applied_at__isnull=False)
    shown = cycle([it.get_absolute_url() for it in graded.order_by("pk")[::400]])
    numbers = cycle([it.pk for it in graded.order_by("pk")[::401]])
    people = cycle([it.get_absolute_url() for it in User.objects.order_by("pk")[:50]])
    own = graded.filter(participant=User.objects.order_by("pk")[0])[:1].get().get_absolute_url()
    waits = Evaluation.objects.in_line().order_by("-pk")[:1].get().submission
    assert waits is not None
    waiting = Client()
    waiting.force_login(waits.participant)
    return {
        "the submit form": lambda: participant.get(f"{BOARD}submit/"),
        "a graded submission": lambda: visitor.get(next(shown)),
        "a graded submission, by its owner": lambda: participant.get(own),
        "a submission that waits": lambda: waiting.get(waits.get_absolute_url()),
        "my submissions": lambda: participant.get("/mine/"),
        "a participant": lambda: visitor.get(next(people)),
        "all as points": lambda: visitor.get(f"{BOARD}explore/"),
        "all as points, their file": lambda: visitor.get(f"{BOARD}explore/points.json"),
        "two beside each other": lambda: visitor.get(
            f"/compare/?s={next(numbers)}&s={next(numbers)}"
        ),
        "log in": lambda: visitor.get("/accounts/login/"),
        "sign up": lambda: visitor.get("/accounts/signup/"),
        "account pages": lambda: participant.get("/accounts/car/"),
        "nothing there": lambda: visitor.get("/no/such/page/"),
    }


def _polled(client: Client) -> str:
    found = re.search(r'hx-get="([^"]*state=[^"]*)"', client.get(BOARD).text)
    assert found
    return found[1].replace("&amp;", "&")


def main() -> None:
    """Prints a line for each kind of look."""
    settings.ALLOWED_HOSTS = ["testserver"]
    logging.disable()  # a warning for every page that is not there
    competition = Competition.objects.get(slug=SLUG)
    if not Evaluation.objects.unfinished().exists():
        plant_waiting(competition, list(User.objects.all()[:200]), WAITING)
    if standings.newest(competition) is None:
        standings.refresh(competition.pk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{'':34}{'CPU ms':>7}{'p95 ms':>8}{'queries':>9}{'bytes':>9}")
    for name, look in looks().items():
        look()
        with CaptureQueriesContext(connection) as captured:
            answer = look()
        queries = len(captured)  # the next request forgets them
        assert answer.status_code in {200, 204, 404}, name
        spent, taken = [], []
        for _ in range(TIMES):
            processor, clock = time.process_time(), time.perf_counter()
            look()
            spent.append(1000 * (time.process_time() - processor))
            taken.append(1000 * (time.perf_counter() - clock))
        slowest = quantiles(taken, n=20)[-1]
        size = f"{queries:9}{len(answer.content):9,}"
        print(f"{name:34}{median(spent):7.1f}{slowest:8.1f}{size}")


if __name__ == "__main__":
    main()
