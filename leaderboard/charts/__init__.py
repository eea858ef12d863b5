"""Where things stand in the plots: numbers in, coordinates for the templates' SVG out.

Across, everything is in percent or stretched, so that a plot fills any width and its words keep
their size. Nothing here knows the database.
"""

from leaderboard.charts.axis import Axis, Bar
from leaderboard.charts.climb import Climb, Point, best_so_far
from leaderboard.charts.curves import Curves, learning_curves, no_curves
from leaderboard.charts.days import Days, tries_per_day
from leaderboard.charts.differences import Differences, differences
from leaderboard.charts.network import NetworkDrawing, network_drawing
from leaderboard.charts.overlaid import (
    LETTERS,
    Gaps,
    Learnt,
    OverlaidCurves,
    OverlaidRuns,
    Scored,
    gaps,
    overlaid_curves,
    overlaid_runs,
)
from leaderboard.charts.scale import Scale, moment_scale, number_scale, word_scale
from leaderboard.charts.scatter import Colours, Scatter, number_colours, scatter, word_colours
from leaderboard.charts.steps import Held, StepLine, best_over_time
from leaderboard.charts.still import StillCar, still_cars
from leaderboard.charts.strips import Strips, run_strips
from leaderboard.charts.view import RoadView, road_view

__all__ = [
    "LETTERS",
    "Axis",
    "Bar",
    "Climb",
    "Colours",
    "Curves",
    "Days",
    "Differences",
    "Gaps",
    "Held",
    "Learnt",
    "NetworkDrawing",
    "OverlaidCurves",
    "OverlaidRuns",
    "Point",
    "RoadView",
    "Scale",
    "Scatter",
    "Scored",
    "StepLine",
    "StillCar",
    "Strips",
    "best_over_time",
    "best_so_far",
    "differences",
    "gaps",
    "learning_curves",
    "moment_scale",
    "network_drawing",
    "no_curves",
    "number_colours",
    "number_scale",
    "overlaid_curves",
    "overlaid_runs",
    "road_view",
    "run_strips",
    "scatter",
    "still_cars",
    "tries_per_day",
    "word_colours",
    "word_scale",
]
