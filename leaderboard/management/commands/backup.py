"""`manage.py backup`: the database and the artifacts in one file, while the site runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from leaderboard.backup import making
from leaderboard.backup.archive import Archive
from leaderboard.backup.errors import BackupError
from leaderboard.backup.words import summary


class Command(BaseCommand):
    help = "Save the database and the artifacts in one file. The site may go on running."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="Default: backups/ in the data.")
        parser.add_argument("--verify", action="store_true", help="Only check FILE: is it whole?")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verify"] and options["file"] is None:
            raise CommandError("Name the backup to check: manage.py backup --verify FILE")
        path = (options["file"] or making.usual_path()).absolute()
        try:
            if options["verify"]:
                with Archive.open(path) as archive:
                    manifest = archive.manifest
            else:
                manifest = making.make(path)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{path} {'is whole' if options['verify'] else 'made'}")
        self.stdout.write(summary(manifest))
