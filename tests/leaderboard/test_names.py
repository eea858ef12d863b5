"""Display names: one form, nothing invisible, no two that a reader would take for each other."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from leaderboard.models import User
from leaderboard.names import clean_display_name, skeleton


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("nightbus", "nightbus"),
        ("  night   bus ", "night bus"),
        ("\uff4e\uff49\uff47\uff48\uff54", "night"),  # full width
        ("Zoë Åström", "Zoë Åström"),
        ("李小龍", "李小龍"),
    ],
)
def test_a_name_is_kept_in_its_one_normal_form(typed, kept):
    assert clean_display_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "2 to 40 characters; this one has 0"),
        ("x", "this one has 1"),
        ("x" * 41, "this one has 41"),
        ("--", "needs a letter or a digit"),
        ("a\u202eb", "RIGHT-TO-LEFT OVERRIDE"),
        ("a\u200bb", "ZERO WIDTH SPACE"),
        ("a\x00b", "U\\+0000"),
        ("a\nb", "U\\+000A"),
    ],
)
def test_what_cannot_be_a_name_is_refused_with_the_reason(typed, why):
    with pytest.raises(ValidationError, match=why):
        clean_display_name(typed)


@pytest.mark.parametrize(
    "twin",
    [
        "NightBus",
        "night bus",
        "n\u0456ghtbus",  # Cyrillic i
        "n1ghtbus",
        "nightbu\u0455",  # Cyrillic dze
        "\U0001d427ightbus",  # mathematical bold n
        "ni\u0301ghtbus",  # i with an acute accent
    ],
)
def test_names_that_look_the_same_have_the_same_skeleton(twin):
    assert skeleton(twin) == skeleton("nightbus")


@pytest.mark.parametrize("other", ["daybus", "nightbuz", "nightbus2", "夜行"])
def test_names_that_look_different_have_different_skeletons(other):
    assert skeleton(other) != skeleton("nightbus")


@pytest.mark.django_db
@pytest.mark.both_databases
def test_the_database_refuses_a_name_that_looks_like_another():
    User.objects.create_user("alice", display_name="nightbus")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("mallory", display_name="N\u0456ght Bus")
