"""Few requests at a time in one process; who asks whether it lives does not wait."""

import asyncio
import threading

import pytest
from django.http import HttpRequest, HttpResponse

from leaderboard.turns import AT_ONCE, InTurns
from tests.processes import PATIENCE


class Doors(InTurns):
    """Answers when it is told to, and knows how many are being answered."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.most, self.answered = 0, 0, 0
        self.open, self.changed = threading.Event(), threading.Condition()

    def load_middleware(self, **_: bool) -> None:
        def answer(request: HttpRequest) -> HttpResponse:
            self.count(+1)
            if request.path == "/c/spring/":
                self.open.wait()
            self.count(-1)
            return HttpResponse(request.path)

        self._middleware_chain = answer

    def count(self, change: int) -> None:
        with self.changed:
            self.inside += change
            self.most = max(self.most, self.inside)
            self.answered += change < 0
            self.changed.notify_all()

    def wait_until_full(self) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.inside == AT_ONCE, timeout=PATIENCE)


def request(path: str) -> HttpRequest:
    made = HttpRequest()
    made.path = path
    return made


@pytest.mark.parametrize("machine", ["/healthz", "/readyz", "/metrics"])
def test_pages_wait_for_their_turn_and_machines_do_not(machine):
    async def visit() -> Doors:
        doors = Doors()
        pages = [
            asyncio.create_task(doors.get_response_async(request("/c/spring/")))
            for _ in range(3 * AT_ONCE)
        ]
        await asyncio.to_thread(doors.wait_until_full)
        probe = await doors.get_response_async(request(machine))
        assert probe.content == machine.encode()
        assert doors.answered == 1, "no page was"
        doors.open.set()
        assert len(await asyncio.gather(*pages)) == 3 * AT_ONCE
        return doors

    doors = asyncio.run(visit())
    assert doors.most == AT_ONCE + 1
    assert doors.inside == 0
