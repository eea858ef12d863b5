"""The site: competitions, submissions, gradings and the board they make."""

from leaderboard.celery import app as celery

__all__ = ["celery"]
