"""The road that the peers learn on: our simulator, as a Gymnasium environment."""

from grader.schedule import episode_lengths
from grader.schema import NetworkConfig
from simulator.gym import OvertakeEnv


def road_for(config: NetworkConfig) -> OvertakeEnv:
    """Returns it with the view and the episodes of a configuration, and no wrapper around it."""
    _, frames = episode_lengths(config)
    return OvertakeEnv(
        lanes_side=config.lanes_side,
        patches_ahead=config.patches_ahead,
        patches_behind=config.patches_behind,
        frames=frames,
    )
