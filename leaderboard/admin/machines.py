"""The machines that compute."""

from django.contrib import admin

from leaderboard.admin.read_only import ReadOnly
from leaderboard.models import Calibration


@admin.register(Calibration)
class CalibrationAdmin(ReadOnly, admin.ModelAdmin):
    """As fast as each measured itself to be."""

    list_display = ["host", "cores", "slots", "speed", "calibrated_at", "seen_at"]
