"""The way in for the original's files: bytes become a configuration, and weights if it has them."""

import re
from typing import Any, Final, NamedTuple

from grader.config import check
from grader.errors import ConfigError, Problem
from grader.netjs.learn import Learn
from grader.netjs.meaning import Meaning, meaning_of
from grader.netjs.objects import Function
from grader.netjs.program import Program
from grader.netjs.syntax import refuse, tree_of
from grader.netjs.weights import Layer, read_weights
from grader.pretrained import Pretrained
from grader.schema import NetworkConfig

MAX_BYTES: Final = 16 * 1024 * 1024
"""Largest file looked at [bytes]; half a million weights."""
MAX_CODE: Final = 64 * 1024
"""Longest JavaScript looked at [characters]; a real one has about two thousand."""
MARKER: Final = "/*###########*/"
_MARK = re.compile(r"^[^\S\n]*+/\*#{4,}+\*/[^\S\n]*+$", re.MULTILINE)
# at the beginning of a line: a text within the code may hold the same words; nothing is given back
# (*+), so that no file makes the search long
_CALL = re.compile(
    r"^[^\S\n]*+(?:if\s*+\(\s*+brain\s*+\)\s*+(?:\{\s*+)?)?+"
    r"brain\s*+\.\s*+value_net\s*+\.\s*+fromJSON\s*+\(\s*+(?=[{\[\d\"])",
    re.MULTILINE,
)
_BEFORE = re.compile(r"\s*+(?:if\s*+\(\s*+brain\s*+\)\s*+(?:\{\s*+)?)?+")
_AFTER = re.compile(r"(?:\s|[);}]|//[^\n]*|/\*.*?\*/)*+", re.DOTALL)
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
    text = data if isinstance(data, str) else data.decode("utf-8", "replace")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    code, weights = split(text)
    if len(code) > MAX_CODE:
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
    config = _check_for_driving(meaning)
    network = Pretrained(
        config,
        tuple(layer.matrix for layer in weights),
        tuple(layer.factor for layer in weights[:-1]),
    )
    _agree(config, weights)
    return Imported(config, network.checked(), _sorted(meaning))


def without_weights(text: str) -> str:
    """What a participant wrote, without the weights behind it."""
    mark = last_mark(text)
    call = _CALL.search(text, mark.end() if mark else 0)
    found = mark or call
    return text[: found.start()] if found else text


def last_mark(text: str) -> re.Match[str] | None:
    """The last line that the page put between code and weights."""
    last = None
    for last in _MARK.finditer(text):  # noqa: B007 - only the last is wanted
        pass
    return last


def split(text: str) -> tuple[str, list[Layer] | None]:
    """The JavaScript that a participant wrote, and the weights behind it."""
    mark = last_mark(text)
    call = _CALL.search(text, mark.end() if mark else 0)
    if call is None:
        if mark and text[mark.end() :].strip():
            line = text.count("\n", 0, mark.start()) + 1
            message = "behind this line there must be brain.value_net.fromJSON({...})"
            raise ConfigError(Problem("", message, line, 1))
        return (text[: mark.start()] if mark else text), None
    end_of_code = mark.start() if mark else call.start()
    _only(_BEFORE, text, mark.end() if mark else call.start(), call.start())
    layers, end = read_weights(text, call.end())
    _only(_AFTER, text, end, len(text))
    return text[:end_of_code], layers


def _only(pattern: re.Pattern[str], text: str, start: int, end: int) -> None:
    found = pattern.match(text, start, end)
    reached = found.end() if found else start
    if reached < end:
        line, column = text.count("\n", 0, reached) + 1, reached - text.rfind("\n", 0, reached)
        message = "there must be nothing but the weights here"
        raise ConfigError(Problem("", message, line, column))


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


def _agree(config: NetworkConfig, weights: list[Layer]) -> None:
    """Refuses weights of another network than the one described.

    Raises:
        ConfigError: Says which layer differs.
    """
    kinds = [layer.activation for layer in config.layers] + ["linear"]
    if len(weights) != len(kinds):
        message = f"there are {len(weights)} layers with weights, but layer_defs make {len(kinds)}"
        raise ConfigError(Problem("weights.layers", message))
    for index, (layer, (inputs, units), kind) in enumerate(
        zip(weights, config.shapes, kinds, strict=True)
    ):
        found = (layer.matrix.shape[0] - 1, layer.matrix.shape[1], layer.activation)
        if found != (inputs, units, kind):
            message = (
                f"layer {index + 1} with weights has {found[0]:,} inputs and {found[1]:,} units "
                f"({found[2]}), but layer_defs make {inputs:,} and {units:,} ({kind})"
            )
            raise ConfigError(Problem("weights.layers", message))


def _sorted(meaning: Meaning) -> tuple[Problem, ...]:
    def where(note: Problem) -> tuple[Any, ...]:
        return (note.line or 0, note.column or 0, note.message)

    return tuple(sorted(meaning.notes, key=where))
