"""Everything that can be looked at when a site is not well, within ten seconds."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection

from leaderboard import broker, database
from leaderboard.doctor import here, running, stored
from leaderboard.doctor.finding import Finding, State, ok, unknown, wrong

__all__ = ["Finding", "State", "examine"]

IN_DATABASE: dict[str, Callable[[], Finding]] = {
    "migrations": stored.migrations,
    "guards": stored.guards,
    "clock": stored.clock,
    "dispatcher": running.dispatcher,
    "workers": running.machines,
    "fitness": running.fitness,
    "canary": running.canary,
    "stuck": stored.stuck,
    "oldest": stored.oldest,
    "quota": stored.charges,
}


def examine() -> Iterator[tuple[str, Finding]]:
    """One finding after the other by its name, causes before what follows from them."""
    with ThreadPoolExecutor(1) as beside:
        computing = beside.submit(here.computing)  # it takes longest, and needs nothing else
        yield "settings", here.settings_are_sound()
        yield "data folder", here.data_folder()
        yield "static files", here.static_files()
        in_database, in_broker, messages = _database(), *_broker()
        yield "database", in_database
        yield "broker", in_broker
        looks = IN_DATABASE | {"lines": partial(running.lines, messages)}
        for name, look in looks.items():
            if in_database.state != State.OK:
                yield name, unknown("not looked at, since the database does not answer")
            elif name == "lines" and in_broker.state != State.OK:
                yield name, unknown("not looked at, since the broker does not answer")
            else:
                yield name, _asking(look)
        yield "computing", computing.result()


def _database() -> Finding:
    try:
        database.probe()
    except database.DatabaseAwayError as error:
        return wrong(
            f"The database does not answer ({error}).",
            f"Start it, or correct DATABASE_URL: it is at {_address()}.",
        )
    return ok(f"{connection.display_name} at {_address()} answers")


def _address() -> str:
    """Where it is, without the password."""
    where = settings.DATABASES["default"]
    host = f"{where['HOST']}:{where.get('PORT') or 5432}/" if where.get("HOST") else ""
    return f"{host}{where['NAME']}"


def _broker() -> tuple[Finding, dict[str, int]]:
    try:
        messages = broker.messages(settings.CELERY_TASK_QUEUES)
    except broker.BrokerAwayError as error:
        return wrong(
            f"The broker does not answer ({error}). Submissions are taken, and wait.",
            "Start it, or correct CELERY_BROKER_URL.",
        ), {}
    return ok(f"answers; {sum(messages.values())} messages wait"), messages


def _asking(look: Callable[[], Finding]) -> Finding:
    """A table that is missing is a finding too."""
    try:
        return look()
    except DatabaseError as error:
        connection.close()
        (words, *_) = [*str(error).splitlines(), type(error).__name__]
        return wrong(f"The database refuses the question: {words}.", "See migrations, above.")
