"""The rulesets as data: what may differ between competitions on the same road."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from simulator.road import FRAMES_PER_DECISION, MAX_OTHER_AGENTS


class Quirks(NamedTuple):
    """What the original does and another ruleset may repair, one by one.

    Attributes:
        leak: a decision is carried out by its car, by all other agents after it, and by the ego.
        loose_throttle: steps of 0.02 are not cut off at 0 and 2, and a throttle below 0 limits its
            car's speed like any other.
        streams: random numbers are drawn one after the other from Lehmer streams that live on from
            run to run, so that the runs of a road are one session.
        strips_take_last: a cell that is missing from a placed car's strip takes the last free cell
            away in its place.
        rows_a_pixel_low: y = floor(row / 70 * 700), one short in some rows.
        first_reward: a run's first decision comes with a reward, for the one frame before it.
    """

    leak: bool = False
    loose_throttle: bool = False
    streams: bool = False
    strips_take_last: bool = False
    rows_a_pixel_low: bool = False
    first_reward: bool = False


@dataclass(frozen=True)
class Rules:
    """One ruleset.

    Attributes:
        name: what a competition calls it.
        quirks: which of the original's it keeps.
        decision_frames: [MAX_OTHER_AGENTS + 1][n + 1] for n other agents, the frame of each cycle
            of 30 in which car i decides; distinct, the ego's first and 0; 30 is never.
    """

    name: str
    quirks: Quirks
    decision_frames: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        """Refuses decision frames that the compiled frame isn't made for.

        Raises:
            ValueError: they are not as described above.
        """
        fits = len(self.decision_frames) == MAX_OTHER_AGENTS + 1 and all(
            len(frames) == n + 1 == len(set(frames))
            and frames[0] == 0
            and all(0 <= frame <= FRAMES_PER_DECISION for frame in frames)
            for n, frames in enumerate(self.decision_frames)
        )
        if not fits:
            raise ValueError(
                f"decision_frames of {self.name!r} are {self.decision_frames}; they must be, for "
                f"each n from 0 to {MAX_OTHER_AGENTS}, n + 1 distinct frames from 0 to "
                f"{FRAMES_PER_DECISION}, the ego's 0 first."
            )

    def timetable(self, other_agents: int) -> list[tuple[int, int]]:
        """Returns the frame of the cycle of 30 and the car of every decision in it, by frame."""
        frames = self.decision_frames[other_agents]
        return sorted(
            (frame, car) for car, frame in enumerate(frames) if frame < FRAMES_PER_DECISION
        )


def _spread_evenly(other_agents: int) -> tuple[int, ...]:
    cars = other_agents + 1
    return tuple(FRAMES_PER_DECISION * car // cars for car in range(cars))


def _every_third(other_agents: int) -> tuple[int, ...]:
    return tuple(3 * car for car in range(other_agents + 1))


OPEN: Final = Rules(
    name="open",
    quirks=Quirks(),
    decision_frames=tuple(_spread_evenly(n) for n in range(MAX_OTHER_AGENTS + 1)),
)

ORIGINAL: Final = Rules(
    name="deeptraffic-v2",
    quirks=Quirks(
        leak=True,
        loose_throttle=True,
        streams=True,
        strips_take_last=True,
        rows_a_pixel_low=True,
        first_reward=True,
    ),
    decision_frames=tuple(_every_third(n) for n in range(MAX_OTHER_AGENTS + 1)),
)

RULESETS: Final = {rules.name: rules for rules in (OPEN, ORIGINAL)}
