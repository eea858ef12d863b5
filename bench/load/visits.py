"""What visitors do, for locust: `Submitting` hands networks in, `Reading` looks at pages.

The environment names two files: PLANTED, who there is, and TIMES, where every request is noted.
"""

import os
import re
import time
from itertools import count
from pathlib import Path
from typing import Any

import gevent
from locust import events, task
from locust.contrib.fasthttp import FastHttpUser

from bench.load.plan import (
    EACH,
    ITERATIONS,
    PACE,
    PARTICIPANTS,
    READERS,
    READING_PACE,
    SLUG,
    Planted,
    Request,
    write,
)

PLANTED = Planted.of(Path(os.environ["PLANTED"]).read_text())
CONFIG = """{"lanes_side": 1, "patches_ahead": 5, "patches_behind": 1,
 "layers": [{"type": "fc", "units": 4, "activation": "relu"}],
 "training_iterations": %d}
"""
BOARD = f"/c/{SLUG}/"
_requests: list[Request] = []
_visitors, _networks, _handed_in = count(), count(ITERATIONS), count(1)


@events.request.add_listener
def _note(name: str, response_time: float, exception: object, **_: Any) -> None:
    _requests.append(Request(name, response_time, str(exception or "")))


@events.quitting.add_listener
def _keep(**_: Any) -> None:
    write(_requests, Path(os.environ["TIMES"]))


class Visitor(FastHttpUser):
    """Somebody with a browser that has been here before: with a session and a token for forms."""

    abstract = True
    all, pace = 1, 0.0

    def on_start(self) -> None:
        """Take the next session that nobody has, and begin at one's own moment.

        Locust starts its users many at once: that would be a load of bursts.
        """
        self.number = next(_visitors)
        participant = PLANTED.participants[self.number % len(PLANTED.participants)]
        self.cookies = f"csrftoken={self.number:032d}"
        if self.logs_in():
            self.cookies += f"; sessionid={participant.session}"
        gevent.sleep(self.number * self.pace / self.all)
        self.next = time.monotonic()

    def wait_time(self) -> float:
        """To the next moment of one's own [s]; locust's pacing counts from the start of all."""
        self.next += self.pace
        return max(0.0, self.next - time.monotonic())

    def logs_in(self) -> bool:
        """Whether it is a participant."""
        return True

    def look(
        self, path: str, name: str, *, wanted: tuple[int, ...] = (200,), **headers: str
    ) -> str:
        """A page's text."""
        return self._ask("GET", path, name, wanted, headers=headers).text or ""

    def hand_in(self, path: str, fields: dict[str, str], name: str) -> str:
        """Sends a form; returns where its answer leads."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": f"{self.host}{path}",
        }
        answer = self._ask("POST", path, name, (302,), headers=headers, data=fields)
        return str((answer.headers or {}).get("Location", ""))

    def _ask(
        self, method: str, path: str, name: str, wanted: tuple[int, ...], **options: Any
    ) -> Any:
        headers = {"Cookie": self.cookies, **options.pop("headers")}
        asked = self.client.request(
            method,
            path,
            name=name,
            headers=headers,
            allow_redirects=False,
            catch_response=True,
            **options,
        )
        with asked as answer:
            if answer.status_code in wanted:
                answer.success()
            else:
                answer.failure(f"{answer.status_code} instead of {wanted}: {path}")
        return answer


class Submitting(Visitor):
    """Opens the form, hands a network in, and looks at its page; five times."""

    all, pace = PARTICIPANTS, PACE
    left = EACH

    @task
    def submit(self) -> None:
        """One network, like no other."""
        form = self.look(f"{BOARD}submit/", "form")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        fields = {
            "csrfmiddlewaretoken": token[1] if token else "",
            "source": CONFIG % next(_networks),
            "title": "",
            "note": "",
            "action": "submit",
        }
        if page := self.hand_in(f"{BOARD}submit/", fields, "submit"):
            self.look(page, "page of the new submission")
        self.left -= 1
        if next(_handed_in) == PARTICIPANTS * EACH:
            self.environment.runner.quit()
        if not self.left:
            self.stop()


class Reading(Visitor):
    """Looks at the board and at submissions, as pages do by themselves too."""

    all, pace = READERS, READING_PACE
    page, state = BOARD, ""

    def logs_in(self) -> bool:
        """Every other one."""
        return self.number % 2 == 0

    @task(4)
    def board(self) -> None:
        """The first page, or another."""
        self.page = BOARD if self.number % 3 else f"{BOARD}?page={2 + self.number}"
        self._note_state(self.look(self.page, "board"))

    @task(4)
    def board_again(self) -> None:
        """As htmx does every ten seconds: the board alone, if it has changed."""
        separator = "&" if "?" in self.page else "?"
        path = f"{self.page}{separator}state={self.state}"
        htmx = {"HX-Request": "true"}
        self._note_state(self.look(path, "board, by htmx", wanted=(200, 204), **htmx))

    def _note_state(self, text: str) -> None:
        if found := re.search(r"state=([0-9a-f]+)", text):
            self.state = found[1]

    @task(2)
    def live(self) -> None:
        """As htmx does every two seconds where a grading is waited for."""
        self.look(f"/submissions/{self._waiting()}/live/", "live part of a submission")

    @task(1)
    def graded(self) -> None:
        """Somebody's submission that is on the board."""
        shown = PLANTED.graded[self.number % len(PLANTED.graded)]
        self.look(f"/submissions/{shown}/", "page of a graded submission")

    @task(1)
    def mine(self) -> None:
        """One's own, or the board where one has none."""
        if self.logs_in():
            self.look("/mine/", "my submissions")
        else:
            self.board()

    def _waiting(self) -> int:
        """One of the last that came in: it waits for long."""
        return int(os.environ["NEWEST"]) - self.number
