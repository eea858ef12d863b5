"""Ten thousand submissions ask no more of the database than ten."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leaderboard import dispatcher, standings
from leaderboard.export import rows
from leaderboard.models import Evaluation, Status
from leaderboard.remembered import Remembered
from leaderboard.tasks import app
from tests.leaderboard.makers import claim, make_competition
from tests.leaderboard.pages.reading import Page
from tests.leaderboard.planting import plant_graded, plant_users, plant_waiting, small_config

pytestmark = pytest.mark.django_db

FEW = 10
MANY = 10_000
WAITING = 20  # one of so many still waits


@pytest.fixture
def competition(db):
    return make_competition(trainings=1, runs=1)


@pytest.fixture
def site(competition, alice, client, as_alice, django_capture_on_commit_callbacks):
    """What visitors, the dispatcher and workers do, by name."""

    def submit():
        source = small_config().canonical()
        with django_capture_on_commit_callbacks(execute=True):
            answer = as_alice.post("/c/spring/submit/", {"source": source, "action": "submit"})
        assert answer.status_code == 302
        return answer

    def newest(status):
        return Evaluation.objects.filter(status=status, submission__participant=alice).first()

    def page(status, live=""):
        url = newest(status).submission.get_absolute_url() + live
        return lambda: as_alice.get(url)

    def compare():
        chosen = Evaluation.objects.filter(applied_at__isnull=False).order_by("pk")[:2]
        return client.get("/compare/", {"s": [it.submission_id for it in chosen]})

    def take():
        (lease,) = claim(newest(Status.QUEUED))
        return lease

    submit()
    take()
    submit()
    return lambda: {
        "board": lambda: client.get("/c/spring/"),
        "board, seen by somebody on it": lambda: as_alice.get("/c/spring/"),
        "board, by htmx": lambda: client.get("/c/spring/", headers={"HX-Request": "true"}),
        "how it works": lambda: client.get("/how/"),
        "form": lambda: as_alice.get("/c/spring/submit/"),
        "submission": submit,
        "page of a queued one": page(Status.QUEUED),
        "page of a running one": page(Status.RUNNING),
        "page of a graded one": page(Status.SUCCEEDED),
        "live part of a queued one": page(Status.QUEUED, "live/"),
        "points": lambda: as_alice.get("/c/spring/explore/?x=submitted"),
        "files of the points": lambda: client.get("/c/spring/explore/points.json"),
        "two beside each other": compare,
        "one's own": lambda: as_alice.get("/mine/"),
        "page of a participant": lambda: client.get(alice.get_absolute_url()),
        "CSV": lambda: list(rows(competition)),
        "boards that are due": standings.due,
        "turn of the dispatcher": dispatcher.turn,
        "claim": take,
    }


def counted(doings: dict[str, Callable[[], object]]) -> dict[str, int]:
    """How many queries each takes, once everything has been seen."""
    counts = {}
    for name, do in doings.items():
        do()
        Remembered.forget_all()  # or it would depend on how long the first took
        with CaptureQueriesContext(connection) as captured:
            answer = do()
        assert getattr(answer, "status_code", 200) in {200, 302}, name
        counts[name] = len(captured)
    return counts


def test_no_number_of_queries_grows_with_the_number_of_submissions(
    site, competition, alice, settings
):
    settings.DISPATCH_SECONDS = 3600  # nobody sends again what waits here
    with app.connection_for_write() as broker:
        for queue in settings.CELERY_TASK_QUEUES:
            broker.default_channel.queue_purge(queue)
    plant_graded(competition, [alice, *plant_users(FEW)], FEW)
    plant_waiting(competition, [alice], 3)
    few = counted(site())
    users = [alice, *plant_users(MANY // 100)]
    plant_graded(competition, users, MANY - MANY // WAITING)
    plant_waiting(competition, users, MANY // WAITING)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as a database does by itself once there is so much
    many = counted(site())
    assert competition.submissions.count() > MANY
    assert many == few
    assert max(few.values()) < 30


def test_ones_own_submissions_come_in_pages(competition, alice, as_alice):
    plant_graded(competition, [alice], 120)
    shown = [
        row.attributes["data-submission"]
        for number in (1, 2, 3)
        for row in Page(as_alice.get(f"/mine/?page={number}")).having("data-submission")
    ]
    newest_first = competition.submissions.values_list("pk", flat=True)
    assert shown == [str(pk) for pk in newest_first]
    assert 'rel="next" href="?page=2"' in as_alice.get("/mine/").text
