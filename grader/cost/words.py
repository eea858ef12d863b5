"""Contributors to a cost as people read of them: with the numbers that they come from."""

from grader.cost.items import AGENTS, DECIDING, LEARNING, ROAD, RUNS, WEIGHTS
from grader.protocol import Protocol
from grader.schema import NetworkConfig


def described(part: str, config: NetworkConfig, protocol: Protocol) -> str:
    """Returns a contributor's name with the numbers behind it."""
    batch, agents = config.trainer.batch_size, config.other_agents
    known = {
        ROAD: f"the road of {_counted(config.training_iterations, 'decision')}",
        DECIDING: f"deciding by {_counted(config.parameters, 'weight')}",
        LEARNING: f"learning from {_counted(batch, 'experience')} a decision",
        WEIGHTS: f"changing {_counted(config.parameters, 'weight')} a decision",
        AGENTS: f"{_counted(agents, 'other agent')}",
        RUNS: f"driving {_counted(protocol.trainings * protocol.runs, 'run')}",
    }
    return known.get(part, part)


def spelled(seconds: float) -> str:
    """Returns seconds with a fraction where it matters: 2.8, 1,800."""
    return f"{seconds:,.1f}" if seconds < 100 and seconds % 1 else f"{seconds:,.0f}"  # noqa: PLR2004


def _counted(count: int, name: str) -> str:
    return f"{count:,} {name}{'' if count == 1 else 's'}"
