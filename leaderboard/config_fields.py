"""The fields of a configuration in the groups of the form, each with its bounds from the schema."""

from functools import cache
from typing import NamedTuple

from grader.fields import FieldNote, fields
from grader.schema import NetworkConfig

LAYER_FIELDS = ("units", "activation")
"""Of a layer, those with a choice; its type has none."""
MOST_LAYERS: int = next(
    item.max_length
    for item in NetworkConfig.model_fields["layers"].metadata
    if hasattr(item, "max_length")
)

_GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "What the car sees",
        "A grid of cells around it, each 1 where the road is free; where a car is, its speed.",
        ("lanes_side", "patches_ahead", "patches_behind", "temporal_window", "other_agents"),
    ),
    (
        "Learning",
        "How long it drives to learn, and what a decision is worth to it.",
        (
            "training_iterations",
            "gamma",
            "trainer.method",
            "trainer.learning_rate",
            "trainer.momentum",
            "trainer.batch_size",
            "replay_size",
            "start_learn_threshold",
        ),
    ),
    (
        "Exploration",
        "How much it drives at random: epsilon falls from 1 to its least.",
        ("learning_steps_burnin", "learning_steps_total", "epsilon_min", "epsilon_test_time"),
    ),
)
_FINER = (
    "trainer.l2_decay",
    "trainer.l1_decay",
    "trainer.clip_gradient",
    "trainer.beta1",
    "trainer.beta2",
    "huber_delta",
    "target_update_interval",
    "double_q",
)


class Group(NamedTuple):
    title: str
    help: str
    fields: tuple[FieldNote, ...]


@cache
def notes() -> dict[str, FieldNote]:
    """Every field by its name; those of a layer as ``layers[].units``."""
    return {note.name: note for note in fields()}


@cache
def groups() -> tuple[Group, ...]:
    return tuple(
        Group(title, help_, tuple(notes()[name] for name in names))
        for title, help_, names in _GROUPS
    )


@cache
def finer() -> tuple[FieldNote, ...]:
    """What most leave as it is."""
    return tuple(notes()[name] for name in _FINER)


@cache
def single() -> tuple[str, ...]:
    """The names of all fields but the layers', in the order of the schema."""
    return tuple(name for name in notes() if not name.startswith("layers[]"))
