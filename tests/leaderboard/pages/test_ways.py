"""Form, text and file are one configuration: each turns into the others, and nothing gets lost."""

import json
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.config import parse
from leaderboard import config_text
from leaderboard.config_fields import finer, groups, single
from leaderboard.models import Competition, Submission
from leaderboard.views.presets import presets
from tests.grader.netjs.submission import submission as net_js
from tests.leaderboard.pages.reading import Page, fields_of, text_of, typed

pytestmark = pytest.mark.django_db
URL = "/c/spring/submit/"
COMMENTED = "# mine\ngamma: 0.4\nlayers:\n- units: 3\n"


def fault_at(response, name):
    (slot,) = [it for it in Page(response).elements if it.attributes.get("data-fault") == name]
    return unescape(slot.text)


@pytest.fixture
def turn(as_alice, competition):
    """Send what a page has, changed by hand, by one of its buttons."""

    def turn(response, action, **changes):
        changed = {name.replace("__", "."): value for name, value in changes.items()}
        return as_alice.post(URL, {**fields_of(response), **changed, "action": action})

    return turn


def test_every_field_has_its_place_in_the_form_and_no_other():
    placed = [note.name for group in groups() for note in group.fields]
    placed += [note.name for note in finer()]
    assert sorted(placed) == sorted(single())


def test_the_form_is_what_a_newcomer_sees_and_it_is_sound_as_it_stands(as_alice, turn):
    page = as_alice.get(URL)
    sent = fields_of(page)
    assert sent["way"] == "form"
    assert (sent["lanes_side"], sent["layers[0].units"], sent["trainer.method"]) == (
        "1",
        "10",
        "sgd",
    )
    assert "1 to 5,000,000, default 30,000" in text_of(page)
    checked = turn(page, "check")
    assert checked.status_code == 200
    assert "This can be submitted" in text_of(checked)


def test_what_the_form_hands_in_is_its_text(as_alice, turn):
    assert turn(as_alice.get(URL), "submit", gamma="0.25", title="By form").status_code == 302
    kept = Submission.objects.get()
    assert kept.network_config.gamma == 0.25
    assert json.loads(kept.source)["gamma"] == 0.25
    assert kept.title == "By form"


def test_faults_stand_at_their_fields_and_in_their_lines(as_alice, turn):
    bad = {"gamma": "4", "lanes_side": "many", "trainer__momentum": "0.5x"}
    refused = turn(as_alice.get(URL), "submit", **bad)
    assert refused.status_code == 422
    assert fault_at(refused, "gamma") == "must be at most 1, not 4"
    assert fault_at(refused, "lanes_side") == "must be a whole number, not 'many'"
    assert fault_at(refused, "trainer.momentum") == "must be a number, not '0.5x'"
    sent = fields_of(refused)
    assert (sent["gamma"], sent["lanes_side"], sent["trainer.momentum"]) == ("4", "many", "0.5x")
    as_text = turn(refused, "text")
    line = typed(as_text).split("\n").index('  "gamma": 4,') + 1
    assert f"#line-{line}" in Page(as_text).values("href")
    again = turn(as_text, "form")
    assert fields_of(again)["lanes_side"] == "many"
    assert not Submission.objects.exists()


def test_layers_are_added_and_removed_by_buttons(as_alice, turn):
    more = turn(as_alice.get(URL), "add")
    more = turn(more, "add", **{"layers[1].units": "7", "layers[1].activation": "tanh"})
    sent = fields_of(more)
    assert [sent[f"layers[{place}].units"] for place in range(3)] == ["10", "7", "7"]
    assert sent["layers[2].activation"] == "tanh"
    fewer = turn(turn(more, "remove.0"), "remove.1")
    assert fields_of(fewer)["layers[0].units"] == "7"
    assert "layers[1].units" not in fields_of(fewer)
    none = turn(fewer, "remove.0")
    assert "No hidden layer" in text_of(none)
    assert turn(none, "submit").status_code == 302
    assert Submission.objects.get().network_config.layers == ()


def test_more_layers_than_may_be_are_refused_where_they_stand(as_alice, turn):
    page = as_alice.get(URL)
    layers = {f"layers[{place}].units": "2" for place in range(9)}
    layers |= {f"layers[{place}].activation": "relu" for place in range(9)}
    assert fault_at(turn(page, "check", **layers), "layers") == "may have at most 8 entries, not 9"


def test_no_way_there_and_back_changes_a_text(turn, as_alice):
    for preset in presets():
        page = as_alice.get(f"{URL}?preset={preset.name}&way=text")
        as_form = turn(page, "form")
        assert fields_of(as_form)["way"] == "form"
        assert typed(turn(as_form, "text")) == preset.text


def test_a_text_that_the_form_changed_says_what_the_form_says_and_its_comments_are_kept(
    turn, as_alice
):
    as_form = turn(as_alice.get(f"{URL}?way=text"), "form", source=COMMENTED)
    assert fields_of(as_form)["layers[0].units"] == "3"
    as_text = turn(as_form, "text", epsilon_min="0.1")
    config = parse(typed(as_text))
    assert (config.gamma, config.epsilon_min, config.layers[0].units) == (0.4, 0.1, 3)
    assert typed(as_text).startswith("# mine\n")
    more = turn(turn(as_form, "add"), "text")
    assert len(parse(typed(more)).layers) == 2
    assert '<pre tabindex="0"># mine' in more.content.decode()  # written anew, and so shown


@pytest.mark.parametrize(
    ("source", "changes", "wanted"),
    [
        ("gamma: .5  # half\n", {"gamma": "0.7"}, "gamma: 0.7  # half\n"),
        ('{"gamma": 1}', {"double_q": "true"}, '{"double_q": true,\n "gamma": 1}'),
        ("trainer: {method: sgd}", {"trainer.method": "adam"}, "trainer: {method: adam}"),
        ("layers:\n  - units: 3", {"layers[0].activation": "tanh"}, None),
        ("trainer: {method: sgd}", {"trainer.momentum": "0.5"}, None),
        ('{"layers": [{"units": 3}, {"units": 4}]}', {"layers[1].units": "x y"}, None),
        ("{}", {"gamma": "0.1"}, None),
        ("gamma: 0.5\n", {"gamma": ""}, None),
    ],
)
def test_a_text_is_changed_where_it_stands_and_says_what_was_asked(source, changes, wanted):
    values = {**config_text.read(source), **changes}
    text = config_text.merged(values, source)
    assert {**config_text.read(text), **changes} == values
    assert wanted in {None, text}


@pytest.mark.parametrize(
    "source", ['{"gamma": ', "gamma: [1]", '{"speed": 3}', "gamma: null", "", "x"]
)
def test_what_no_field_can_hold_stays_a_text(turn, as_alice, source):
    stays = turn(as_alice.get(f"{URL}?way=text"), "form", source=source)
    assert stays.status_code == 200
    assert typed(stays) == source
    assert "until then it stays a text" in text_of(stays)


def test_a_file_opens_in_the_editor_and_in_the_form(turn, as_alice):
    def file(content, name):
        return SimpleUploadedFile(name, content.encode())

    page = turn(as_alice.get(URL), "file")
    assert fields_of(page)["way"] == "file"
    read = turn(page, "text", file=file(COMMENTED, "mine.yaml"))
    assert typed(read) == COMMENTED
    as_form = turn(turn(page, "form", file=file(net_js(), "net.js")), "form")
    assert fields_of(as_form)["layers[0].units"] == "4"
    missing = turn(page, "check")
    assert missing.status_code == 422
    assert "none is chosen" in text_of(missing)


def test_the_way_last_chosen_is_the_first_the_next_time(turn, as_alice):
    page = turn(as_alice.get(URL), "text")
    assert fields_of(as_alice.get(URL))["way"] == "text"
    turn(page, "form")
    assert fields_of(as_alice.get(URL))["way"] == "form"
    as_alice.cookies["way"] = "\x00"
    assert fields_of(as_alice.get(URL))["way"] == "form"


def test_what_was_typed_into_the_form_outlives_the_login(client, as_alice, competition, alice):
    sent = {**fields_of(as_alice.get(URL)), "gamma": "0.125", "action": "submit"}
    assert client.post(URL, sent).status_code == 403
    client.force_login(alice)
    assert fields_of(client.get(URL))["gamma"] == "0.125"


def test_an_expired_form_hands_back_what_its_fields_had(as_alice, competition, alice):
    sent = {**fields_of(as_alice.get(URL)), "gamma": "0.125", "action": "submit"}
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    response = client.post(URL, sent)
    assert response.status_code == 403
    assert json.loads(typed(response))["gamma"] == 0.125


def test_a_preview_says_the_same_as_a_check_and_hands_nothing_in(as_alice, turn):
    page = as_alice.get(URL)
    for changes in ({"gamma": "0.3"}, {"gamma": "4", "layers[0].units": ""}):
        sent = {**fields_of(page), **changes}
        told = as_alice.post(f"{URL}preview/", sent).json()
        checked = turn(page, "check", **changes)
        for problem in told["problems"]:
            assert fault_at(checked, problem["field"]) == problem["message"]
            assert problem["line"]
        assert bool(told["problems"]) == (checked.status_code == 422)
        assert (told["beside"] is None) == bool(told["problems"])
        assert not told["beside"] or told["beside"] in checked.content.decode()
    assert not Submission.objects.exists()


def test_a_preview_says_what_is_over_the_budget_and_what_would_fit(as_alice, competition):
    Competition.objects.update(budget_seconds=30)
    sent = {"source": '{"training_iterations": 4000000}'}
    told = as_alice.post(f"{URL}preview/", sent).json()
    assert "It fits with training_iterations" in told["beside"]
    assert "It fits with training_iterations" in told["refused"]


names = st.sampled_from(
    ["gamma", "layers[0].units", "layers[1].activation", "trainer.method", "way"]
)
thorough = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@thorough
@given(
    typed_in=st.dictionaries(names, st.text(st.characters(exclude_categories=["Cs"]), max_size=40)),
    action=st.sampled_from(["check", "add", "remove.0", "remove.x", "form", "text", "file", "?"]),
)
def test_whatever_is_typed_into_the_form_gets_an_answer(as_alice, competition, typed_in, action):
    sent = {"way": "form", "source": "", **typed_in, "action": action}
    assert as_alice.post(URL, sent).status_code in {200, 422}
    assert as_alice.post(f"{URL}preview/", sent).status_code == 200


@thorough
@given(value=st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(str.strip))
def test_what_is_typed_is_what_the_text_gives_back(value):
    known = config_text.read('{"gamma": 0.5}')
    written = config_text.write({**known, "gamma": value})
    again = config_text.read(written)
    assert again is None or again["gamma"] == (value or "0.5")


def test_a_visitor_without_a_login_may_still_write_it_another_way(client, as_alice, competition):
    sent = {**fields_of(as_alice.get(URL)), "gamma": "0.125", "action": "text"}
    told = client.post(URL, sent)
    assert told.status_code == 403
    assert fields_of(told)["way"] == "text"
    assert parse(typed(told)).gamma == 0.125
