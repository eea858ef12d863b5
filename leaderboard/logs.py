"""What every line of the log says beside its words: which evaluation, and which request it is for.

Lines for people are as ever, with this at their end; `LOG_FORMAT=json` makes each an object.
"""

import contextlib
import json
import logging
import re
import uuid
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime

_evaluation: ContextVar[int | None] = ContextVar("evaluation", default=None)
_request: ContextVar[str] = ContextVar("request", default="")
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")


@contextlib.contextmanager
def about(
    *, evaluation: int | None = None, request: str = "", no_request: bool = False
) -> Iterator[None]:
    """Name both, or one of them, in all lines of this thread for as long as the block lasts."""
    before = _evaluation.get(), _request.get()
    _evaluation.set(evaluation or before[0])
    _request.set("" if no_request else request or before[1])
    try:
        yield
    finally:
        # by value, not by token: a Celery task may end in another context than it began in
        _evaluation.set(before[0])
        _request.set(before[1])


def current_request() -> str:
    return _request.get()


def sane(given: object) -> str:
    """The id of a request as somebody else gave it, if it can stand in a log; else nothing."""
    return given if isinstance(given, str) and _SANE.fullmatch(given) else ""


def request_id(given: str) -> str:
    """The id that a proxy gave the request, or else a new one."""
    return sane(given) or uuid.uuid4().hex


class Context(logging.Filter):
    """Puts what the line is about on its record, in the thread that writes it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.evaluation = _evaluation.get()
        record.request_id = _request.get()
        return True


class Without(logging.Filter):
    """Drops what Celery says whenever a task that is done all the time comes and is done."""

    def __init__(self, task: str) -> None:
        super().__init__()
        self._task = task

    def filter(self, record: logging.LogRecord) -> bool:
        about_it = isinstance(record.args, Mapping) and record.args.get("name") == self._task
        return record.levelno > logging.INFO or not about_it


class Line(logging.Formatter):
    """For people: time, level, logger and words; at the end in brackets what it is about."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # its own name
        about = [f"{name} {value}" for name, value in _about(record).items()]
        return super().formatMessage(record) + (f" [{', '.join(about)}]" if about else "")


class Json(logging.Formatter):
    """For machines: one object a line, whatever the words hold."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
            **_about(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def _about(record: logging.LogRecord) -> dict[str, int | str]:
    named = {
        "evaluation": getattr(record, "evaluation", None),
        "request": getattr(record, "request_id", ""),
    }
    return {name: value for name, value in named.items() if value}
