"""Handing in: what is refused is said at its line, and what was typed always stays."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from grader.config import parse
from grader.cost import estimate
from leaderboard.models import Calibration, Competition, Evaluation, Submission
from leaderboard.pace import forecast
from tests.grader.netjs.submission import network, submission, with_weights
from tests.leaderboard.makers import make_submission
from tests.leaderboard.pages.reading import Page, text_of, typed

pytestmark = pytest.mark.django_db
URL = "/c/spring/submit/"
SOUND = '{"gamma": 0.4}'
UNSOUND = '{\n  "gamma": 4,\n  "lanes_sid": 1\n}'


def post(client, source=SOUND, action="submit", **fields):
    return client.post(URL, {"source": source, "action": action, **fields})


def upload(content, name="network.json"):
    return SimpleUploadedFile(name, content, "application/json")


def test_a_sound_configuration_is_queued_and_its_page_opens(as_alice, competition, alice):
    response = post(as_alice, title="First", note="A note.\r\nIn two lines.")
    submission = Submission.objects.get()
    assert response.url == f"/submissions/{submission.pk}/"
    assert (submission.participant, submission.title) == (alice, "First")
    assert submission.note == "A note.\nIn two lines."
    assert submission.source == SOUND
    assert submission.evaluations.get().trainings.count() == 2
    assert "in line" in text_of(as_alice.get(response.url))


def test_yaml_is_taken_too(as_alice, competition):
    assert post(as_alice, "gamma: 0.4\nlayers:\n- units: 3\n").status_code == 302
    assert Submission.objects.get().network_config.layers[0].units == 3


def test_every_problem_stands_at_the_top_and_at_its_line(as_alice, competition):
    response = post(as_alice, UNSOUND, title="Kept", note="Kept too")
    assert response.status_code == 422
    page, text = Page(response), text_of(response)
    assert "Not accepted, for 2 reasons" in text
    assert {"#line-2", "#line-3"} <= set(page.values("href"))
    wrong = [it.attributes["id"] for it in page.elements if it.attributes.get("class") == "wrong"]
    assert wrong == ["line-2", "line-3"]
    assert text.count("must be at most 1, not 4") == 2
    assert text.count("did you mean lanes_side?") == 2
    assert typed(response) == UNSOUND
    assert page.named("title").attributes["value"] == "Kept"
    assert page.named("note").text.strip() == "Kept too"
    assert not Submission.objects.exists()


def test_check_says_what_it_would_cost_and_queues_nothing(as_alice, competition):
    response = post(as_alice, action="check")
    assert response.status_code == 200
    assert "This can be submitted" in text_of(response)
    cost = estimate(parse(SOUND), competition.protocol)
    assert f"{cost.seconds:.1f} of 1,800" in text_of(response)
    assert "reference core-seconds" in text_of(response)
    assert "Memory, estimated</dt><dd>187 MB" in text_of(response)
    assert "Most of the cost: starting: " in text_of(response)
    assert "; learning from 64 experiences a decision: " in text_of(response)
    assert "On this site, now" not in text_of(response)  # no machine is at work
    assert typed(response) == SOUND
    assert not Submission.objects.exists()


def test_check_tells_of_an_identical_earlier_submission(as_alice, competition):
    post(as_alice)
    assert "the very same score" in text_of(post(as_alice, '{"gamma":0.40}', action="check"))


def test_check_says_when_the_score_would_be_there_by_the_machines_at_work(as_alice, competition):
    now = timezone.now()
    machine = Calibration.objects.create(host="one", cores=2, speed=0.01, seen_at=now)
    takes = forecast(parse(SOUND), competition.protocol).takes
    assert f"score in about {takes / 60:.0f} min" in text_of(post(as_alice, action="check"))
    Calibration.objects.filter(pk=machine.pk).update(seen_at=now - timedelta(hours=1))
    assert "score in about" not in text_of(post(as_alice, action="check"))


def test_more_than_the_budget_is_refused_with_a_change_that_is_then_accepted(as_alice, competition):
    Competition.objects.update(budget_seconds=30)
    source = '{"training_iterations": 4000000}'
    for action in ("check", "submit"):
        response = post(as_alice, source, action=action)
        assert response.status_code == 422
        text = text_of(response)
        assert "the budget is 30. Most of it: learning from 64 experiences a decision" in text
        assert typed(response) == source
    assert not Evaluation.objects.exists()
    proposed = re.search(r"It fits with training_iterations ([\d,]+)", text)[1].replace(",", "")
    assert post(as_alice, f'{{"training_iterations": {proposed}}}').status_code == 302


def test_a_slow_machine_refuses_nothing_that_a_fast_one_takes(as_alice, competition):
    Competition.objects.update(budget_seconds=30)
    Calibration.objects.create(host="slow", cores=1, speed=0.001, seen_at=timezone.now())
    assert post(as_alice).status_code == 302


def test_more_memory_than_a_worker_allows_is_refused(as_alice, competition, settings):
    settings.COMPUTE_MEMORY_MB = 300
    response = post(as_alice, '{"replay_size": 100000, "temporal_window": 4}')
    assert response.status_code == 422
    assert "MB of memory; the most is 300 MB. Most of it: experiences remembered" in text_of(
        response
    )


def test_a_file_is_taken_instead_of_the_text(as_alice, competition):
    post(as_alice, "what stood there", file=upload(b"\xef\xbb\xbf" + SOUND.encode()))
    assert Submission.objects.get().source == SOUND


def test_a_refused_file_is_put_into_the_editor_and_the_text_before_it_is_kept(
    as_alice, competition
):
    response = post(as_alice, "my typed text", file=upload(UNSOUND.encode()))
    assert typed(response) == UNSOUND
    assert "my typed text" in text_of(response)


def test_a_file_that_is_not_utf8_is_refused_at_its_line(as_alice, competition):
    response = post(as_alice, "", file=upload(b'{\n"gamma": "\xff"}'))
    assert "not UTF-8 text: byte 0xff" in text_of(response)
    assert "#line-2" in Page(response).values("href")


def test_a_file_of_ten_megabytes_is_refused_unread_and_the_text_stays(as_alice, competition):
    response = post(as_alice, "typed", file=upload(b"x" * 10_000_000), title="Kept")
    assert response.status_code == 422
    assert "The file has 10.0 MB; a configuration has at most 64 kB." in text_of(response)
    assert typed(response) == "typed"
    assert Page(response).named("title").attributes["value"] == "Kept"


def test_a_long_text_is_refused_and_stays(as_alice, competition):
    response = post(as_alice, " " * 100_000)
    assert response.status_code == 422
    assert "larger than 64 kB" in text_of(response)
    assert len(typed(response)) == 100_000


def test_a_paste_beyond_what_is_read_gets_a_page_that_says_so(as_alice, competition):
    response = post(as_alice, "x" * 1_500_000)
    assert response.status_code == 413
    assert "That is too large" in text_of(response)


def test_the_quota_is_shown_and_kept(as_alice, alice, competition):
    Competition.objects.update(quota=1)
    assert "0 of 1 used" in text_of(as_alice.get(URL))
    assert post(as_alice).status_code == 302
    page = text_of(as_alice.get(URL))
    assert "1 of 1 used in 24 hours, next at <time" in page
    response = post(as_alice, '{"gamma": 0.3}')
    assert response.status_code == 422
    assert "You have used 1 of 1 submissions" in text_of(response)
    assert typed(response) == '{"gamma": 0.3}'
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("days", "words"), [((1, 9), "Until then you can check"), ((-9, -1), "You can check a network")]
)
def test_a_competition_that_is_not_open_says_so_and_still_checks(
    as_alice, competition, days, words
):
    now = timezone.now()
    opens, closes = (now + timedelta(days=day) for day in days)
    Competition.objects.update(opens_at=opens, closes_at=closes)
    assert words in text_of(as_alice.get(URL))
    assert post(as_alice, action="check").status_code == 200
    refused = post(as_alice)
    assert refused.status_code == 422
    assert "is not open for submissions" in text_of(refused)


@pytest.mark.parametrize("name", ["title", "note"])
@pytest.mark.parametrize("bad", ["a\x00b", "a\u202eb", "a\u2066b", "a\x1bb", "a\x85b"])
def test_characters_that_turn_or_end_the_text_are_refused(as_alice, competition, name, bad):
    response = post(as_alice, **{name: bad})
    assert response.status_code == 422
    assert "The character at place 2" in text_of(response)
    assert typed(response) == SOUND
    assert not Submission.objects.exists()


def test_a_null_character_in_the_text_is_refused_at_its_line(as_alice, competition):
    for source in ('{"gamma":\n\x00 0.4}', "gamma: 0.4\nx: \x00"):
        response = post(as_alice, source)
        assert response.status_code == 422
        assert "#line-2" in Page(response).values("href")


def test_presets_fill_the_editor(as_alice, competition):
    page = Page(as_alice.get(URL))
    assert "?preset=network_basic" in page.values("href")
    assert '"lanes_side": 1' in typed(as_alice.get(f"{URL}?preset=network_basic"))
    for name in ("nothing", "../constraints", "\x00"):
        assert as_alice.get(URL, {"preset": name}).status_code == 404


def test_starting_from_a_submission_takes_its_text_if_one_may_see_it(
    as_alice, as_bob, alice, competition
):
    submission = make_submission(alice, competition)
    assert typed(as_alice.get(f"{URL}?from={submission.pk}")) == submission.source
    assert as_bob.get(f"{URL}?from={submission.pk}").status_code == 404
    Competition.objects.update(configs_visible="always")
    assert typed(as_bob.get(f"{URL}?from={submission.pk}")) == submission.source
    for number in ("0", "-1", "x", "9" * 30, "²", "\x00"):
        response = as_bob.get(URL, {"from": number})
        assert response.status_code == 404
        assert "no submission of that number whose configuration you may see" in text_of(response)


def test_what_was_withdrawn_is_a_start_for_its_owner_alone(as_alice, as_bob, alice, competition):
    Competition.objects.update(configs_visible="always")
    submission = make_submission(alice, competition)
    submission.withdraw()
    assert typed(as_alice.get(f"{URL}?from={submission.pk}")) == submission.source
    assert as_bob.get(f"{URL}?from={submission.pk}").status_code == 404


def test_a_first_line_break_of_the_text_survives_the_editor(as_alice, competition):
    assert typed(post(as_alice, "\n\n" + UNSOUND)) == "\n\n" + UNSOUND


def test_a_visitor_is_asked_to_log_in_and_comes_back(client, competition):
    response = client.get(f"{URL}?preset=smooth")
    assert response.status_code == 302
    assert response.url == "/accounts/login/?next=/c/spring/submit/%3Fpreset%3Dsmooth"


def test_what_a_visitor_sends_waits_for_the_login(client, competition, alice):
    response = post(client, UNSOUND, title="Kept")
    assert response.status_code == 403
    assert typed(response) == UNSOUND
    assert "Log in and come back to it" in text_of(response)
    login = client.post(
        f"/accounts/login/?next={URL}", {"login": "alice", "password": "a fair passphrase"}
    )
    assert login.url == URL
    page = client.get(URL)
    assert typed(page) == UNSOUND
    assert Page(page).named("title").attributes["value"] == "Kept"
    assert not Submission.objects.exists()


def test_what_is_too_much_to_keep_is_shown_and_said(client, competition):
    response = post(client, SOUND, note="x" * 100_000)
    assert response.status_code == 403
    assert "copy it before you go on" in text_of(response)
    assert not client.session.keys()


def test_a_draft_is_gone_once_it_was_handed_in(client, competition, alice):
    post(client, '{"gamma": 0.2}')
    client.force_login(alice)
    assert post(client, '{"gamma": 0.2}').status_code == 302
    assert typed(client.get(URL)) != '{"gamma": 0.2}'


def test_an_expired_form_hands_back_what_was_typed(competition, alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    response = post(client, UNSOUND, title="Kept", note="</textarea><b>")
    assert response.status_code == 403
    assert typed(response) == UNSOUND
    page = Page(response)
    assert page.named("title").attributes["value"] == "Kept"
    assert page.named("note").text.strip() == "</textarea><b>"
    token = client.cookies["csrftoken"].value
    again = post(client, typed(response), action="check", csrfmiddlewaretoken=token)
    assert again.status_code == 422
    assert typed(again) == UNSOUND


def test_an_expired_form_hands_back_the_text_of_a_file(competition, alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert typed(post(client, "", file=upload(UNSOUND.encode()))) == UNSOUND


def test_an_expired_login_form_never_shows_the_password(db):
    client = Client(enforce_csrf_checks=True)
    response = client.post("/accounts/login/", {"login": "alice", "password": "hunter2hunter2"})
    assert response.status_code == 403
    assert "hunter2" not in text_of(response)


def test_the_table_of_fields_names_each_with_its_bounds(as_alice, competition):
    text = text_of(as_alice.get(f"{URL}?way=text"))
    for words in ("training_iterations", "1 to 5,000,000", "learning_rate", "nesterov, adam"):
        assert words in text


def test_a_file_of_the_original_is_read_and_its_notes_are_said(as_alice, competition):
    code = submission(trainer="{ method: 'adadelta', batch_size: 32 }")
    content = with_weights(code).encode()
    checked = post(as_alice, "", action="check", file=upload(content, "net.js"))
    assert checked.status_code == 200
    assert "trained weights; every network on this board is trained here" in text_of(checked)
    assert "the method 'adadelta' is not offered here" in unescape(text_of(checked))
    assert typed(checked) == code + "\n"
    sent = post(as_alice, "", file=upload(content, "my network.JS"))
    kept = Submission.objects.get()
    assert kept.source == code + "\n"
    assert kept.network_config.layers[0].units == 4
    line = code[: code.index("'adadelta'")].count("\n") + 1
    told = unescape(text_of(as_alice.get(sent.url)))
    assert re.search(rf"net\.js:{line}:\d+: the method 'adadelta' is not offered here", told)


def test_large_weights_are_no_hindrance(as_alice, competition):
    content = with_weights(submission(), network(units=4)).encode() + b" " * 2_000_000
    assert post(as_alice, "", file=upload(content, "net.js")).status_code == 302
    content = with_weights(submission(), network(units=4)).encode()[:-40]
    refused = post(as_alice, "", file=upload(content, "net.js"))
    assert refused.status_code == 422
    assert "cut off" in text_of(refused)


def test_a_net_js_that_would_have_to_run_is_refused_at_its_line(as_alice, competition):
    response = post(as_alice, submission(more="while (true) {}"))
    assert response.status_code == 422
    assert "only constants are understood here, no 'while'" in unescape(text_of(response))
    assert Submission.objects.count() == 0
