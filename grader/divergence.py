"""What is said of a training whose weights grew without bound."""

from grader.errors import DivergedError
from grader.schema import NetworkConfig


def diverged(config: NetworkConfig, index: int, iteration: int) -> DivergedError:
    """The error of training ``index``, found by ``iteration``."""
    return DivergedError(
        f"training {index + 1} diverged by iteration {iteration:,}: weights are no longer "
        f"finite numbers. {likely_cause(config)}",
        index=index,
        iteration=iteration,
    )


def likely_cause(config: NetworkConfig) -> str:
    """What most often makes this configuration's weights grow without bound."""
    trainer = config.trainer
    if trainer.learning_rate * trainer.l2_decay / trainer.batch_size > 1:
        return f"A likely cause is trainer.l2_decay, {trainer.l2_decay:g}: try a smaller one."
    advice = f"A likely cause is trainer.learning_rate, {trainer.learning_rate:g}"
    if trainer.momentum:
        advice += f" with trainer.momentum, {trainer.momentum:g}"
    return f"{advice}: try a tenth."
