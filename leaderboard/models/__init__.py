"""What is kept: people, competitions, submissions and their gradings."""

from leaderboard.models.attempt import Attempt
from leaderboard.models.calibration import Calibration
from leaderboard.models.competition import Competition
from leaderboard.models.evaluation import Baseline, Evaluation
from leaderboard.models.people import User
from leaderboard.models.refusal import Refusal
from leaderboard.models.sign import Sign
from leaderboard.models.standing import Standing, StandingRow
from leaderboard.models.status import Status
from leaderboard.models.submission import Submission
from leaderboard.models.training import Run, Training

__all__ = [
    "Attempt",
    "Baseline",
    "Calibration",
    "Competition",
    "Evaluation",
    "Refusal",
    "Run",
    "Sign",
    "Standing",
    "StandingRow",
    "Status",
    "Submission",
    "Training",
    "User",
]
