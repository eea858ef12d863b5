"""What a fresh site shows: an admin, a competition, its baselines, and a network being graded."""

import secrets
from itertools import count

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from grader.config import parse
from leaderboard import tasks
from leaderboard.models import Baseline, Competition, User
from leaderboard.names import skeleton
from leaderboard.submitting import submit

DEMO_DRIVERS = {
    "no-action": "No action",
    "gap-seeker-10": "Gap seeker",
}
DESCRIPTION = (
    "Train a car to weave through dense traffic. Every network is trained five times and drives "
    "500 seeded runs; the median average speed counts. The key of this competition is public: "
    "python -m grader prints the very score that stands here."
)


def plant() -> None:
    """Bring in the demo competition where there is none at all."""
    with transaction.atomic():
        if not Competition.objects.exists():
            plant_competition()


def plant_admin() -> tuple[str, str] | None:
    """The first organiser's login and one-time password, if there was none yet."""
    if User.objects.filter(is_superuser=True).exists():
        return None
    password = secrets.token_urlsafe(9)
    login, name = _free("admin", "Organiser")
    User.objects.create_superuser(
        login, password=password, display_name=name, must_change_password=True
    )
    return login, password


def _free(login: str, name: str) -> tuple[str, str]:
    """The login and name, numbered if somebody has signed up with them before."""
    for number in count(1):
        suffix = "" if number == 1 else str(number)
        twins = Q(username=login + suffix) | Q(display_skeleton=skeleton(name + suffix))
        if not User.objects.filter(twins).exists():
            return login + suffix, name + suffix
    raise AssertionError


def plant_competition() -> Competition:
    now = timezone.now()
    competition = Competition.objects.create(
        slug="demo",
        title="Demo season",
        description=DESCRIPTION,
        key="0",
        key_published_at=now,
        configs_visible=Competition.ConfigsVisible.ALWAYS,
        opens_at=now,
    )
    plant_baselines(competition)
    login, name = _free("demo", "Demo driver")
    demo_user = User(username=login, display_name=name)
    demo_user.set_unusable_password()
    demo_user.save()
    source = (settings.BASE_DIR / "examples" / "network_basic.json").read_text()
    submit(demo_user, competition, source=source, config=parse(source), title="network_basic")
    return competition


def plant_baselines(competition: Competition) -> None:
    """Have the scripted drivers drive, where they have not yet."""
    for driver, name in DEMO_DRIVERS.items():
        baseline, _ = Baseline.objects.get_or_create(
            competition=competition, driver=driver, defaults={"name": name}
        )
        if not baseline.evaluations.exists():
            tasks.queue_evaluation(baseline)
