"""`manage.py healthy worker|dispatcher`: ends with 0 when it is at work here, else says why."""

import socket
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from kombu.exceptions import OperationalError

from leaderboard import dispatcher
from leaderboard.celery import app


class Command(BaseCommand):
    help = "A health check for containers: is the worker or the dispatcher at work?"
    requires_system_checks = []  # it runs every few seconds

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("who", choices=["worker", "dispatcher"])

    def handle(self, *args: Any, **options: Any) -> None:
        if options["who"] == "worker":
            _ask_worker()
        else:
            _ask_dispatcher()
        self.stdout.write(f"the {options['who']} is at work")


def _ask_worker() -> None:
    name = f"celery@{socket.gethostname()}"
    try:
        answers = app.control.ping(destination=[name], timeout=5)
    except (OperationalError, OSError) as error:
        raise CommandError(f"The broker does not answer: {error}") from error
    if not answers:
        raise CommandError(f"{name} did not answer within 5 s.")


def _ask_dispatcher() -> None:
    quiet = dispatcher.quiet_seconds()
    if quiet is None:
        raise CommandError("The dispatcher has never made a round.")
    if quiet > dispatcher.LONGEST_QUIET:
        raise CommandError(f"The dispatcher made its last round {quiet:.0f} s ago.")
