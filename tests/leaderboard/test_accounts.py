"""Signing up: a login for oneself, a name for the board."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from leaderboard.models import User
from tests.leaderboard.makers import make_user

pytestmark = pytest.mark.django_db

GOOD = {
    "username": "alice.login",
    "display_name": "nightbus",
    "email": "",
    "password1": "a fair passphrase",
    "password2": "a fair passphrase",
}


def sign_up(**changed):
    return Client().post(reverse("account_signup"), {**GOOD, **changed})


def test_signing_up_keeps_login_and_display_name_apart():
    assert sign_up().status_code == 302
    user = User.objects.get(username="alice.login")
    assert (user.display_name, user.is_staff, user.email) == ("nightbus", False, "")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("display_name", "Night Bus", "has this name or one that looks like it"),
        ("display_name", "n\u0456ghtbus", "has this name or one that looks like it"),
        ("display_name", "a\u202eb", "RIGHT-TO-LEFT OVERRIDE"),
        ("display_name", "", "This field is required"),
        ("display_name", "x" * 41, "at most 40 characters"),
        ("username", "NIGHTBUS.login", "already exists"),
        ("password2", "another passphrase", "same password"),
        ("password1", "12345678", "too common"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_made(field, value, words):
    make_user("nightbus.login", email="n@example.org")
    User.objects.filter(username="nightbus.login").update(
        display_name="nightbus", display_skeleton="nlghtbus"
    )
    page = sign_up(**{"display_name": "daybus", field: value})
    assert words in page.content.decode()
    assert User.objects.count() == 1


def test_the_database_skeleton_is_the_one_the_names_module_makes():
    sign_up()
    assert User.objects.get().display_skeleton == "nlghtbus"


def test_nobody_can_make_themselves_an_organiser():
    sign_up(is_staff="on", is_superuser="on", must_change_password="on")
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.must_change_password) == (False,) * 3


def test_somebody_with_a_name_can_log_in_by_login_but_not_by_display_name():
    sign_up()
    cache.clear()
    client = Client()
    wrong = {"login": "nightbus", "password": GOOD["password1"]}
    client.post(reverse("account_login"), wrong)
    assert "_auth_user_id" not in client.session
    right = {"login": "alice.login", "password": GOOD["password1"]}
    client.post(reverse("account_login"), right)
    assert "_auth_user_id" in client.session


def test_too_many_sign_ups_from_one_address_are_told_so_on_a_page_of_ours(settings):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "1/m/ip"}
    cache.clear()
    client = Client()
    client.post(reverse("account_signup"), GOOD)
    page = Client().post(reverse("account_signup"), {**GOOD, "username": "b", "display_name": "Bo"})
    assert page.status_code == 429
    assert "Too many tries" in page.content.decode()
    assert "Overtake" in page.content.decode()
