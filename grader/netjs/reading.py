"""The way in for the original's files: bytes become a configuration, and weights if it has them."""

from typing import Any, Final, NamedTuple

from grader.config import check
from grader.errors import ConfigError, Problem
from grader.netjs.beyond import without_lanes_beyond
from grader.netjs.blocks import MARKER, decoded, parts_of
from grader.netjs.learn import Learn
from grader.netjs.meaning import meaning_of
from grader.netjs.notes import Meaning
from grader.netjs.objects import Function
from grader.netjs.program import Program
from grader.netjs.syntax import refuse, tree_of
from grader.netjs.weights import Layer
from grader.pretrained import Pretrained
from grader.schema import NetworkConfig

MAX_BYTES: Final = 16 * 1024 * 1024
"""Largest file looked at [bytes]; half a million weights."""
MAX_CODE: Final = 64 * 1024
"""Longest JavaScript looked at [characters]; a real one has about two thousand."""
MAX_LINES: Final = 1024 * 1024
"""The same with line ends [characters]; of weights that were spread out, many lines are left."""
_DRIVING: Final = frozenset(
    {"lanes_side", "patches_ahead", "patches_behind", "temporal_window", "other_agents", "layers",
     "epsilon_test_time"}
)  # fmt: skip
"""Fields that a trained network needs as well."""


class Imported(NamedTuple):
    """What a submission file of the original holds.

    Attributes:
        config: Its configuration.
        network: The trained network, if the file has weights.
        notes: What was given another meaning or none, in the order of the file.
    """

    config: NetworkConfig
    network: Pretrained | None
    notes: tuple[Problem, ...]


def is_netjs(name: str, start: bytes) -> bool:
    """Whether a file is one of the original's, by its name or what it begins with."""
    return name.lower().endswith(".js") or b"deepqlearn" in start[:MAX_CODE]


def read(data: bytes | str, *, driven: bool = False) -> Imported:
    """Reads a ``net.js``; none of it is run.

    Args:
        data: The file.
        driven: Whether its network is only driven although the weights are elsewhere.

    Raises:
        ConfigError: It cannot be understood; says what, with line and column.
    """
    if len(data) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 1024**2} MB"
        raise ConfigError(Problem("", message))
    code, weights, place, replaced = parts_of(decoded(data))
    # where earlier weights stood, there are empty lines
    if len(code) - code.count("\n") > MAX_CODE or len(code) > MAX_LINES:
        message = f"the JavaScript is longer than {MAX_CODE // 1024} kB; are the weights behind"
        raise ConfigError(Problem("", f"{message} the line {MARKER} ?"))
    if not code.strip():
        raise ConfigError(Problem("", "there is no JavaScript in the file", 1, 1))
    try:
        program = Program(tree_of(code))
        meaning = meaning_of(program)
        _check_learn(program, meaning, trained=driven or weights is not None)
    except RecursionError:
        raise ConfigError(Problem("", "the JavaScript is nested too deep", 1, 1)) from None
    if weights is None:
        alone = _check_for_driving(meaning) if driven else check(meaning.document)
        return Imported(alone, None, _sorted(meaning))
    for before in replaced:
        message = f"these weights are replaced by those in line {place[0]:,}, as they were then"
        meaning.notes.append(Problem("", message, before))
    weights = without_lanes_beyond(meaning, weights)
    config = _check_for_driving(meaning)
    network = Pretrained(
        config,
        tuple(layer.matrix for layer in weights),
        tuple(layer.factor for layer in weights[:-1]),
    )
    _agree(config, weights, place)
    return Imported(config, network.checked(), _sorted(meaning))


def _check_learn(program: Program, meaning: Meaning, *, trained: bool) -> None:
    learn = program.values.get("learn")
    if not isinstance(learn, Function):
        where = program.places.get("learn", program.root)
        refuse(where, "there is no learn = function (state, lastReward) { ... }")
    if not Learn(learn, program).learns and not trained:
        message = "learn never calls brain.backward(lastReward): in the original nothing was"
        meaning.note(learn.node, f"{message} learned; here it is")


def _check_for_driving(meaning: Meaning) -> NetworkConfig:
    """The configuration of a trained network: what it was trained with need not be possible."""
    document = meaning.document
    try:
        return check(document)
    except ConfigError as error:
        names = {problem.field.split("[")[0] for problem in error.problems}
        if {name.split(".")[0] for name in names} & _DRIVING:
            driving = [p for p in error.problems if p.field.split("[")[0] in _DRIVING]
            raise ConfigError(*driving) from None
        for problem in error.problems:
            message = f"{problem}; a trained network does not need it"
            meaning.notes.append(Problem("", message, problem.line, problem.column))
    document.value = {name: document.value[name] for name in document.value if name in _DRIVING}
    return check(document)


def _agree(config: NetworkConfig, weights: list[Layer], place: tuple[int, int]) -> None:
    """Refuses weights of another network than the one described.

    Raises:
        ConfigError: Says which layer differs.
    """
    # the page saved the editor's text with the weights of the code that was last applied
    hint = "were other code's weights saved? Without them the file is trained"
    kinds = [layer.activation for layer in config.layers] + ["linear"]
    if len(weights) != len(kinds):
        message = f"there are {len(weights)} layers with weights, but layer_defs make {len(kinds)}"
        raise ConfigError(Problem("weights.layers", f"{message}; {hint}", *place))
    for index, (layer, (inputs, units), kind) in enumerate(
        zip(weights, config.shapes, kinds, strict=True)
    ):
        found = (layer.matrix.shape[0] - 1, layer.matrix.shape[1], layer.activation)
        if found != (inputs, units, kind):
            message = (
                f"layer {index + 1} with weights has {found[0]:,} inputs and {found[1]:,} units "
                f"({found[2]}), but layer_defs make {inputs:,} and {units:,} ({kind}); {hint}"
            )
            raise ConfigError(Problem("weights.layers", message, *place))


def _sorted(meaning: Meaning) -> tuple[Problem, ...]:
    def where(note: Problem) -> tuple[Any, ...]:
        return (note.line or 0, note.column or 0, note.message)

    return tuple(sorted(meaning.notes, key=where))
