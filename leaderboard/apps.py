"""How Django knows the app."""

from django.apps import AppConfig


class LeaderboardConfig(AppConfig):
    name = "leaderboard"
    verbose_name = "Overtake"
    default_auto_field = "django.db.models.BigAutoField"
