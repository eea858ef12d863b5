"""A recorded run between its samples: exact across the road, a smooth guess along it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.road import (
    BACK_Y,
    END_PIXELS,
    FRONT_PIXELS,
    FRONT_Y,
    LANE_MARGIN,
    LANE_PIXELS,
    LATERAL_SPEED,
    SETTLED_PIXELS,
)
from simulator.trajectory import Cars, Trajectory

# Cars move up to 120 px relative to the ego between two decisions; one that is replaced, 768 px.
REPLACED: Final = END_PIXELS / 2  # [px]


def interpolated(trajectory: Trajectory, frame: float) -> Cars:
    """Returns the cars after so many frames, 1 to `frames`, from the two samples around it.

    Across the road cars stand where they really do. Along it they may be off by some pixels where
    they brake or pick up speed between two decisions: docs/trajectories.md says how far.
    """
    driven = trajectory.driven
    place = int(np.searchsorted(driven, frame, side="right")) - 1
    place = max(0, min(place, len(driven) - 2))
    before, after = trajectory.cars.at(place), trajectory.cars.at(place + 1)
    since, left = frame - float(driven[place]), float(driven[place + 1]) - frame
    replaced = np.abs(after.y - before.y) > REPLACED
    anew, passing = _passing(before, after, since, left)
    anew &= replaced
    late = _changing(before, after, left) & ~replaced | anew
    return Cars(
        x=np.where(late, _backward(before, after, left, replaced), _onward(before, since)),
        y=np.where(replaced, passing, _between(before, after, since, left)),
        lane=np.where(late, after.lane, before.lane),
        throttle=np.where(anew, after.throttle, before.throttle),
        follow=np.where(anew, after.follow, before.follow),
    )


def _drift(cars: Cars) -> NDArray[np.float64]:
    """Returns the cars' motion down the road as the ego sees it [px/frame]."""
    speed: NDArray[np.float64] = cars.follow * cars.throttle
    drift: NDArray[np.float64] = speed[0] - speed
    return drift


def _passing(
    before: Cars, after: Cars, since: float, left: float
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Returns whether replaced cars are back yet, and where they are, at a steady drift."""
    forward = after.y > before.y
    out = np.where(forward, -FRONT_PIXELS, END_PIXELS + FRONT_PIXELS)
    back = np.where(forward, BACK_Y, FRONT_Y)
    first, second = np.abs(out - before.y), np.abs(after.y - back)
    way = (first + second) * since / max(since + left, 1.0)
    sign = np.where(forward, -1.0, 1.0)
    anew: NDArray[np.bool_] = way >= first
    return anew, np.where(anew, back + sign * (way - first), before.y + sign * way)


def _between(before: Cars, after: Cars, since: float, left: float) -> NDArray[np.float64]:
    """Returns the cubic that has the samples' places and their drifts."""
    length = max(since + left, 1.0)
    share = since / length
    mean = (after.y - before.y) / length
    bent: NDArray[np.float64] = (1.0 - share) * (_drift(before) - mean)
    bent -= share * (_drift(after) - mean)
    straight = before.y + (after.y - before.y) * share
    return straight + share * (1.0 - share) * length * bent


def _home(lane: NDArray[np.int64]) -> NDArray[np.float64]:
    home: NDArray[np.float64] = LANE_PIXELS * lane.astype(np.float64) + LANE_MARGIN
    return home


def _onward(cars: Cars, frames: float) -> NDArray[np.float64]:
    """Returns where cars stand across the road so many frames later [px], in the same lane."""
    rest = cars.x - _home(cars.lane)
    still: NDArray[np.float64] = np.maximum(np.abs(rest) - LATERAL_SPEED * frames, 0.0)
    return _home(cars.lane) + np.sign(rest) * still


def _rest(cars: Cars, left: float) -> NDArray[np.float64]:
    """Returns how far from its lane's place a car was so many frames before, had it been moving."""
    rest: NDArray[np.float64] = np.abs(cars.x - _home(cars.lane)) + LATERAL_SPEED * left
    return rest


def _changing(before: Cars, after: Cars, left: float) -> NDArray[np.bool_]:
    """Returns which cars had begun to change to their later lane: a change takes 20 px."""
    # The lane is chosen in the frame before the first that moves toward it.
    begun: NDArray[np.bool_] = _rest(after, left) < LANE_PIXELS + SETTLED_PIXELS
    begun &= before.lane != after.lane
    return begun


def _backward(
    before: Cars, after: Cars, left: float, replaced: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Returns where cars on the way to their later lane stood so many frames before [px]."""
    goal = _home(after.lane)
    came_from = np.where(replaced, after.x, _home(before.lane)) - goal
    x: NDArray[np.float64] = goal + np.sign(came_from) * np.minimum(_rest(after, left), LANE_PIXELS)
    return x
