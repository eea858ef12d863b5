"""`manage.py whole_board`: what boards show and rest on, as lines that can be compared."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from leaderboard import whole_board


class Command(BaseCommand):
    help = "Print every board with all that it rests on; equal lines mean equal boards."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", type=datetime.fromisoformat, help="As of then, with its zone.")

    def handle(self, *args: Any, **options: Any) -> None:
        for line in whole_board.lines(options["at"] or timezone.now()):
            self.stdout.write(line)
