"""A season with real gradings, planted into the site of OVERTAKE_DATA.

Whoever runs it twice gets the same season; what is to be seen waiting and running is handed in anew
each time. It prints, as JSON, the addresses that the pictures need.
"""

import json
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leaderboard.settings")

import django

django.setup()

from django.template.loader import get_template

from grader.config import validate
from leaderboard.models import Competition, Evaluation, Status, Submission, User
from leaderboard.submitting import submit
from tests.end_to_end.visitor import PASSWORD

SLUG = "demo"
QUOTA = 20
DRIVERS = {
    "vera": "Vera Lane",
    "nightbus": "Nightbus",
    "tailwind": "Tailwind",
    "mira": "Mira Signal",
    "loris": "slow_loris",
    "ofra": "Overland Ofra",
    "kurt": "Kurt Kurve",
    "new": "Newcomer",
}
ADAM = {"method": "adam", "learning_rate": 0.001, "l2_decay": 0.0}


def network(ahead: int, units: list[int], thousands: int, **fields: object) -> dict[str, object]:
    """A network that trains for so many thousand iterations."""
    return {
        "lanes_side": 2,
        "patches_ahead": ahead,
        "patches_behind": 5,
        "layers": [{"units": it} for it in units],
        "trainer": ADAM,
        "training_iterations": 1000 * thousands,
        "gamma": 0.85,
        "epsilon_min": 0.05,
        **fields,
    }


GRADED = [
    ("vera", "first try", network(6, [4], 4)),
    ("nightbus", "narrow", network(20, [16], 10, lanes_side=1)),
    ("vera", "looks further", network(18, [8], 8)),
    ("tailwind", "", network(30, [24], 20)),
    ("mira", "tanh", network(25, [20], 12, lanes_side=1)),
    ("vera", "two layers", network(25, [24, 12], 15)),
    ("loris", "patience", network(35, [32], 24, gamma=0.9)),
    ("ofra", "", network(12, [10], 6)),
    ("kurt", "left is best", network(28, [20], 16, lanes_side=3)),
    ("vera", "a third layer", network(22, [16, 16, 8], 8)),
    ("vera", "wide and calm", network(32, [28], 24, gamma=0.9)),
]
WILD = network(6, [4], 4, trainer={"method": "sgd", "learning_rate": 10.0, "momentum": 0.9})
LONG = network(40, [64, 32], 900)
WAITING = network(30, [24], 21)


def main() -> None:
    competition = Competition.objects.get(slug=SLUG)
    Competition.objects.filter(pk=competition.pk).update(quota=QUOTA)
    competition.refresh_from_db()
    people = {login: _person(login, name) for login, name in DRIVERS.items()}
    _organiser()
    if not Submission.objects.filter(participant=people["vera"]).exists():
        for login, title, config in [*GRADED, ("vera", "too fast a learner", WILD)]:
            _hand_in(people[login], competition, title, config)
    open_now = Evaluation.objects.filter(submission__title="a long one")
    for evaluation in open_now.exclude(status__in=[Status.SUCCEEDED, Status.CANCELLED]):
        evaluation.cancel()
    running = _hand_in(people["vera"], competition, "a long one", LONG)
    waiting = _hand_in(people["mira"], competition, "next", WAITING)
    mine = {it.title: it for it in people["vera"].submissions.all()}
    print(
        json.dumps(
            {
                "graded": mine["wide and calm"].get_absolute_url(),
                "compared": "/compare/?"
                + "&".join(
                    f"s={mine[title].pk}" for title in ("wide and calm", "two layers", "first try")
                ),
                "failed": mine["too fast a learner"].get_absolute_url(),
                "running": running.get_absolute_url(),
                "queued": waiting.get_absolute_url(),
                "participant": people["vera"].get_absolute_url(),
                "fault": get_template("500.html").render(),
            }
        )
    )


def _person(login: str, name: str) -> User:
    found = User.objects.filter(username=login).first()
    return found or User.objects.create_user(login, password=PASSWORD, display_name=name)


def _organiser() -> None:
    """Whoever signed in first chooses the password at once; here it is chosen."""
    organiser = User.objects.filter(is_superuser=True).order_by("pk")[0]
    organiser.must_change_password = False
    organiser.set_password(PASSWORD)
    organiser.save()


def _hand_in(
    person: User, competition: Competition, title: str, fields: dict[str, object]
) -> Submission:
    config = validate(fields)
    source = json.dumps(fields, indent=2)
    return submit(person, competition, source=source, config=config, title=title)


if __name__ == "__main__":
    main()
