"""`manage.py calibrate`: measure how fast this machine computes, for the waits that pages tell."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from leaderboard import calibrating


class Command(BaseCommand):
    help = "Time some short trainings here, and keep how fast this machine is beside the reference."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            calibration = calibrating.calibrate()
        except calibrating.NotCalibratedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{calibration.host}: {calibration.speed:.2f} reference core-seconds a second, "
            f"{calibration.cores} core{'s' if calibration.cores > 1 else ''}"
        )
