"""Log lines: for people and for machines, with what they are about, from request to worker."""

import io
import json
import logging
import threading

import pytest

from leaderboard import logs, tasks
from leaderboard.celery import REQUEST, app
from leaderboard.models import Evaluation
from tests.leaderboard.makers import SMALL, make_competition, make_submission, make_user


@pytest.fixture
def log():
    """A logger that writes as the site does, into a text that can be read."""
    logger, text = logging.getLogger("leaderboard.written"), io.StringIO()
    handler = logging.StreamHandler(text)
    handler.addFilter(logs.Context())
    logger.addHandler(handler)

    def write(formatter: logging.Formatter) -> tuple[logging.Logger, io.StringIO]:
        handler.setFormatter(formatter)
        return logger, text

    logger.setLevel(logging.INFO)
    yield write
    logger.setLevel(logging.NOTSET)
    logger.removeHandler(handler)


def test_a_line_for_people_says_at_its_end_what_it_is_about(log):
    logger, text = log(logs.Line())
    logger.info("nothing in particular")
    with logs.about(request="abc"), logs.about(evaluation=7):
        logger.warning("lost %s", "a lease")
    plain, about = text.getvalue().splitlines()
    assert plain.endswith(" INFO leaderboard.written: nothing in particular")
    assert about.endswith(" WARNING leaderboard.written: lost a lease [evaluation 7, request abc]")


def test_a_line_for_machines_is_one_object_whatever_it_says(log):
    logger, text = log(logs.Json())
    with logs.about(evaluation=7, request="abc"):
        try:
            int("no number")
        except ValueError:
            logger.exception("it\nfailed")
    (line,) = text.getvalue().splitlines()
    told = json.loads(line)
    assert (told["evaluation"], told["request"]) == (7, "abc")
    assert (told["level"], told["logger"]) == ("ERROR", "leaderboard.written")
    assert told["message"] == "it\nfailed"
    assert told["exception"].startswith("Traceback")
    assert "ValueError: invalid literal" in told["exception"].splitlines()[-1]
    assert told["time"].endswith("+00:00")


def test_what_a_line_is_about_ends_with_its_block_and_stays_in_its_thread(log):
    logger, text = log(logs.Json())
    with logs.about(evaluation=7, request="abc"):
        other = threading.Thread(target=logger.info, args=["beside"])
        other.start()
        other.join()
    logger.info("after")
    for line in text.getvalue().splitlines():
        assert not {"evaluation", "request"} & set(json.loads(line))


def test_a_task_that_comes_all_the_time_is_heard_of_only_when_it_fails(log):
    logger, text = log(logs.Line())
    without = logs.Without("overtake.canary")
    logger.addFilter(without)
    for name in ("overtake.canary", "overtake.evaluate"):
        logger.info("Task %(name)s received", {"name": name})
        logger.error("Task %(name)s failed", {"name": name})
    logger.removeFilter(without)
    told = [line.partition("written: ")[2] for line in text.getvalue().splitlines()]
    assert told == [
        "Task overtake.canary failed",
        "Task overtake.evaluate received",
        "Task overtake.evaluate failed",
    ]


def test_every_answer_names_its_request(client, db):
    first, second = (client.get("/healthz")["X-Request-ID"] for _ in range(2))
    assert first != second
    assert logs.sane(first)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("b7e0-4.f_A", True),
        ("x" * 64, True),
        ("x" * 65, False),
        ('"},{"level":"ERROR', False),
        ("two words", False),
        ("line\x85feed", False),
        ("é", False),
        ("", False),
    ],
)
def test_an_id_of_a_proxy_is_kept_if_it_can_stand_in_a_log(client, db, given, kept):
    answered = client.get("/healthz", headers={"x-request-id": given})["X-Request-ID"]
    assert (answered == given) is kept
    assert logs.sane(answered)


@pytest.fixture
def sent(db):
    """The newest message of the interactive queue, as a worker would take it."""

    def take() -> dict:
        with app.connection_for_read() as connection:
            message = connection.default_channel.basic_get("interactive", no_ack=True)
        return message.headers

    with app.connection_for_write() as connection:
        connection.default_channel.client.flushdb()
    return take


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_a_request_that_submits_is_in_its_log_line_and_in_its_message(client, sent, caplog):
    make_competition()
    client.force_login(make_user("Alice"))
    form = {"source": SMALL % 999, "title": "", "note": "", "action": "submit"}
    caplog.handler.addFilter(logs.Context())
    with caplog.at_level(logging.INFO, logger="leaderboard.submitting"):
        response = client.post("/c/spring/submit/", form, headers={"x-request-id": "of-alice"})
    assert response.status_code == 302
    (record,) = [it for it in caplog.records if it.name == "leaderboard.submitting"]
    submission = int(response.url.strip("/").split("/")[-1])
    assert record.getMessage().startswith(f"submission {submission} is in line as evaluation ")
    assert record.request_id == "of-alice"
    assert sent()[REQUEST] == "of-alice"


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_a_message_that_the_dispatcher_sends_is_for_no_request(sent):
    with logs.about(request="of-alice"):
        make_submission(make_user("Alice"), make_competition())
    assert sent()[REQUEST] == "of-alice"  # and with that the broker has it no more
    Evaluation.objects.update(sent_at=None)
    assert tasks.resend_forgotten() == 1
    assert sent()[REQUEST] == ""


@pytest.mark.django_db
def test_a_worker_s_lines_name_the_evaluation(caplog):
    caplog.handler.addFilter(logs.Context())
    with caplog.at_level(logging.WARNING):
        tasks.evaluate(999_999)
    (record,) = [it for it in caplog.records if "not there" in it.getMessage()]
    assert record.evaluation == 999_999
