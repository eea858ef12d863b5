"""What organisers do in the admin pages, by the requests that their browser sends."""

import csv
import io
import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from leaderboard.export import COLUMNS, defused
from leaderboard.models import Baseline, Evaluation, QuotaEntry, Status, User
from leaderboard.quota import quota_of
from tests.leaderboard.makers import (
    grade,
    graded_submission,
    make_competition,
    make_submission,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser() -> User:
    """An organiser with a second factor, as the admin pages ask for."""
    olga = make_user("Olga", is_staff=True, is_superuser=True)
    TOTP.activate(olga, generate_totp_secret())
    return olga


@pytest.fixture
def admin(organiser: User) -> Client:
    client = Client()
    client.force_login(organiser)
    return client


def act(client: Client, model: str, action: str, chosen, **more):
    return client.post(
        reverse(f"admin:leaderboard_{model}_changelist"),
        {"action": action, "_selected_action": [item.pk for item in chosen], **more},
        follow=True,
    )


def test_running_again_asks_for_a_reason_first(admin):
    evaluation = graded_submission(make_user("Alice"), make_competition(), 60).evaluations.get()
    page = act(admin, "evaluation", "run_again", [evaluation])
    assert 'name="reason"' in page.content.decode()
    assert Evaluation.objects.count() == 1


@pytest.mark.parametrize("model", ["evaluation", "submission"])
def test_running_again_makes_a_new_evaluation_and_keeps_the_old(admin, organiser, model):
    submission = graded_submission(make_user("Alice"), make_competition(), 60)
    chosen = submission if model == "submission" else submission.evaluations.get()
    act(admin, model, "run_again", [chosen], reason="new grader", confirm="yes")
    again, first = submission.evaluations.all()
    assert (again.status, again.reason, again.requested_by) == (
        Status.QUEUED,
        "new grader",
        organiser,
    )
    assert first.score == 60.0


def test_running_again_without_a_reason_does_nothing(admin):
    submission = graded_submission(make_user("Alice"), make_competition(), 60)
    page = act(admin, "submission", "run_again", [submission], reason=" ", confirm="yes")
    assert "This field is required" in page.content.decode()
    assert submission.evaluations.count() == 1


def test_a_graded_rerun_counts_after_the_second_action(admin):
    submission = graded_submission(make_user("Alice"), make_competition(), 60)
    act(admin, "submission", "run_again", [submission], reason="new grader", confirm="yes")
    again = grade(submission.evaluations.first(), 61)
    assert again.applied_at is None
    page = act(admin, "evaluation", "apply_scores", [again])
    assert "now counts: 61.00 mph" in page.content.decode()
    again.refresh_from_db()
    assert again.applied_at is not None


def test_applying_what_is_not_graded_says_why_not(admin):
    evaluation = make_submission(make_user("Alice"), make_competition()).evaluations.get()
    page = act(admin, "evaluation", "apply_scores", [evaluation])
    assert "has no score to apply" in page.content.decode()


def test_the_queue_shows_what_waits_and_cancelling_ends_it(admin):
    evaluation = make_submission(make_user("Alice"), make_competition()).evaluations.get()
    queue = admin.get(reverse("admin:leaderboard_evaluation_changelist"), {"status": "queued"})
    assert "by Alice" in queue.content.decode()
    act(admin, "evaluation", "cancel", [evaluation])
    evaluation.refresh_from_db()
    assert evaluation.status == Status.CANCELLED


def test_the_queue_shows_scores_as_the_board_does(admin):
    graded_submission(make_user("Alice"), make_competition(), 52.605000000000004)
    page = admin.get(reverse("admin:leaderboard_evaluation_changelist")).content.decode()
    assert ">52.61 mph<" in page
    assert "52.605" not in page


def test_history_cannot_be_written_by_hand(admin):
    evaluation = graded_submission(make_user("Alice"), make_competition(), 60).evaluations.get()
    page = reverse("admin:leaderboard_evaluation_change", args=[evaluation.pk])
    assert admin.get(page).status_code == 200
    assert admin.post(page, {"score": "79"}).status_code == 403


def test_what_gradings_were_made_by_cannot_be_edited(admin):
    competition = make_competition()
    page = reverse("admin:leaderboard_competition_change", args=[competition.pk])
    assert 'name="key"' in admin.get(page).content.decode()
    make_submission(make_user("Alice"), competition)
    form = admin.get(page).content.decode()
    for name in ("key", "trainings", "runs", "frames", "rules"):
        assert f'name="{name}"' not in form


def test_actions_are_for_those_who_may(organiser):
    organiser.is_superuser = False
    organiser.save()
    organiser.user_permissions.add(Permission.objects.get(codename="view_evaluation"))
    client = Client()
    client.force_login(organiser)
    evaluation = make_submission(make_user("Alice"), make_competition()).evaluations.get()
    for action in ("cancel", "apply_scores", "run_again"):
        act(client, "evaluation", action, [evaluation], reason="mine", confirm="yes")
    evaluation.refresh_from_db()
    assert evaluation.status == Status.QUEUED
    assert Evaluation.objects.count() == 1


def test_a_person_added_with_a_name_that_looks_like_another_s_is_refused_in_the_form(admin):
    make_user("Alice")
    chosen = {"password1": "a fair passphrase", "password2": "a fair passphrase"}
    page = admin.post(
        reverse("admin:leaderboard_user_add"),
        {"username": "mallory", "display_name": "A1ice", "email": "", **chosen},
    )
    assert page.status_code == 200
    assert "looks like it" in page.content.decode()
    assert not User.objects.filter(username="mallory").exists()


def test_a_baseline_whose_driver_does_not_exist_is_refused_in_the_form(admin):
    competition = make_competition()
    page = reverse("admin:leaderboard_competition_change", args=[competition.pk])
    fields = admin.get(page).context["adminform"].form.initial
    answer = admin.post(
        page,
        {
            **{name: value for name, value in fields.items() if value is not None},
            "opens_at_0": "2026-01-01",
            "opens_at_1": "00:00:00",
            "baselines-TOTAL_FORMS": 1,
            "baselines-INITIAL_FORMS": 0,
            "baselines-0-name": "Wrong",
            "baselines-0-driver": "gap-seekr-10",
        },
    )
    assert "gap-seekr-10" in answer.content.decode()
    assert not Baseline.objects.exists()


def test_baselines_are_driven_on_demand(admin):
    competition = make_competition()
    Baseline.objects.create(competition=competition, name="Left", driver="left")
    act(admin, "competition", "drive_baselines", [competition])
    drivers = Evaluation.objects.values_list("baseline__driver", flat=True)
    assert sorted(drivers) == ["gap-seeker-10", "left", "no-action"]


@pytest.mark.parametrize("model", ["user", "competition"])
def test_giving_submissions_asks_how_many_and_why_and_keeps_who_did(admin, organiser, model):
    alice, competition = make_user("Alice"), make_competition(quota=1)
    chosen = [alice] if model == "user" else [competition]
    page = act(admin, model, "give_submissions", chosen)
    assert 'name="amount"' in page.content.decode()
    more = {"confirm": "yes", "competition": competition.pk}
    for wrong in ({"amount": 0, "reason": "x"}, {"amount": 101, "reason": "x"}, {"amount": 2}):
        act(admin, model, "give_submissions", chosen, **more, **wrong)
    assert not QuotaEntry.objects.exists()
    act(admin, model, "give_submissions", chosen, **more, amount=2, reason="a slow night")
    entry = QuotaEntry.objects.get()
    assert (entry.amount, entry.reason, entry.by) == (2, "a slow night", organiser)
    assert (entry.participant, entry.competition) == (
        alice if model == "user" else None,
        competition,
    )
    assert quota_of(alice, competition).limit == 3


def test_the_ledger_is_shown_and_filtered_and_cannot_be_written_by_hand(admin, organiser):
    competition = make_competition()
    entry = make_submission(make_user("Alice"), competition).quota_entries.get()
    QuotaEntry.objects.grant(competition, None, amount=2, reason="a slow night", by=organiser)
    ledger = reverse("admin:leaderboard_quotaentry_changelist")
    shown = admin.get(ledger).content.decode()
    assert "a slow night" in shown
    assert ">everybody<" in shown
    assert ">everybody<" not in admin.get(ledger, {"kind__exact": "used"}).content.decode()
    page = reverse("admin:leaderboard_quotaentry_change", args=[entry.pk])
    assert admin.get(page).status_code == 200
    assert admin.post(page, {"amount": "5"}).status_code == 403
    assert admin.get(reverse("admin:leaderboard_quotaentry_add")).status_code == 403


def test_submissions_are_given_by_those_who_may(organiser):
    organiser.is_superuser = False
    organiser.save()
    organiser.user_permissions.add(Permission.objects.get(codename="change_competition"))
    client = Client()
    client.force_login(organiser)
    fields = {"confirm": "yes", "amount": 2, "reason": "mine"}
    act(client, "competition", "give_submissions", [make_competition()], **fields)
    assert not QuotaEntry.objects.exists()


def test_the_export_lists_everyone_with_score_time_and_tries(admin):
    competition = make_competition()
    graded_submission(make_user("Alice"), competition, 60)
    bob = make_user("Bob")
    graded_submission(bob, competition, 65)
    graded_submission(bob, competition, 62)
    answer = act(admin, "competition", "export_participants", [competition])
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [tuple(row) for row in rows] == [COLUMNS] * 2
    assert [(r["rank"], r["participant"], r["best_score_mph"], r["tries"]) for r in rows] == [
        ("1", "Bob", "65.0", "2"),
        ("2", "Alice", "60.0", "1"),
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", " =1", "\r=1"])
def test_no_cell_of_the_export_is_a_formula(cell):
    assert defused(cell) == f"'{cell}"


def test_the_export_leaves_plain_cells_alone():
    assert [defused(cell) for cell in ("nightbus", 65.0, "a=b")] == ["nightbus", "65.0", "a=b"]


def test_an_organiser_can_issue_a_password_link_that_works_without_mail(admin):
    alice = make_user("Alice")
    page = act(admin, "user", "issue_password_link", [alice]).content.decode()
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", page).group(1)
    visitor = Client()
    form = visitor.get(link, follow=True)
    chosen = {"password1": "a much better passphrase", "password2": "a much better passphrase"}
    visitor.post(form.redirect_chain[-1][0], chosen)
    alice.refresh_from_db()
    assert alice.check_password("a much better passphrase")


def test_a_printed_password_must_be_changed_before_anything_else(organiser):
    organiser.must_change_password = True
    organiser.save()
    client = Client()
    client.force_login(organiser)
    answer = client.get(reverse("admin:index"))
    assert answer.headers["Location"] == reverse("account_change_password")
    done = client.post(
        reverse("account_change_password"),
        {
            "oldpassword": "a fair passphrase",
            "password1": "a much better passphrase",
            "password2": "a much better passphrase",
        },
    )
    assert done.headers["Location"] == reverse("home")
    organiser.refresh_from_db()
    assert not organiser.must_change_password
    assert client.get(reverse("admin:index")).status_code == 200


@pytest.mark.parametrize("needed", [True, False])
def test_organisers_need_a_second_factor_where_the_site_asks_for_it(needed, settings):
    settings.STAFF_NEED_MFA = needed
    client = Client()
    client.force_login(make_user("Otto", is_staff=True, is_superuser=True))
    answer = client.get(reverse("admin:index"))
    if needed:
        assert answer.headers["Location"] == reverse("mfa_activate_totp")
    else:
        assert answer.status_code == 200


def test_the_admin_pages_are_closed_to_participants():
    client = Client()
    client.force_login(make_user("Alice"))
    assert client.get(reverse("admin:index")).status_code in {302, 403}


def test_after_ten_wrong_passwords_a_login_is_locked():
    make_user("Alice")
    client = Client()
    wrong = {"login": "alice", "password": "not it"}
    for _ in range(10):
        client.post(reverse("account_login"), wrong)
    right = {"login": "alice", "password": "a fair passphrase"}
    page = client.post(reverse("account_login"), right)
    assert "Too many logins with a wrong password. Wait five minutes" in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_dates_times_and_marks_to_delete_have_names(admin):
    competition = make_competition()
    Baseline.objects.create(competition=competition, name="Gap seeker", driver="gap-seeker-10")
    page = admin.get(reverse("admin:leaderboard_competition_change", args=[competition.pk])).text
    for name in ("Opens at, date", "Opens at, time", "Delete Gap seeker"):
        assert f'aria-label="{name}"' in page


@pytest.mark.both_databases
def test_a_moment_beyond_all_years_is_a_wrong_question(admin):
    address = reverse("admin:leaderboard_quotaentry_changelist")
    answer = admin.get(address, {"at__gte": "0001-01-01T00:00:00+23:59"})
    assert answer.url == f"{address}?e=1"
