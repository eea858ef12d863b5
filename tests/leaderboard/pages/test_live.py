"""What an open page hears of a grading: as a stream beside all turns, or when it asks."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from leaderboard import leases, watching
from leaderboard.leases import Progress
from leaderboard.turns import AT_ONCE, InTurns
from tests.leaderboard.makers import claim, grade, make_submission, result_of
from tests.processes import PATIENCE

POINTS = [{"iteration": at, "epsilon": 0.5, "mph": 50 + at / 100} for at in (100, 200)]


@pytest.fixture
def queued(alice, competition):
    return make_submission(alice, competition)


@pytest.fixture
def evaluation(queued):
    return queued.evaluations.get()


def address(submission, name="live"):
    return f"{submission.get_absolute_url()}{name}/"


@pytest.mark.django_db
class TestAsking:
    def test_one_in_line_tells_its_place(self, as_alice, queued):
        news = as_alice.get(address(queued)).json()
        assert news["status"] == "queued"
        assert "In line: <b>next</b>" in news["state"]
        assert [step["said"] for step in news["steps"]] == ["queued", "queued"]

    def test_a_running_one_tells_each_training_in_words_and_the_curves(
        self, as_alice, queued, evaluation
    ):
        first, second = claim(evaluation)
        leases.hold(first, Progress("training", 500, POINTS))
        leases.succeed(second, result_of(66.12, runs=3))
        news = as_alice.get(address(queued)).json()
        total = queued.network_config.training_iterations
        assert news["steps"][0]["said"] == (
            f"500 of {total:,} iterations \N{MIDDLE DOT} epsilon 0.50 \N{MIDDLE DOT} 52.0 mph"
        )
        assert news["steps"][1]["said"] == "done: median 66.12 mph"
        assert news["lines"]["1"] == {"from": 0, "points": [[100, 51], [200, 52]]}
        assert news["figures"]["epsilon"] == "0.50"
        assert "<svg" in news["strips"]
        assert news["left"] >= 1

    def test_who_may_not_see_the_configuration_hears_the_status_alone(
        self, as_bob, queued, evaluation
    ):
        claim(evaluation)
        news = as_bob.get(address(queued)).json()
        assert set(news) == {"status", "state"}

    def test_a_final_one_tells_only_that(self, as_alice, queued, evaluation):
        grade(evaluation, 66)
        assert as_alice.get(address(queued)).json() == {"status": "succeeded", "final": True}
        assert as_alice.get(address(queued, "events")).status_code == 204

    def test_so_many_pages_follow_and_the_others_ask(self, as_alice, queued, monkeypatch):
        monkeypatch.setattr(watching, "MOST", 0)
        assert as_alice.get(address(queued, "events")).status_code == 503


async def elsewhere(do, *arguments):
    """As by somebody else, who leaves no connection behind."""

    def done():
        try:
            return do(*arguments)
        finally:
            connection.close()

    return await asyncio.to_thread(done)


class Visit:
    """One request to the whole site, as a web server hands it over."""

    def __init__(self, application, path, client):
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies['sessionid'].value}".encode()
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": b"",
            "headers": [(b"host", b"localhost"), (b"cookie", cookie)],
        }
        self._begun, self._gone = False, asyncio.Event()
        self._said: asyncio.Queue[dict] = asyncio.Queue()
        self.task = asyncio.create_task(application(self.scope, self._receive, self._said.put))

    async def _receive(self):
        if not self._begun:
            self._begun = True
            return {"type": "http.request", "body": b""}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def said(self):
        return await asyncio.wait_for(self._said.get(), PATIENCE)

    async def status(self):
        return (await self.said())["status"]

    async def heard(self):
        """The next event with something in it."""
        while True:
            body = (await self.said())["body"]
            if body.startswith(b"data: "):
                return json.loads(body.removeprefix(b"data: "))

    async def leave(self):
        self._gone.set()
        await asyncio.wait_for(self.task, PATIENCE)


@pytest.fixture
def watch(monkeypatch):
    """A watch of this test's own event loop, in the place of the process's."""
    made = watching.Watch(period=0.02)
    monkeypatch.setattr("leaderboard.views.live.watch", made)
    yield made
    made.close()


@asynccontextmanager
async def followers(application, submission, client, number):
    visits = [Visit(application, address(submission, "events"), client) for _ in range(number)]
    yield visits
    await asyncio.gather(*(it.leave() for it in visits))


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_open_pages_hold_no_turn_and_hear_what_is_new(as_alice: Client, queued, evaluation, watch):
    application = InTurns()

    async def visit():
        async with followers(application, queued, as_alice, 2 * AT_ONCE) as visits:
            for it in visits:
                assert await it.status() == 200
                assert (await it.heard())["status"] == "queued"
            page = Visit(application, "/healthz", as_alice)
            board = Visit(application, "/c/spring/", as_alice)
            assert (await page.status(), await board.status()) == (200, 200)
            await asyncio.gather(page.task, board.task)

            first, _ = await elsewhere(claim, evaluation)
            news = [await it.heard() for it in visits]
            assert {it["status"] for it in news} == {"running"}
            await elsewhere(leases.hold, first, Progress("training", 500, POINTS))
            for it in visits:
                told = await it.heard()
                assert [step["said"][:8] for step in told["steps"]] == ["500 of 1", "waits fo"]
                assert told["lines"] == {"1": {"from": 0, "points": [[100, 51], [200, 52]]}}
                assert "state" not in told
                assert len(json.dumps(told)) < 1000
            assert watch.pages == len(visits)
        assert watch.pages == 0

    asyncio.run(visit())


@pytest.mark.django_db(transaction=True)
def test_a_stream_ends_with_the_grading(as_alice, queued, evaluation, watch):
    async def visit():
        async with followers(InTurns(), queued, as_alice, 1) as (it,):
            assert await it.status() == 200
            await it.heard()
            await elsewhere(evaluation.cancel)
            assert (await it.heard())["final"]
            await asyncio.wait_for(asyncio.shield(it.task), PATIENCE)

    asyncio.run(visit())
    assert watch.pages == 0
