"""python -m bench.load.plant: migrates the database of the settings and fills its board.

Participants are logged in by sessions made here: two hundred logins would measure how long hashing
a password takes, which is meant to take long. It prints one line of JSON: whom and what it made.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leaderboard.settings")

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command

from bench.load.plan import (
    EACH,
    OLD_PARTICIPANTS,
    OLD_SUBMISSIONS,
    PARTICIPANTS,
    SLUG,
    Participant,
    Planted,
)
from leaderboard.models import Competition, User
from tests.leaderboard.planting import plant_graded, plant_users

SHOWN = 50
"""Graded submissions whose pages are read [1]."""


def logged_in(user: User) -> Participant:
    """A session as the login form leaves it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return Participant(user.pk, session.session_key)


def main() -> None:
    """Fills the database, which has to be empty."""
    call_command("migrate", interactive=False, verbosity=0)
    competition = Competition.objects.create(
        slug=SLUG, title="Load", trainings=2, runs=5, frames=600, quota=EACH
    )
    users = plant_users(OLD_PARTICIPANTS)
    graded = plant_graded(competition, users, OLD_SUBMISSIONS)
    participants = [logged_in(user) for user in users[:PARTICIPANTS]]
    shown = [it.submission_id for it in graded[:: OLD_SUBMISSIONS // SHOWN]]
    print(Planted(participants, shown).to_json())


if __name__ == "__main__":
    main()
