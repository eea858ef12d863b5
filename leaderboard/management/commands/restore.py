"""`manage.py restore FILE`: put a backup into an empty database, or in the place of another."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from leaderboard.backup import restoring, target
from leaderboard.backup.errors import BackupError
from leaderboard.backup.words import listed, summary


class Command(BaseCommand):
    help = "Restore a backup. The site must not be running."
    requires_system_checks = []  # there may be no database to check
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="Give up what is there now.")
        parser.add_argument("--yes", action="store_true", help="With --replace: do not ask.")

    def handle(self, *args: Any, **options: Any) -> None:
        def may_replace(found: list[str]) -> bool:
            name = target.database_name()
            if not options["replace"]:
                raise BackupError(
                    f"The database {name} is not empty: {listed(found)}. Nothing was restored. "
                    "To give that up for what is in the backup, add --replace."
                )
            if options["yes"]:
                return True
            self.stdout.write(f"This deletes what is there: {listed(found)}.")
            try:
                return input(f"Type {name} to go on: ") == name
            except EOFError:  # nobody is there to ask
                return False

        try:
            manifest = restoring.restore(options["file"].absolute(), may_replace=may_replace)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"restored into {target.database_name()}\n{summary(manifest)}")
