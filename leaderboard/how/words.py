"""What becomes of a network whose setting is too small or too large, and what is usual.

Titles, help, defaults and bounds are the schema's own (`grader.fields`); here stands the rest.
"""

from functools import cache
from typing import NamedTuple

from grader.fields import FieldNote
from leaderboard.config_fields import finer, groups, notes


class Words(NamedTuple):
    small: str
    large: str
    usual: str


class Explained(NamedTuple):
    note: FieldNote
    words: Words

    @property
    def anchor(self) -> str:
        """Of its place on the page: gamma, trainer-momentum, layers-units."""
        return self.note.name.replace("[]", "").replace(".", "-")


class Chapter(NamedTuple):
    title: str
    fields: tuple[Explained, ...]


@cache
def chapters() -> tuple[Chapter, ...]:
    """Every setting once, in the order of the submit form."""
    view, *others = [
        Chapter(group.title, tuple(_explained(it.name) for it in group.fields))
        for group in groups()
    ]
    layers = [name for name in notes() if name.startswith("layers[]")]
    return (
        view,
        Chapter("Its network", tuple(map(_explained, layers))),
        *others,
        Chapter("Finer points", tuple(_explained(it.name) for it in finer())),
    )


def _explained(name: str) -> Explained:
    return Explained(notes()[name], WORDS[name])


WORDS = {
    "lanes_side": Words(
        "At 0 it sees its own lane alone, and changes to lanes it knows nothing of.",
        "Lanes beyond the road's edge read 0: more weights, no news. From the middle lane 3 are "
        "the whole road.",
        "1 to 3",
    ),
    "patches_ahead": Words(
        "It sees a slow car when it is too late: at full throttle a turn needs 6 free rows ahead.",
        "Every row is more to learn. Your own car sees no road beyond 52 rows; it reads 0 there.",
        "10 to 50",
    ),
    "patches_behind": Words(
        "At 0 it does not see who drives beside it, nor why a turn did nothing.",
        "Who is far behind hardly matters, and beyond 18 rows there is no road.",
        "0 to 12; the first 4 rows show the car itself and what is beside it",
    ),
    "temporal_window": Words(
        "At 0 it sees this moment alone. A car's speed is in its cells already, so that is enough "
        "for much.",
        "Each decision more adds a whole observation and 5 numbers for the action: a window of 10 "
        "has more than 11 times the inputs.",
        "0 or 1",
    ),
    "other_agents": Words(
        "At 0 it drives alone among cars that never learn.",
        "Up to 10 others drive by the same network and all of them are scored. Much of the slow "
        "traffic is gone then: a scripted driver gets from about 69 to about 76 mph. Driving costs "
        "more.",
        "0",
    ),
    "layers[].type": Words("There is one kind.", "There is one kind.", "fc"),
    "layers[].units": Words(
        "It cannot tell situations apart. Of a hundred trainings of one relu that sees one cell, "
        "89 learned no more than to go with the traffic.",
        "More weights want more experience, and cost more.",
        "10 to 64, in one or two layers",
    ),
    "layers[].activation": Words(
        "linear: layers of it can say no more than no hidden layer at all.",
        "tanh and sigmoid go flat for large sums, where learning is slow; maxout hands on half as "
        "many numbers as it has units.",
        "relu",
    ),
    "training_iterations": Words(
        "It is graded while most of what it did was still random.",
        "The cost grows in proportion, the gain less and less.",
        "30,000 to 300,000",
    ),
    "gamma": Words(
        "At 0 only the next 30 frames count: it goes nowhere for the sake of later.",
        "Near 1 a worth sums up very many decisions, so it is large and uncertain. At 1 it has no "
        "bound, for a road does not end.",
        "0.5 to 0.95",
    ),
    "trainer.method": Words(
        "sgd takes the gradient as it is: the learning rate must fit.",
        "adam gives every weight a step of its own and forgives a rate that does not quite fit; "
        "nesterov is sgd with a momentum that looks ahead.",
        "sgd or adam",
    ),
    "trainer.learning_rate": Words(
        "When the training ends it has hardly begun to learn.",
        "Each step overshoots. The weights may grow without end; then the training is stopped and "
        "there is no score.",
        "0.001 for sgd, less with momentum; 0.0001 to 0.0005 for adam",
    ),
    "trainer.momentum": Words(
        "At 0 each step forgets the one before.",
        "At 0.9 steps add up to ten times their size, at 0.99 to a hundred times: lower the "
        "learning rate as much.",
        "0 or 0.9",
    ),
    "trainer.batch_size": Words(
        "Each step follows a few experiences, and their luck.",
        "Steadier steps, at a cost in proportion.",
        "64",
    ),
    "replay_size": Words(
        "All that it remembers is of the last stretch of road, and much alike.",
        "Long after it drives better it still learns from its first, clumsy drives.",
        "3,000 to 20,000",
    ),
    "start_learn_threshold": Words(
        "The first steps follow a handful of experiences that are much alike.",
        "Decisions go by without learning. It must be below the replay size.",
        "500 to 2,000",
    ),
    "learning_steps_burnin": Words(
        "At 0 it relies on itself from the first decision on, a little.",
        "Decisions are spent at random that could have tried what was learned.",
        "1,000 to 2,000",
    ),
    "learning_steps_total": Words(
        "It stops trying before it knows what is good, and stays with what it found first.",
        "Beyond the iterations of the training epsilon never gets down to its least.",
        "a third to two thirds of the training iterations",
    ),
    "epsilon_min": Words(
        "At 0 it tries nothing new in the end.",
        "Then it seldom sees where its own good driving leads.",
        "0 to 0.05",
    ),
    "epsilon_test_time": Words(
        "At 0 it drives by what it has learned alone.",
        "That share of its graded decisions is random: as a rule it is slower.",
        "0",
    ),
    "trainer.l2_decay": Words(
        "At 0 nothing holds large weights back.",
        "Weights are kept so small that worths come out too near 0.",
        "0 to 0.01",
    ),
    "trainer.l1_decay": Words(
        "At 0 there is none.",
        "Weights that matter little become 0, then those that matter too.",
        "0",
    ),
    "trainer.clip_gradient": Words(
        "Small, but not 0: every step is cut, and learning takes long. At 0 none is.",
        "Hardly any gradient is so long: as if there were no clipping.",
        "0; try 10 where a training diverges",
    ),
    "trainer.beta1": Words(
        "Each step follows the newest batch.",
        "Steps go on in a direction that has long been wrong.",
        "0.9",
    ),
    "trainer.beta2": Words(
        "The size of steps jumps about with every batch.",
        "The size of steps is slow to follow what changes.",
        "0.999",
    ),
    "huber_delta": Words(
        "Small, but not 0: nearly all errors pull alike, however large. At 0 all are squared.",
        "Nearly all errors are squared, as at 0.",
        "0; elsewhere often 1",
    ),
    "target_update_interval": Words(
        "At 0 the target moves with every step, as the network itself does. A few steps are little "
        "better.",
        "It learns for long from a network that knew less.",
        "0, or 500 to 1,000",
    ),
    "double_q": Words(
        "false: the greatest of five uncertain worths is chosen, so it tends to be too great.",
        "true: one network chooses and the other judges; it needs a target network.",
        "true with a large gamma, else false",
    ),
}
