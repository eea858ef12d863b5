"""What is kept: people, competitions, submissions and their gradings."""

from leaderboard.models.attempt import Attempt
from leaderboard.models.board import Board
from leaderboard.models.calibration import Calibration
from leaderboard.models.checkpoint import Checkpoint
from leaderboard.models.colour import Colour, colour_of
from leaderboard.models.competition import Competition
from leaderboard.models.earlier_moment import EarlierMoment
from leaderboard.models.evaluation import Baseline, Evaluation
from leaderboard.models.people import User
from leaderboard.models.quota import QuotaEntry
from leaderboard.models.recording import Recording, TrainedNetwork
from leaderboard.models.refusal import Refusal
from leaderboard.models.sign import Sign
from leaderboard.models.standing import Standing, StandingRow
from leaderboard.models.status import Status
from leaderboard.models.submission import Submission
from leaderboard.models.training import Run, Training
from leaderboard.models.weights import Upload, Weights
from leaderboard.models.worker import Worker

__all__ = [
    "Attempt",
    "Baseline",
    "Board",
    "Calibration",
    "Checkpoint",
    "Colour",
    "Competition",
    "EarlierMoment",
    "Evaluation",
    "QuotaEntry",
    "Recording",
    "Refusal",
    "Run",
    "Sign",
    "Standing",
    "StandingRow",
    "Status",
    "Submission",
    "TrainedNetwork",
    "Training",
    "Upload",
    "User",
    "Weights",
    "Worker",
    "colour_of",
]
