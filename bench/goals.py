"""What the trainer has to reach beside its peers, and what the peers reached elsewhere."""

from typing import Final, NamedTuple

COMPILED: Final = "compiled"
STABLE_BASELINES3: Final = "stable_baselines3"
CLEANRL_STYLE: Final = "cleanrl_style"
TORCH_STACKED: Final = "torch_stacked"
WORDS: Final = {
    COMPILED: "compiled",
    STABLE_BASELINES3: "stable-baselines3",
    CLEANRL_STYLE: "CleanRL's logic",
    TORCH_STACKED: "five stacked in torch",
}
"""The contenders, by the names that are promised for build/bench.json."""

NOISE: Final = 0.25  # by which a shared machine slows everything now and then
COPIES_GATE: Final = 0.9  # times two copies at the same time
EVALUATION_GATE: Final = 0.3  # [s] of one core for 500 runs of 2,000 frames


class Goal(NamedTuple):
    """How many times as fast as a peer we have to be, and want to be."""

    gate: float
    stretch: float


GOALS: Final = {
    "basic": {
        STABLE_BASELINES3: Goal(70, 150),
        CLEANRL_STYLE: Goal(45, 100),
        TORCH_STACKED: Goal(4, 8),
    },
    "strong": {
        STABLE_BASELINES3: Goal(20, 45),
        CLEANRL_STYLE: Goal(15, 35),
        TORCH_STACKED: Goal(6, 15),
    },
    "deep": {TORCH_STACKED: Goal(2, 4)},
}
ELSEWHERE: Final = {
    "basic": {
        STABLE_BASELINES3: (625.0, 930.0),
        CLEANRL_STYLE: (1100.0, 1400.0),
        TORCH_STACKED: (9900.0, 9900.0),
    },
    "strong": {
        STABLE_BASELINES3: (450.0, 620.0),
        CLEANRL_STYLE: (650.0, 720.0),
        TORCH_STACKED: (1600.0, 1700.0),
    },
    "deep": {},
}
"""[iterations/s] measured elsewhere: a peer below it was slowed down."""
