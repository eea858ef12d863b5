"""python -m bench.load.looks: what looks at a full board cost, by processor time.

On a PostgreSQL that DATABASE_URL names and bench.load.plant has filled. Everything is asked in this
process, by turns, so that neither other work nor a network is in the figures; what the database
does in its own process is not in them either.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leaderboard.settings")

import django

django.setup()

import re
import time
from collections.abc import Callable
from itertools import count
from statistics import median

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.load.plan import SLUG
from leaderboard import standings
from leaderboard.models import Competition, Evaluation, User
from tests.leaderboard.planting import plant_waiting

TIMES = 25
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
    }


def _polled(client: Client) -> str:
    found = re.search(r'hx-get="([^"]*state=[^"]*)"', client.get(BOARD).text)
    assert found
    return found[1].replace("&amp;", "&")


def main() -> None:
    """Prints a line for each kind of look."""
    settings.ALLOWED_HOSTS = ["testserver"]
    competition = Competition.objects.get(slug=SLUG)
    if not Evaluation.objects.unfinished().exists():
        plant_waiting(competition, list(User.objects.all()[:200]), WAITING)
    if standings.newest(competition) is None:
        standings.refresh(competition.pk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{'':34}{'ms':>6}{'queries':>9}{'bytes':>9}")
    for name, look in looks().items():
        look()
        with CaptureQueriesContext(connection) as captured:
            answer = look()
        queries = len(captured)  # the next request forgets them
        assert answer.status_code in {200, 204}, name
        spent = []
        for _ in range(TIMES):
            before = time.process_time()
            look()
            spent.append(time.process_time() - before)
        print(f"{name:34}{1000 * median(spent):6.1f}{queries:9}{len(answer.content):9,}")


if __name__ == "__main__":
    main()
