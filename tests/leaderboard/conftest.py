"""Alice and Bob take part, Charlie organises; a season with two trainings of three runs each."""

from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection
from django.test import Client
from pytest_django import Settings

from leaderboard.models import Competition, Submission, User
from leaderboard.remembered import Remembered
from tests.leaderboard.makers import graded_submission, make_competition, make_user


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _quick_clients(settings: Settings) -> None:
    # each client loads the middleware anew, and WhiteNoise would open all that it might serve
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Of another test, whose rows were rolled back and had the same numbers."""
    Remembered.forget_all()


@pytest.fixture(autouse=True)
def _ledger_can_be_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """Transactional tests clear away what they wrote: on SQLite row by row, past the guard."""
    yield
    mark = request.node.get_closest_marker("django_db")
    if mark is None or not mark.kwargs.get("transaction") or connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        named = "FROM sqlite_master WHERE name = 'quota_entry_never_goes'"
        (guard,) = cursor.execute(f"SELECT sql {named}").fetchone()
        cursor.execute("DROP TRIGGER quota_entry_never_goes")
        cursor.execute("DELETE FROM leaderboard_quotaentry")
        cursor.execute(guard)


@pytest.fixture
def competition(db: None) -> Competition:
    return make_competition()


@pytest.fixture
def alice(db: None) -> User:
    return make_user("Alice")


@pytest.fixture
def bob(db: None) -> User:
    return make_user("Bob")


@pytest.fixture
def charlie(db: None) -> User:
    staff = make_user("Charlie", is_staff=True)
    TOTP.activate(staff, generate_totp_secret())  # as organisers need where the site is no demo
    return staff


@pytest.fixture
def graded(alice: User, competition: Competition) -> Submission:
    """A submission of Alice's that has been graded: 66.12 mph."""
    return graded_submission(alice, competition, 66.12)


@pytest.fixture
def as_alice(alice: User) -> Client:
    return client_of(alice)


@pytest.fixture
def as_bob(bob: User) -> Client:
    return client_of(bob)


@pytest.fixture
def as_charlie(charlie: User) -> Client:
    return client_of(charlie)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
