"""Handing in trained networks: which file is taken, what is kept, and what the pages show of it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from grader import weights
from grader.config import validate
from grader.netjs import read
from grader.unbundle import read as read_bundle
from leaderboard import dispatcher
from leaderboard.models import Board, Competition, Submission, Upload, Weights
from tests.grader.netjs.submission import submission, with_weights
from tests.grader.small import network_of
from tests.leaderboard.makers import grade, make_competition, make_trained
from tests.leaderboard.pages.reading import Page, fields_of, text_of, typed

pytestmark = pytest.mark.django_db
URL = "/c/spring/submit/"
CONFIG = validate({"patches_ahead": 2, "layers": [{"units": 3}]})
SOURCE = CONFIG.canonical()
NETWORK = network_of(CONFIG)
GOLDEN = Path(__file__).parents[2] / "grader" / "netjs" / "networks" / "window_agents.js"


@pytest.fixture
def competition(db):
    return make_competition(accepts="both")


def file(content=None, name="mine.safetensors"):
    return SimpleUploadedFile(name, weights.write(NETWORK) if content is None else content)


def post(client, source=SOURCE, action="submit", **fields):
    return client.post(URL, {"source": source, "action": action, **fields})


def script(**changes):
    return file(with_weights(**changes).encode(), "net.js")


def offers_kept(response):
    return bool(re.search(r'name="keep" value="1" checked', response.content.decode()))


def test_weights_beside_a_configuration_are_driven_as_they_are(as_alice, competition):
    response = post(as_alice, weights=file(), board="weights")
    found = Submission.objects.get()
    assert response.url == f"/submissions/{found.pk}/"
    assert found.board == Board.WEIGHTS
    assert found.weights_hash == NETWORK.weights_hash
    assert bytes(Weights.objects.get().content) == weights.write(NETWORK)
    assert found.phrase == CONFIG.outline
    assert found.evaluations.get().trainings.count() == 1


def test_a_net_js_with_weights_goes_to_the_board_that_was_chosen(as_alice, competition):
    post(as_alice, "", file=script(), board="weights")
    brought = Submission.objects.get()
    assert brought.board == Board.WEIGHTS
    assert brought.source == submission() + "\n"
    assert bytes(Weights.objects.get().content) == with_weights().encode()
    post(as_alice, "", file=script(), board="configs")
    assert Submission.objects.on(Board.CONFIGS).count() == 1
    assert Weights.objects.count() == 1


def test_a_file_of_the_original_is_taken_to_the_byte(as_alice, competition):
    post(as_alice, "", file=file(GOLDEN.read_bytes(), "net.js"), board="weights")
    found = Submission.objects.get()
    assert found.weights_hash == read(GOLDEN.read_bytes()).network.weights_hash
    assert found.network_config.other_agents == 3
    answer = as_alice.get(f"/submissions/{found.pk}/weights")
    assert answer.content == GOLDEN.read_bytes()
    assert answer["Content-Disposition"] == f'attachment; filename="submission-{found.pk}.js"'


def test_a_competition_of_trained_networks_asks_for_no_board(as_alice):
    make_competition(accepts="weights")
    page = Page(as_alice.get(URL))
    assert not [it for it in page.elements if it.attributes.get("name") == "board"]
    assert page.named("weights")
    post(as_alice, "", file=script())
    assert Submission.objects.get().board == Board.WEIGHTS


def test_a_competition_of_configurations_knows_no_weights(as_alice):
    make_competition()
    page = Page(as_alice.get(URL))
    assert not [it for it in page.elements if it.attributes.get("name") in {"board", "weights"}]
    response = post(as_alice, weights=file(), board="weights")
    assert response.status_code == 422
    assert "every network on this board is trained here, without weights" in text_of(response)
    post(as_alice, "", file=script(), board="weights")
    assert Submission.objects.get().board == Board.CONFIGS
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"board": "weights"}, "are missing: networks on this board are driven as they are"),
        ({"board": "configs", "weights": file}, "choose “as it is” above"),
        ({"board": "weights", "weights": lambda: file(b"nothing")}, "no whole safetensors file"),
        ({"board": "weights", "weights": lambda: file(b"")}, "no whole safetensors file"),
        (
            {"board": "weights", "file": script, "weights": file},
            "the net.js has weights already; choose no other file beside it",
        ),
        ({"board": "weights", "file": file}, "the configuration of their network is wanted here"),
        (
            {"board": "weights", "weights": lambda: file(b"x" * (weights.MAX_BYTES + 1))},
            "a file of weights has at most 16.1 MB",
        ),
        ({"board": "weights", "source": "gamma: 7", "weights": file}, "gamma: must be at most 1"),
        (
            {"board": "weights", "source": '{"lanes_side": 1}', "weights": file},
            "weights.layers.0.weight: must be of shape",
        ),
        ({"board": "weights", "weights": script}, "has those of another network"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_queued(fields, reason, as_alice, competition):
    sent = {name: value() if callable(value) else value for name, value in fields.items()}
    response = post(as_alice, **sent)
    assert response.status_code == 422
    assert reason in re.sub(r"</?code>", "", text_of(response))
    assert not Submission.objects.exists()


def test_a_chosen_file_outlives_an_error_and_a_check(as_alice, competition):
    wrong = post(as_alice, "gamma: 7", weights=file(), board="weights")
    assert offers_kept(wrong)
    assert "mine.safetensors" in text_of(wrong)
    checked = post(as_alice, action="check", keep="1", board="weights")
    assert checked.status_code == 200
    assert "weights from <bdi>mine.safetensors" in text_of(checked)
    assert offers_kept(checked)
    post(as_alice, keep="1", board="weights")
    assert Submission.objects.get().weights_hash == NETWORK.weights_hash
    assert not Upload.objects.exists()
    assert 'name="keep"' not in as_alice.get(URL).content.decode()


def test_a_net_js_outlives_them_too_and_stays_the_same_network(as_alice, competition):
    # what a trained network does not need may be out of bounds, with the weights at hand or kept
    code = submission(trainer="{ learning_rate: 50000, batch_size: 64 }")
    checked = post(as_alice, "", action="check", file=script(code=code), board="weights")
    assert checked.status_code == 200
    assert "a trained network does not need it" in text_of(checked)
    post(as_alice, typed(checked), keep="1", board="weights")
    kept = Submission.objects.get()
    direct = read(with_weights(code))
    assert kept.config_hash == direct.config.config_hash
    assert kept.weights_hash == direct.network.weights_hash


def test_a_newly_chosen_file_is_taken_instead(as_alice, competition):
    post(as_alice, "gamma: 7", weights=file(), board="weights")
    other = NETWORK._replace(matrices=tuple(-matrix for matrix in NETWORK.matrices))
    post(as_alice, keep="1", weights=file(weights.write(other)), board="weights")
    assert Submission.objects.get().weights_hash == other.weights_hash


def test_nobody_sees_or_uses_what_another_chose(as_alice, as_bob, competition):
    post(as_alice, "gamma: 7", weights=file(), board="weights")
    assert "mine.safetensors" not in as_bob.get(URL).content.decode()
    assert post(as_bob, keep="1", board="weights").status_code == 422


def test_it_waits_for_a_day(as_alice, competition):
    post(as_alice, "gamma: 7", weights=file(), board="weights")
    assert "mine.safetensors" in as_alice.get(URL).content.decode()
    Upload.objects.update(kept_at=timezone.now() - timedelta(hours=25))
    assert "mine.safetensors" not in as_alice.get(URL).content.decode()
    dispatcher.sweep()
    assert not Upload.objects.exists()


def test_an_expired_form_asks_for_the_file_once_more(competition, alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    expired = post(client, weights=file(), board="weights")
    assert expired.status_code == 403
    assert "<bdi>mine.safetensors</bdi></b> once more" in text_of(expired)
    assert not Upload.objects.exists()  # whoever sent it need not be its owner
    again = client.post(URL, {**fields_of(expired), "weights": file(), "action": "submit"})
    assert again.status_code == 302
    assert Submission.objects.get().weights_hash == NETWORK.weights_hash


def test_whose_login_expired_is_told_to_choose_it_again(client, competition):
    response = post(client, weights=file(), board="weights")
    assert response.status_code == 403
    assert "choose yours again then" in text_of(response)
    assert typed(response) == SOURCE
    assert not Upload.objects.exists()


def test_the_boards_lead_to_each_other(client, alice, competition):
    brought = make_trained(alice, competition)
    grade(brought.evaluations.get(), 70.5)
    here, there = client.get("/c/spring/"), client.get("/c/spring/weights/")
    for response in (here, there):
        assert {"/c/spring/", "/c/spring/weights/"} <= set(Page(response).values("href"))
    assert "70.50" not in text_of(here)
    assert "70.50" in text_of(there)
    assert f"/submissions/{brought.pk}/" in Page(there).values("href")
    page = client.get(brought.get_absolute_url())
    assert "/c/spring/weights/" in Page(page).values("href")
    assert 'data-rank="1"' in page.content.decode()


def test_an_empty_board_asks_for_what_it_takes(client, competition):
    assert "an example stands ready" in text_of(client.get("/c/spring/"))
    there = text_of(client.get("/c/spring/weights/"))
    assert "an example stands ready" not in there
    assert "a net.js with weights, or a configuration with a safetensors file" in there


def test_its_page_tells_of_runs_and_of_no_training(as_alice, alice, competition):
    brought = make_trained(alice, competition)
    assert "Driving" in text_of(as_alice.get(brought.get_absolute_url()))
    grade(brought.evaluations.get(), 70.5)
    text = text_of(as_alice.get(brought.get_absolute_url()))
    assert "Training 1" not in text
    assert "Iterations" not in text
    assert "Download the weights" in text
    assert brought.weights_hash in text


def test_weights_are_as_visible_as_the_configuration(client, as_alice, as_bob, alice, competition):
    brought = make_trained(alice, competition)
    grade(brought.evaluations.get(), 70.5)
    for path in (f"/submissions/{brought.pk}/weights", f"/submissions/{brought.pk}/bundle.zip"):
        assert as_alice.get(path).status_code == 200
        assert client.get(path).status_code == as_bob.get(path).status_code == 404
    Competition.objects.update(configs_visible="always")
    assert client.get(f"/submissions/{brought.pk}/weights").content == weights.write(
        network_of(brought.network_config)
    )


def test_its_bundle_holds_the_network(as_alice, alice, competition):
    brought = make_trained(alice, competition)
    grade(brought.evaluations.get(), 70.5)
    found = read_bundle(as_alice.get(f"/submissions/{brought.pk}/bundle.zip").content)
    assert found.network.weights_hash == brought.weights_hash
    assert found.manifest.protocol.trainings == 1
