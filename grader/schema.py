"""The shape of a network configuration: every field with its unit, default and bounds."""

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

NUM_ACTIONS = 5
"""Nothing, accelerate, decelerate, left, right [1] (rules.md, Actions)."""
MAX_PARAMETERS = 2_000_000
"""Most weights and biases of a network [1]."""


Real = Annotated[float, AfterValidator(lambda value: value + 0.0)]
"""A number whose zero has no sign: -0.0 would be another text with another hash."""


class Part(BaseModel):
    """What all parts of a configuration have in common: frozen, complete, strictly typed.

    A whole number must be written as one: 3, not 3.0, "3" or true.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


class Layer(Part):
    """One hidden layer."""

    type: Literal["fc"] = Field(default="fc", title="Layer type")
    """Fully connected: every unit sees every unit of the layer before."""
    units: int = Field(ge=1, le=1024, title="Units")
    """Neurons in this layer."""
    activation: Literal["relu", "tanh", "sigmoid", "linear", "maxout"] = Field(
        default="relu", title="Activation"
    )
    """What each neuron does with its sum; maxout takes two together, the greater one counts."""

    @property
    def width(self) -> int:
        """Numbers that the layer hands on [1]."""
        return self.units // 2 if self.activation == "maxout" else self.units


class Trainer(Part):
    """How the weights follow the gradient."""

    method: Literal["sgd", "nesterov", "adam"] = Field(default="sgd", title="Method")
    """sgd: by the gradient; nesterov: looking ahead; adam: each weight by a step of its own."""
    learning_rate: Real = Field(default=0.001, ge=1e-8, le=10, title="Learning rate")
    """Size of a step along the gradient. Too large and the training diverges."""
    momentum: Real = Field(default=0, ge=0, le=0.999, title="Momentum")
    """Share of the last step that the next one keeps; sgd and nesterov only."""
    beta1: Real = Field(default=0.9, ge=0, le=0.9999, title="Adam: beta1")
    """Share that the running mean of the gradient keeps at each step; adam only."""
    beta2: Real = Field(default=0.999, ge=0, le=0.999999, title="Adam: beta2")
    """Share that the running mean of the squared gradient keeps at each step; adam only."""
    batch_size: int = Field(default=64, ge=1, le=1024, title="Batch size")
    """Experiences learned from at each decision."""
    l1_decay: Real = Field(default=0, ge=0, le=10, title="L1 decay")
    """Pull of every weight toward 0 by a constant; divided by the batch size, biases exempt."""
    l2_decay: Real = Field(default=0.01, ge=0, le=10, title="L2 decay")
    """Pull of every weight toward 0 in proportion; divided by the batch size, biases exempt."""
    clip_gradient: Real = Field(default=0, ge=0, le=1000, title="Gradient clipping")
    """Greatest length of the batch's mean gradient, without decay; longer ones are cut; 0: none."""


class NetworkConfig(Part):
    """What a participant submits: what the car sees, its network, and how that is trained.

    The defaults are those of ``network_basic``, the example that the original course began with.
    """

    lanes_side: int = Field(default=1, ge=0, le=6, title="Lanes to each side")
    """Lanes the car sees left and right of its own; outside the road it sees 0."""
    patches_ahead: int = Field(default=10, ge=1, le=70, title="Rows ahead")
    """Rows the car sees ahead, 10 px each; the car itself is 3.4 rows long."""
    patches_behind: int = Field(default=0, ge=0, le=70, title="Rows behind")
    """Rows the car sees from its own front bumper backward, 10 px each."""
    temporal_window: int = Field(default=0, ge=0, le=10, title="Temporal window")
    """Earlier decisions, each with what was seen and done, that the network also gets."""
    other_agents: int = Field(default=0, ge=0, le=10, title="Other agents")
    """Further cars that the same network drives; the score is the average over all of them."""
    layers: Annotated[tuple[Layer, ...], Field(strict=False)] = Field(
        default=(Layer(units=10),), max_length=8, title="Hidden layers"
    )
    """From the view to the output; the output layer of 5 linear units is implied."""
    trainer: Trainer = Field(default=Trainer(), title="Trainer")
    """How the weights follow the gradient."""
    training_iterations: int = Field(
        default=30_000, ge=1, le=5_000_000, title="Training iterations"
    )
    """Decisions driven in training, 30 frames each; each brings at most one update."""
    gamma: Real = Field(default=0.5, ge=0, le=1, title="Gamma")
    """Worth of a reward one decision later."""
    replay_size: int = Field(default=3_000, ge=1, le=100_000, title="Replay size")
    """Experiences remembered; once full, a new one takes the place of any one."""
    start_learn_threshold: int = Field(default=500, ge=0, le=100_000, title="Learning starts at")
    """Updates begin once more experiences than this are remembered."""
    learning_steps_total: int = Field(
        default=10_000, ge=1, le=10_000_000, title="Exploration ends at"
    )
    """Decision from which on epsilon is at its minimum."""
    learning_steps_burnin: int = Field(
        default=1_000, ge=0, le=10_000_000, title="Exploration falls from"
    )
    """Decisions made purely at random at first; epsilon falls from 1 in a line from there."""
    epsilon_min: Real = Field(default=0, ge=0, le=1, title="Least epsilon")
    """Share of random decisions at the end of training."""
    epsilon_test_time: Real = Field(default=0, ge=0, le=1, title="Epsilon when graded")
    """Share of random decisions in the graded runs."""
    target_update_interval: int = Field(
        default=0, ge=0, le=1_000_000, title="Target network interval"
    )
    """Updates between copies of the weights into a target network; 0: no target network."""
    double_q: bool = Field(default=False, title="Double Q-learning")
    """The network chooses the next action, the target network says what it is worth."""
    huber_delta: Real = Field(default=0, ge=0, le=1000, title="Huber loss from")
    """Errors beyond it count in proportion, no longer squared; 0: all are squared."""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "NetworkConfig":
        if found := self.contradictions():
            raise ValueError("; ".join(f"{fields[0]}: {message}" for fields, message in found))
        return self

    def contradictions(self) -> list[tuple[tuple[str, ...], str]]:
        """Bounds that no field can meet alone: the fields of each, the one to mend first."""
        found: list[tuple[tuple[str, ...], str]] = []
        trainer = self.trainer
        if self.parameters > MAX_PARAMETERS:
            seen = ("layers", "lanes_side", "patches_ahead", "patches_behind", "temporal_window")
            message = f"the network may have at most {MAX_PARAMETERS:,} weights and biases"
            found.append((seen, f"{message}, not {self.parameters:,}"))
        if self.start_learn_threshold >= self.replay_size:
            message = f"must be less than replay_size, {self.replay_size}, or learning never begins"
            found.append(
                (
                    ("start_learn_threshold", "replay_size"),
                    f"{message}, not {self.start_learn_threshold}",
                )
            )
        if self.learning_steps_burnin >= self.learning_steps_total:
            message = f"must be less than learning_steps_total, {self.learning_steps_total}"
            fields = ("learning_steps_burnin", "learning_steps_total")
            found.append((fields, f"{message}, not {self.learning_steps_burnin}"))
        if trainer.method == "adam" and trainer.momentum:
            message = f"has no meaning for adam: leave it out or at 0, not {trainer.momentum:g}"
            found.append((("trainer.momentum", "trainer.method"), message))
        if trainer.method == "nesterov" and not trainer.momentum:
            message = "must be more than 0 for nesterov, which looks ahead by it"
            found.append((("trainer.momentum", "trainer.method"), message))
        for index, layer in enumerate(self.layers):
            if not layer.width:
                message = "must be at least 2 under maxout, which takes two together, not 1"
                found.append(((f"layers[{index}].units", "layers"), message))
        if self.double_q and not self.target_update_interval:
            message = "needs a target network: set target_update_interval, say to 1000"
            found.append((("double_q", "target_update_interval"), message))
        return found

    @property
    def rows(self) -> int:
        """Rows of the view [1]."""
        return self.patches_ahead + self.patches_behind

    @property
    def width(self) -> int:
        """Lanes of the view [1]."""
        return 2 * self.lanes_side + 1

    @property
    def num_states(self) -> int:
        """Cells of one observation [1]."""
        return self.width * self.rows

    @property
    def num_inputs(self) -> int:
        """Numbers that the network gets: this observation and the window's [1]."""
        return self.num_states + self.temporal_window * (self.num_states + NUM_ACTIONS)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units from the input to the output [1], as (30, 10, 5)."""
        return (self.num_inputs, *(layer.units for layer in self.layers), NUM_ACTIONS)

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """Inputs and units of each layer with weights [1], as ((30, 10), (10, 5))."""
        inputs = (self.num_inputs, *(layer.width for layer in self.layers))
        return tuple(zip(inputs, self.sizes[1:], strict=True))

    @property
    def parameters(self) -> int:
        """Weights and biases [1]."""
        return sum((inputs + 1) * units for inputs, units in self.shapes)

    @property
    def phrase(self) -> str:
        """The network in a few words: view, hidden layers, iterations."""
        return f"{self.outline} \N{MIDDLE DOT} {short(self.training_iterations)}"

    @property
    def outline(self) -> str:
        """What is driven, in a few words: view and hidden layers."""
        dot, times = "\N{MIDDLE DOT}", "\N{MULTIPLICATION SIGN}"
        named = [
            # an activation is said once, after the last of the layers that share it
            f"{layer.units}" if same else f"{layer.units} {layer.activation}"
            for layer, same in zip(self.layers, self._repeats, strict=True)
        ]
        layers = dot.join(named) or "no hidden layer"
        return f"{self.width} {times} {self.rows} view {dot} {layers}"

    @property
    def _repeats(self) -> list[bool]:
        """For each layer, whether the next has the same activation."""
        kinds = [layer.activation for layer in self.layers]
        return [kinds[index + 1 : index + 2] == [kind] for index, kind in enumerate(kinds)]

    def changes(self) -> dict[str, Any]:
        """The fields that differ from their default, as plain values."""
        return self.model_dump(exclude_defaults=True)

    def canonical(self) -> str:
        """One text for one meaning: sorted JSON without the fields equal to their default.

        So neither the order nor the spelling of a number, nor a field that a later version adds,
        changes the hash of a configuration.
        """
        return json.dumps(self.changes(), sort_keys=True, separators=(",", ":"))

    @property
    def config_hash(self) -> str:
        """SHA-256 of the canonical text, 64 hexadecimal digits."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


def short(count: int) -> str:
    """A count as people say it: 30k, 1.5M, 1234."""
    for unit, name in ((1_000_000, "M"), (1_000, "k")):
        if count >= unit and count % (unit // 10) == 0:
            return f"{count / unit:g}{name}"
    return str(count)
