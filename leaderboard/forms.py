"""The form of a submission: a configuration, pasted or uploaded, checked by the grader's rules."""

import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms

from grader import netjs
from grader.document import MAX_BYTES
from grader.entry import Entry, parse
from grader.errors import ConfigError, Problem
from leaderboard.listing import Line, listing

if TYPE_CHECKING:
    from django.core.files import File

    from grader.config import NetworkConfig

# characters that turn or hide the text around them
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class PlainTextField(forms.CharField):
    """Text that people read: nothing in it may turn, hide or end what stands around it."""

    def __init__(self, *, lines: bool = False, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.allowed = "\n\t" if lines else ""

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value) or "").replace("\r\n", "\n")
        # what nobody can see is no title: a link made of it could not be found
        return text if any(unicodedata.category(it)[0] not in "CZ" for it in text) else ""

    def run_validators(self, value: str) -> None:
        for place, character in enumerate(value, start=1):
            refused = unicodedata.category(character) in {"Cc", "Cs"}
            if (refused and character not in self.allowed) or character in _BIDI:
                name = unicodedata.name(character, f"U+{ord(character):04X}")
                raise forms.ValidationError(
                    f"The character at place {place} ({name}) cannot be seen or turns the text "
                    "around it. Leave it out.",
                    code="invisible",
                )
        super().run_validators(value)


class SourceField(forms.CharField):
    """The text to the letter; what may stand in it is for the parser to say, with the line."""

    def __init__(self) -> None:
        super().__init__(required=False, strip=False)
        self.validators = []


class SubmitForm(forms.Form):
    source = SourceField()
    file = forms.FileField(required=False, allow_empty_file=True)
    title = PlainTextField(max_length=80)
    note = PlainTextField(max_length=2000, lines=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.config: NetworkConfig | None = None
        self.notes: tuple[Problem, ...] = ()
        self.problems: tuple[Problem, ...] = ()
        self.text = typed_text(self.data, self.files) if self.is_bound else self["source"].value()
        self.replaced = ""
        if self.is_bound and self.files.get("file"):
            typed = _lines(str(self.data.get("source", "")))
            self.replaced = typed if typed.strip() != self.text.strip() else ""

    def clean_file(self) -> "File[bytes] | None":
        file: File[bytes] | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > _longest(file):
            raise forms.ValidationError(
                f"The file has {_size(file.size or 0)}; a configuration has at most "
                f"{MAX_BYTES // 1024} kB.",
                code="too_large",
            )
        return file

    def clean(self) -> dict[str, Any]:
        if "file" not in self.errors:
            file = self.files.get("file")
            try:
                entry = (
                    parse(*_named(file))
                    if file
                    else parse(self.text.encode("utf-8", "surrogatepass"))
                )
                self.config, self.notes = entry.config, _notes(entry)
            except ConfigError as error:
                self.refuse(*error.problems)
        return self.cleaned_data

    def refuse(self, *problems: Problem) -> None:
        """Note why it is not accepted; each stands at the top and beside its line."""
        self.problems += problems
        self.add_error("source", [str(problem) for problem in problems])

    @property
    def listing(self) -> list[Line]:
        """The text with what is wrong in its lines."""
        return listing(self.text, self.problems)


def typed_text(data: Mapping[str, Any], files: Mapping[str, Any]) -> str:
    """What belongs into the editor: the file's text where one was chosen, else what was typed."""
    file = files.get("file")
    if file and (file.size or 0) <= _longest(file):
        content, name = _named(file)
        text = _lines(content.decode("utf-8", errors="replace").removeprefix("\ufeff"))
        # weights are no text that anybody edits; too much for an editor besides
        return netjs.without_weights(text) if netjs.is_netjs(name, content) else text
    return _lines(str(data.get("source", "")))


def _notes(entry: Entry) -> tuple[Problem, ...]:
    if entry.network is None:
        return entry.notes
    message = (
        "the file has trained weights; every network is trained here, so they are left out "
        "(python -m grader drives it with them)"
    )
    return (Problem("", message), *entry.notes)


def _longest(file: "File[bytes]") -> int:
    """Most bytes that such a file may have."""
    file.seek(0)
    script = netjs.is_netjs(file.name or "", file.read(MAX_BYTES))
    return netjs.MAX_BYTES if script else MAX_BYTES


def _named(file: "File[bytes]") -> tuple[bytes, str]:
    """A file's bytes, one more than allowed at most, and its name."""
    longest = _longest(file)
    file.seek(0)
    content: bytes = file.read(longest + 1)
    return content, file.name or ""


def _lines(text: str) -> str:
    """Browsers send text areas with the line ends of the net."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1_000_000 else f"{count / 1000:.0f} kB"  # noqa: PLR2004
