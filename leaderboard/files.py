"""Files that participants choose: read within bounds, and shown as text where they are text."""

from typing import TYPE_CHECKING, NamedTuple

from grader import netjs, weights
from grader.document import MAX_BYTES

if TYPE_CHECKING:
    from django.core.files import File

LONGEST_NAME = 200
"""Of a file [characters]; of a longer one the end is kept."""


class Chosen(NamedTuple):
    """A file's name and its bytes, one more than allowed at most."""

    name: str
    content: bytes

    @property
    def is_netjs(self) -> bool:
        return netjs.is_netjs(self.name, self.content)

    @property
    def text(self) -> str:
        """For the editor. Weights are no text that anybody edits; too much for it besides."""
        return netjs.without_weights(self._whole) if self.is_netjs else self._whole

    @property
    def has_weights(self) -> bool:
        """Whether it is a net.js with more than code."""
        return self.is_netjs and self.text != self._whole

    @property
    def _whole(self) -> str:
        return netjs.decoded(self.content)


def chosen(file: "File[bytes]") -> Chosen:
    limit = longest(file)
    file.seek(0)
    content: bytes = file.read(limit + 1)
    return Chosen((file.name or "")[-LONGEST_NAME:], content)


def longest(file: "File[bytes]") -> int:
    """Most bytes that a file may have where a configuration is wanted."""
    file.seek(0)
    script = netjs.is_netjs(file.name or "", file.read(MAX_BYTES))
    return netjs.MAX_BYTES if script else MAX_BYTES


def chosen_weights(file: "File[bytes]") -> Chosen:
    file.seek(0)
    content: bytes = file.read(weights.MAX_BYTES + 1)
    return Chosen((file.name or "")[-LONGEST_NAME:], content)


def lines(text: str) -> str:
    """Browsers send text areas with the line ends of the net."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1_000_000 else f"{count / 1000:.0f} kB"  # noqa: PLR2004
