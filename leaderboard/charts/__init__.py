"""Where things stand in the plots: numbers in, coordinates for the templates' SVG out.

Across, everything is in percent or stretched, so that a plot fills any width and its words keep
their size. Nothing here knows the database.
"""

from leaderboard.charts.axis import Axis, Bar
from leaderboard.charts.climb import Climb, Point, best_so_far
from leaderboard.charts.curves import Curves, learning_curves, no_curves
from leaderboard.charts.differences import Differences, differences
from leaderboard.charts.network import NetworkDrawing, network_drawing
from leaderboard.charts.steps import Held, Steps, best_over_time
from leaderboard.charts.still import StillCar, still_cars
from leaderboard.charts.strips import Strips, run_strips
from leaderboard.charts.view import RoadView, road_view

__all__ = [
    "Axis",
    "Bar",
    "Climb",
    "Curves",
    "Differences",
    "Held",
    "NetworkDrawing",
    "Point",
    "RoadView",
    "Steps",
    "StillCar",
    "Strips",
    "best_over_time",
    "best_so_far",
    "differences",
    "learning_curves",
    "network_drawing",
    "no_curves",
    "road_view",
    "run_strips",
    "still_cars",
]
