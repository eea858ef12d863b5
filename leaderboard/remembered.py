"""What a process remembers: so many answers, each for so long; the longest unasked go first."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

Answer = TypeVar("Answer")


class Remembered(Generic[Answer]):
    """Answers by what was asked. Whoever asks names everything that the answer follows from."""

    _all: "list[Remembered[Any]]" = []

    def __init__(self, most: int, *, seconds: float = math.inf) -> None:
        self.most, self.seconds = most, seconds
        self._answers: OrderedDict[Hashable, tuple[float, Answer]] = OrderedDict()
        self._lock = Lock()
        self._all.append(self)

    def get(self, asked: Hashable, make: Callable[[], Answer]) -> Answer:
        """The answer, made anew if it is not known or too old. Two may make it at once."""
        with self._lock:
            at, answer = self._answers.get(asked, (-math.inf, None))
            if at > time.monotonic() - self.seconds:
                self._answers.move_to_end(asked)
                return answer  # type: ignore[return-value]  # only what make() gave has a time
        made = make()
        self.put(asked, made)
        return made

    def put(self, asked: Hashable, answer: Answer) -> None:
        with self._lock:
            self._answers[asked] = (time.monotonic(), answer)
            self._answers.move_to_end(asked)
            while len(self._answers) > self.most:
                self._answers.popitem(last=False)

    def known(self, asked: Hashable) -> Answer | None:
        with self._lock:
            return self._answers.get(asked, (0.0, None))[1]

    @classmethod
    def forget_all(cls) -> None:
        """As a new process begins: for tests, whose databases are rolled back."""
        for one in cls._all:
            with one._lock:  # noqa: SLF001
                one._answers.clear()  # noqa: SLF001
