"""Who may ask for what: every address, every method, every role; and what nobody is told."""

import re
from urllib.parse import urljoin

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from grader.seeds import run_seed
from leaderboard.models import Competition, Submission, Training
from tests.leaderboard.makers import claim, make_submission
from tests.leaderboard.pages.reading import Page

pytestmark = pytest.mark.django_db

ROLES = ("visitor", "other", "owner", "organiser")
NOT_ALLOWED = (405,) * 4
EVERYONE, NOBODY, NEEDS_LOGIN = (200,) * 4, (404,) * 4, (302, 200, 200, 200)
# of a graded submission, in a competition that shows configurations after its close
TABLE = {
    ("home", "GET"): (302,) * 4,
    ("home", "POST"): NOT_ALLOWED,
    ("leaderboard", "GET"): EVERYONE,
    ("leaderboard", "POST"): NOT_ALLOWED,
    ("leaderboard_weights", "GET"): NOBODY,  # this competition has no such board
    ("leaderboard_weights", "POST"): NOT_ALLOWED,
    ("leaderboard_csv", "GET"): EVERYONE,
    ("leaderboard_csv", "POST"): NOT_ALLOWED,
    ("leaderboard_json", "GET"): EVERYONE,
    ("leaderboard_json", "POST"): NOT_ALLOWED,
    ("leaderboard_weights_csv", "GET"): NOBODY,
    ("leaderboard_weights_csv", "POST"): NOT_ALLOWED,
    ("leaderboard_weights_json", "GET"): NOBODY,
    ("leaderboard_weights_json", "POST"): NOT_ALLOWED,
    ("explore", "GET"): EVERYONE,
    ("explore", "POST"): NOT_ALLOWED,
    ("explore_points", "GET"): EVERYONE,
    ("explore_points", "POST"): NOT_ALLOWED,
    ("explore_column", "GET"): NOBODY,  # of no field
    ("explore_column", "POST"): NOT_ALLOWED,
    ("explore_weights", "GET"): NOBODY,
    ("explore_weights", "POST"): NOT_ALLOWED,
    ("explore_weights_points", "GET"): NOBODY,
    ("explore_weights_points", "POST"): NOT_ALLOWED,
    ("explore_weights_column", "GET"): NOBODY,
    ("explore_weights_column", "POST"): NOT_ALLOWED,
    ("compare", "GET"): EVERYONE,
    ("compare", "POST"): NOT_ALLOWED,
    ("submit", "GET"): NEEDS_LOGIN,
    ("submit", "POST"): (403, 422, 422, 422),  # an empty form
    ("submit_preview", "GET"): NOT_ALLOWED,
    ("submit_preview", "POST"): (403, 200, 200, 200),
    ("submission", "GET"): EVERYONE,
    ("submission", "POST"): NOT_ALLOWED,
    ("submission_live", "GET"): EVERYONE,
    ("submission_live", "POST"): NOT_ALLOWED,
    ("submission_events", "GET"): (204,) * 4,  # it is graded: nothing more will come
    ("submission_events", "POST"): NOT_ALLOWED,
    ("submission_config", "GET"): (404, 404, 200, 200),
    ("submission_config", "POST"): NOT_ALLOWED,
    ("submission_bundle", "GET"): (404, 404, 200, 200),
    ("submission_bundle", "POST"): NOT_ALLOWED,
    ("submission_weights", "GET"): NOBODY,  # nor has this submission weights
    ("submission_weights", "POST"): NOT_ALLOWED,
    ("submission_run", "GET"): NOBODY,  # graded without a network: see test_recordings.py
    ("submission_run", "POST"): NOT_ALLOWED,
    ("baseline_run", "GET"): NOBODY,
    ("baseline_run", "POST"): NOT_ALLOWED,
    ("replay", "GET"): EVERYONE,
    ("replay", "POST"): NOT_ALLOWED,
    ("baseline_replay", "GET"): NOBODY,
    ("baseline_replay", "POST"): NOT_ALLOWED,
    ("submission_cancel", "GET"): NOT_ALLOWED,
    ("submission_cancel", "POST"): (302, 403, 302, 302),
    ("submission_withdraw", "GET"): (302, 403, 200, 200),
    ("submission_withdraw", "POST"): (302, 403, 302, 302),
    # what organisers decide needs a permission besides: see test_decisions.py
    ("submission_again", "GET"): (302, 403, 403, 403),
    ("submission_again", "POST"): (302, 403, 403, 403),
    ("submission_apply", "GET"): (302, 403, 403, 403),
    ("submission_apply", "POST"): (302, 403, 403, 403),
    ("how", "GET"): EVERYONE,
    ("how", "POST"): NOT_ALLOWED,
    ("mine", "GET"): NEEDS_LOGIN,
    ("mine", "POST"): NOT_ALLOWED,
    ("participant", "GET"): EVERYONE,
    ("participant", "POST"): NOT_ALLOWED,
    ("car", "GET"): NEEDS_LOGIN,
    ("car", "POST"): (302, 422, 422, 422),  # no colour
    ("healthz", "GET"): EVERYONE,
    ("healthz", "POST"): NOT_ALLOWED,
    ("readyz", "GET"): (503,) * 4,  # no worker and no dispatcher runs beside this
    ("readyz", "POST"): NOT_ALLOWED,
    ("metrics", "GET"): EVERYONE,  # of this machine: see test_metrics.py
    ("metrics", "POST"): NOT_ALLOWED,
    ("robots", "GET"): EVERYONE,
    ("robots", "POST"): NOT_ALLOWED,
    ("favicon", "GET"): (301,) * 4,
    ("favicon", "POST"): NOT_ALLOWED,
}
WITHDRAWN = {
    ("submission", "GET"): (404, 404, 200, 200),
    ("participant", "GET"): (404, 404, 200, 200),  # there was nothing else
    ("submission_live", "GET"): (404, 404, 200, 200),
    ("submission_events", "GET"): (404, 404, 204, 204),
    ("submission_config", "GET"): (404, 404, 200, 200),
    ("submission_bundle", "GET"): (404, 404, 200, 200),
    ("replay", "GET"): (404, 404, 200, 200),
    ("submission_cancel", "POST"): (302, 404, 302, 302),
    ("submission_withdraw", "POST"): (302, 404, 302, 302),
}


@pytest.fixture
def clients(client, as_bob, as_alice, as_charlie):
    return dict(zip(ROLES, (client, as_bob, as_alice, as_charlie), strict=True))


def own_patterns():
    return [it for it in get_resolver().url_patterns if isinstance(it, URLPattern) and it.name]


def address(name, submission):
    arguments = {
        "slug": submission.competition.slug,
        "pk": submission.pk,
        "evaluation": submission.evaluations.values_list("pk", flat=True)[0],
        "participant": submission.participant_id,
        "training": 1,
        "run": 1,
    }
    (pattern,) = [it for it in own_patterns() if it.name == name]
    wanted = re.findall(r"<\w+:(\w+)>", str(pattern.pattern))
    return reverse(name, kwargs={key: arguments[key] for key in wanted})


def test_the_table_has_every_address():
    assert {name for name, _ in TABLE} == {it.name for it in own_patterns()}


@pytest.mark.parametrize(("name", "method"), TABLE)
def test_every_address_answers_each_role_as_the_table_says(name, method, clients, graded):
    answers = [clients[role].generic(method, address(name, graded)) for role in ROLES]
    assert tuple(it.status_code for it in answers) == TABLE[name, method]
    if answers[0].status_code == 302 and name != "home":
        assert answers[0].url.startswith("/accounts/login/?next=/")


@pytest.mark.parametrize(("name", "method"), WITHDRAWN)
def test_what_was_withdrawn_is_its_owners_and_the_organisers(name, method, clients, graded):
    graded.withdraw()
    answers = [clients[role].generic(method, address(name, graded)) for role in ROLES]
    assert tuple(it.status_code for it in answers) == WITHDRAWN[name, method]


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_answered_without_harm(method, as_alice, graded):
    for pattern in own_patterns():
        response = as_alice.generic(method, address(pattern.name, graded))
        allowed = {403} if TABLE[pattern.name, "GET"][2] == 403 else {200, 204, 301, 302}
        allowed = {404} if TABLE[pattern.name, "GET"] == NOBODY else allowed
        unwell = {503} if pattern.name == "readyz" and method == "HEAD" else set()
        assert response.status_code in {*allowed, *unwell, 405}
    assert Submission.objects.get().withdrawn_at is None
    assert Submission.objects.count() == 1


def test_no_get_changes_anything(clients, graded):
    before = list(Submission.objects.values()), list(Training.objects.values())
    for client in clients.values():
        for pattern in own_patterns():
            client.get(address(pattern.name, graded))
    assert (list(Submission.objects.values()), list(Training.objects.values())) == before


@pytest.mark.parametrize("path", ["/submissions/9/", f"/submissions/{10**30}/", "/c/no/", "/x"])
def test_what_is_not_there_is_a_page_that_says_so(client, competition, path):
    response = client.get(path)
    assert response.status_code == 404
    assert b"No road leads here" in response.content


def all_addresses():
    """Every address of the site that needs no argument, and allauth's with one."""

    def walk(patterns, prefix=""):
        for it in patterns:
            if isinstance(it, URLResolver):
                yield from walk(it.url_patterns, prefix + str(it.pattern))
            else:
                yield prefix + str(it.pattern)

    for pattern in walk(get_resolver().url_patterns):
        plain = re.sub(r"\^?(.*?)\$?", r"\1", pattern).replace("^", "").replace("$", "")
        if "(" not in plain and "<" not in plain and not plain.startswith("admin"):
            yield "/" + plain


@pytest.fixture
def crowd(graded, alice, bob, competition):
    """Submissions in every state; the graded one has a rerun as well."""
    running = make_submission(alice, competition)
    claim(running.evaluations.get())
    cancelled = make_submission(alice, competition)
    cancelled.evaluations.get().cancel()
    return [graded, running, cancelled, make_submission(bob, competition)]


def secrets(competition: Competition) -> set[str]:
    hidden = {competition.key, *Training.objects.values_list("seed", flat=True)}
    for submission in competition.submissions.all():
        hidden |= set(submission.evaluations.values_list("bootstrap_seed", flat=True))
    roads = [run_seed(competition.key, t, r) for t in range(2) for r in range(3)]
    hidden |= {str(seed) for seed in roads} | {f"{seed:016x}" for seed in roads}
    return hidden | {str(int(seed, 16)) for seed in hidden if re.fullmatch("[0-9a-f]{16}", seed)}


@pytest.mark.parametrize("closed", [False, True])
def test_no_page_tells_a_seed_to_a_participant(clients, crowd, competition, closed):
    if closed:  # then configurations are public, and seeds still are not
        competition.closes_at = timezone.now()
        competition.save()
    hidden = secrets(competition)
    assert len(hidden) > 30
    pages = [address(it.name, one) for one in crowd for it in own_patterns()]
    pages += [*all_addresses(), f"/c/spring/submit/?from={crowd[0].pk}"]
    seen = 0
    for role in ("visitor", "other", "owner"):
        for page in pages:
            response = clients[role].get(page)
            if response.streaming:  # what it tells is what the live address tells
                continue
            told = response.content.decode(errors="replace") + str(response.headers)
            assert not [secret for secret in hidden if secret in told], page
            seen += response.status_code == 200
    assert seen > 60


def test_pages_keep_to_a_policy_without_inline_code(clients, crowd, competition):
    pages = [address(it.name, one) for one in crowd for it in own_patterns()]
    pages += [*all_addresses(), "/nowhere", "/accounts/password/reset/key/1-x/"]
    checked = 0
    for client in clients.values():
        for page in pages:
            response = client.get(page)
            if not response["Content-Type"].startswith("text/html"):
                continue
            assert Page(response).refused_by_a_strict_policy() == [], page
            if response.status_code in {200, 404}:
                policy = response["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                assert "unsafe" not in policy
                checked += 1
    assert checked > 80


def test_every_link_of_every_page_leads_somewhere(clients, crowd, competition):
    links = set()
    for role, client in clients.items():
        for page in [
            "/c/spring/",
            "/c/spring/submit/",
            "/mine/",
            f"/p/{crowd[0].participant_id}/",
            "/accounts/car/",
            crowd[0].get_absolute_url(),
            f"{crowd[0].get_absolute_url()}replay/",
        ]:
            response = client.get(page)
            if response.status_code == 200:
                links |= {
                    (role, page, it.attributes["href"])
                    for it in Page(response).having("href")
                    # of what is loaded ahead nothing is a link, and nobody is here to record it
                    if it.attributes["href"] and it.attributes.get("rel") != "preload"
                }
    for role, page, href in links:
        if href.startswith(("#", "/static/")):
            continue
        assert clients[role].get(urljoin(page, href)).status_code in {200, 302}, (page, href)


def test_static_files_that_pages_name_are_there(client, competition):
    page = Page(client.get("/c/spring/"))
    named = {link for link in page.values("href") + page.values("src") if link}
    files = [link.removeprefix("/static/") for link in named if link.startswith("/static/")]
    assert len(files) >= 4
    assert all(finders.find(file) for file in files)


def test_staff_without_a_second_factor_still_read_the_public_pages(charlie, competition, settings):
    settings.STAFF_NEED_MFA = True
    client = Client()
    client.force_login(charlie)
    assert client.get("/c/spring/").status_code == 200


def test_a_running_grading_of_another_tells_only_its_status(as_bob, crowd):
    text = as_bob.get(crowd[1].get_absolute_url()).content.decode()
    assert 'data-status="running"' in text
    assert "iterations" not in text
