"""Open pages of one process share one look at the database, and none of them is held for ever."""

import asyncio
import signal
from time import monotonic

import pytest
from django.db import OperationalError

from leaderboard import leases
from leaderboard.leases import Progress
from leaderboard.looks import PLACE_AGE, PLACES_A_LOOK, Look, look_at
from leaderboard.models import Attempt
from leaderboard.news import UNKNOWN, Told
from leaderboard.watching import Watch
from tests.leaderboard.makers import claim, make_submission
from tests.processes import PATIENCE


class Grading:
    """Looks like those at the database, of gradings that change when a test says so."""

    def __init__(self):
        self.looks, self.asked, self.at, self.away = 0, [], 0, False
        self.final = self.gone = False

    def __call__(self, asked):
        self.looks += 1
        self.asked.append(set(asked))
        if self.away:
            raise OperationalError("the server is gone")
        return {
            pk: Look(self.at, self.news(), 0.0)
            for pk, before in asked.items()
            if before is None or before.signature != self.at
        }

    def news(self):
        if self.gone:
            return None
        return {shows: {"at": self.at, "shows": shows, "final": self.final} for shows in (0, 1)}


def in_a_loop(test):
    async def run():
        grading = Grading()
        watch = Watch(grading, period=0.001)
        await asyncio.wait_for(test(grading, watch), PATIENCE)

    return lambda: asyncio.run(run())


@in_a_loop
async def test_all_pages_are_told_of_one_look(grading, watch):
    pages = [watch.follow(pk, shows_config=True) for pk in (1, 1, 1, 2)]
    assert [(await anext(it))["at"] for it in pages] == [0, 0, 0, 0]
    grading.asked.clear()
    grading.at = 1
    assert [(await anext(it))["at"] for it in pages] == [1, 1, 1, 1]
    assert all(asked == {1, 2} for asked in grading.asked)
    for it in pages:
        await it.aclose()
    assert watch.pages == 0


@in_a_loop
async def test_nobody_looks_when_no_page_is_open(grading, watch):
    page = watch.follow(1, shows_config=True)
    await anext(page)
    task = watch._task
    await page.aclose()
    await task
    again = watch.follow(1, shows_config=True)
    assert (await anext(again))["at"] == 0
    await again.aclose()


@in_a_loop
async def test_each_page_is_told_what_it_may_see(grading, watch):
    open_, closed = (watch.follow(1, shows_config=shows) for shows in (True, False))
    assert [(await anext(it))["shows"] for it in (open_, closed)] == [1, 0]
    await open_.aclose()
    await closed.aclose()


@in_a_loop
async def test_a_page_that_was_slow_gets_the_newest_alone(grading, watch):
    page, other = (watch.follow(1, shows_config=True) for _ in range(2))
    await anext(page)
    await anext(other)
    for at in (1, 2, 3):
        grading.at = at
        assert (await anext(other))["at"] == at
    assert (await anext(page))["at"] == 3
    await page.aclose()
    await other.aclose()


@pytest.mark.parametrize("end", ["final", "gone"])
def test_a_page_ends_with_its_grading(end):
    @in_a_loop
    async def run(grading, watch):
        setattr(grading, end, True)
        heard = [it async for it in watch.follow(1, shows_config=True)]
        assert len(heard) == (end == "final")
        assert watch.pages == 0

    run()


@in_a_loop
async def test_a_database_that_was_away_is_asked_again(grading, watch):
    grading.away = True
    page = watch.follow(1, shows_config=True, quiet=0.05)
    assert await anext(page) is None, "nothing to tell, and the page stays"
    grading.away = False
    while (heard := await anext(page)) is None:
        pass
    assert heard["at"] == 0
    assert grading.looks > 1
    await page.aclose()


@in_a_loop
async def test_a_server_that_ends_lets_all_pages_go(grading, watch):
    page = watch.follow(1, shows_config=True)
    await anext(page)
    asyncio.get_running_loop().call_soon(watch.end)
    assert [it async for it in page] == []
    assert watch.pages == 0


def test_a_server_that_is_told_to_stop_lets_them_go_and_hears_of_it_once():
    heard = []
    before = signal.signal(signal.SIGTERM, lambda *_: heard.append("server"))
    try:

        @in_a_loop
        async def run(grading, watch):
            for _ in range(2):  # pages come and go
                page = watch.follow(1, shows_config=True)
                await anext(page)
                task = watch._task
                await page.aclose()
                await task
            page = watch.follow(1, shows_config=True)
            await anext(page)
            signal.raise_signal(signal.SIGTERM)
            assert [it async for it in page] == []

        run()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == ["server"]


def test_a_look_that_fails_is_taken_again_and_said(caplog):
    @in_a_loop
    async def run(grading, watch):
        news, grading.news = grading.news, lambda: 1 // 0
        page = watch.follow(1, shows_config=True, quiet=0.05)
        assert await anext(page) is None
        grading.news = news
        while (heard := await anext(page)) is None:
            pass
        assert heard["at"] == 0
        await page.aclose()

    run()
    assert "ZeroDivisionError" in caplog.text


def test_only_what_is_new_is_told_again():
    told = Told()
    step = {"number": 1, "said": "10 of 100"}
    other = {"number": 2, "said": "queued"}
    first = {"left": 9, "steps": [step, other], "lines": {"1": [[1, 50]], "2": []}}
    assert told.changes(first)["lines"] == {"1": {"from": 0, "points": [[1, 50]]}}
    assert told.changes(first) == {}
    step = step | {"said": "20 of 100"}
    second = first | {"steps": [step, other], "lines": {"1": [[1, 50], [2, 51]], "2": []}}
    assert told.changes(second) == {
        "steps": [step],
        "lines": {"1": {"from": 1, "points": [[2, 51]]}},
    }
    begun_anew = second | {"lines": {"1": [[1, 49]], "2": []}}
    assert told.changes(begun_anew) == {"lines": {"1": {"from": 0, "points": [[1, 49]]}}}
    assert told.changes(first | {"lines": {"1": [], "2": []}})["lines"] == {
        "1": {"from": 0, "points": []}
    }


@pytest.fixture
def queued(alice, competition):
    submissions = [make_submission(alice, competition) for _ in range(PLACES_A_LOOK + 2)]
    return [it.evaluations.get() for it in submissions]


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
class TestLook:
    def test_only_what_has_changed_is_read_whole(self, queued):
        asked = look_at({it.pk: None for it in queued})
        assert set(asked) == {it.pk for it in queued}
        assert look_at(asked) == {}
        first, _ = claim(queued[0])
        assert set(look_at(asked)) == {queued[0].pk}
        before = asked | look_at(asked)
        leases.hold(first, Progress("training", 500, []))
        assert set(look_at(before)) == {queued[0].pk}

    def test_places_in_line_are_asked_for_a_few_at_a_time_the_oldest_first(self, queued):
        asked = look_at({it.pk: None for it in queued})
        old = {
            pk: look._replace(at=monotonic() - PLACE_AGE - age)
            for age, (pk, look) in enumerate(asked.items(), start=1)
        }
        again = look_at(old)
        assert set(again) == set(sorted(old, key=lambda pk: old[pk].at)[:PLACES_A_LOOK])
        assert set(look_at(old | again)) == set(old) - set(again)

    def test_what_is_gone_ends(self, queued):
        gone = max(it.pk for it in queued) + 1
        assert look_at({gone: None})[gone].news is None

    def test_iterations_a_second_are_counted_over_the_last_looks(self, queued):
        first, _ = claim(queued[0])
        look, pk, began = None, queued[0].pk, monotonic()
        for iteration in (100, 200, 300, 400, 500):
            leases.hold(first, Progress("training", iteration, []))
            look = look_at({pk: look})[pk]
        rate = float(look.news[True]["figures"]["rate"].replace(",", ""))
        assert rate >= 400 / (monotonic() - began) - 1
        leases.release(first, outcome=Attempt.Exit.HANDED_BACK)
        claim(queued[0])  # begins anew, at less than it had
        look = look_at({pk: look})[pk]
        assert look.news[True]["figures"]["rate"] == UNKNOWN
