"""Parts a submission file: the JavaScript that a participant wrote, and the weights behind it.

The page put them behind a line of its own. Whoever loaded such a file and saved it again has two
sets of weights or more in it: in the original the last one counted, and so it does here.
"""

import codecs
import re
from typing import Final, NamedTuple

from grader.errors import ConfigError, Problem
from grader.netjs.brain_json import place_in
from grader.netjs.weights import Layer, read_weights

MARKER: Final = "/*###########*/"
MAX_TOLD: Final = 10
"""Most earlier sets of weights that are told of [1]; of more, the last."""
_MARK = re.compile(r"^[^\S\n]*+/\*#{4,}+\*/[^\S\n]*+$", re.MULTILINE)
# at the beginning of a line: a text within the code may hold the same words; nothing is given back
# (*+), so that no file makes the search long
_BLOCK = re.compile(
    r"^[^\S\n]*+(?:/\*#{4,}+\*/\s*+)?+(?:if\s*+\(\s*+brain\s*+\)\s*+(\{\s*+)?+)?+"
    r"brain\s*+\.\s*+value_net\s*+\.\s*+fromJSON\s*+\(\s*+(?=[{\[\d\"'])",
    re.MULTILINE,
)
_NUMBERS = re.compile(r"[\s\w\"'{}\[\]:,.+-]*+")
"""What weights are made of, and no code that does anything."""
_END = (re.compile(r"\)[^\S\n]*+;?+"), re.compile(r"\)\s*+;?+\s*+\}"))
_AFTER = re.compile(r"(?:\s|[);}]|//[^\n]*|/\*.*?\*/)*+", re.DOTALL)


class Parts(NamedTuple):
    """What a file holds.

    Attributes:
        code: The JavaScript; lines are where they were in the file.
        weights: The layers of the trained network; None if there are none.
        place: Line and column where the weights begin, from 1.
        replaced: Lines of weights that later ones took the place of.
    """

    code: str
    weights: list[Layer] | None
    place: tuple[int, int]
    replaced: tuple[int, ...]


def decoded(data: bytes | str) -> str:
    """The file as text, in UTF-8 or what old editors called Unicode, with plain line ends."""
    if isinstance(data, bytes):
        wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        data = data.decode("utf-16" if wide else "utf-8", "replace")
    return data.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def without_weights(text: str) -> str:
    """What a participant wrote, without the weights behind it."""
    blocks = list(_BLOCK.finditer(text))
    mark = None if blocks else last_mark(text)
    if mark:
        return text[: mark.start()]
    return _code(text, blocks)[0] if blocks else text


def last_mark(text: str) -> re.Match[str] | None:
    """The last line that the page put between code and weights."""
    last = None
    for last in _MARK.finditer(text):  # noqa: B007 - only the last is wanted
        pass
    return last


def parts_of(text: str) -> Parts:
    """Takes a file apart.

    Raises:
        ConfigError: There is something else behind the code than weights, or they can't be read.
    """
    blocks = list(_BLOCK.finditer(text))
    mark = last_mark(text)
    if mark and text[mark.end() :].strip() and not (blocks and blocks[-1].end() > mark.end()):
        message = "behind this line there must be brain.value_net.fromJSON({...})"
        raise ConfigError(Problem("", message, *place_in(text, mark.start())))
    if not blocks:
        return Parts(text[: mark.start()] if mark else text, None, (0, 0), ())
    layers, end = read_weights(text, blocks[-1].end())
    found = _AFTER.match(text, end)
    reached = found.end() if found else end
    if reached < len(text):
        message = "there must be nothing but the weights here"
        raise ConfigError(Problem("", message, *place_in(text, reached)))
    code, replaced = _code(text, blocks)
    return Parts(code, layers, place_in(text, blocks[-1].end()), replaced)


def _code(text: str, blocks: list[re.Match[str]]) -> tuple[str, tuple[int, ...]]:
    """The code before the last weights, with empty lines where earlier ones stood."""
    pieces: list[str] = []
    replaced: list[int] = []
    start, line = 0, 1
    for block in blocks[:-1]:
        body = _NUMBERS.match(text, block.end()) if block.start() >= start else None
        end = _END[block[1] is not None].match(text, body.end()) if body else None
        if end is None:
            continue  # something else than weights, which is looked at like any code
        pieces += [text[start : block.start()], "\n" * text.count("\n", block.start(), end.end())]
        replaced.append(line + text.count("\n", start, block.end()))
        line += text.count("\n", start, end.end())
        start = end.end()
    pieces.append(text[start : blocks[-1].start()])
    return "".join(pieces), tuple(replaced[-MAX_TOLD:])
