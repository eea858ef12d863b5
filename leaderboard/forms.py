"""The form of a submission: what is pasted or uploaded, checked by the grader's rules."""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django import forms

from grader import network_file, weights
from grader.document import MAX_BYTES
from grader.entry import Entry, parse
from grader.errors import ConfigError, Problem
from leaderboard import config_text
from leaderboard.files import Chosen, chosen, chosen_weights, lines, longest, size
from leaderboard.listing import Line, listing
from leaderboard.models import Board, Competition, Upload
from leaderboard.submitting import Brought

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


class Way(StrEnum):
    """How a configuration is written; all of them are one."""

    FORM = "form"
    TEXT = "text"
    FILE = "file"

    @classmethod
    def named(cls, name: Any) -> "Way | None":
        return cls(name) if name in set(cls) else None


def typed_text(data: Mapping[str, Any], files: Mapping[str, Any]) -> str:
    """The configuration as a text: a chosen file's, the form's, or what was typed as one."""
    file = files.get("file")
    if file and (file.size or 0) <= longest(file):
        return chosen(file).text
    typed = lines(str(data.get("source", "")))
    if data.get("way") == Way.FORM:
        return config_text.merged(config_text.posted(data), typed)
    return typed


class SubmitForm(forms.Form):
    source = SourceField()
    file = forms.FileField(required=False, allow_empty_file=True)
    weights = forms.FileField(required=False, allow_empty_file=True)
    title = PlainTextField(max_length=80)
    note = PlainTextField(max_length=2000, lines=True)

    def __init__(
        self,
        *args: Any,
        competition: Competition,
        kept: Upload | None = None,
        way: Way = Way.TEXT,
        **kwargs: Any,
    ) -> None:
        """`kept` is a file of weights that was chosen before, `way` how it is to be shown."""
        super().__init__(*args, **kwargs)
        self.competition, self.kept = competition, kept
        self.config: NetworkConfig | None = None
        self.brought: Brought | None = None
        self.notes: tuple[Problem, ...] = ()
        self.problems: tuple[Problem, ...] = ()
        typed = self.typed = lines(str(self.data.get("source", "")))
        self.text = typed_text(self.data, self.files) if self.is_bound else self["source"].value()
        posted = Way.named(self.data.get("way")) or Way.TEXT
        self.written = posted if self.is_bound else way
        self.values: config_text.Values | None = None
        self.replaced = ""
        if self.is_bound and (self.files.get("file") or posted == Way.FORM):
            lost = typed.strip() != self.text.strip() and not config_text.holds_all_of(typed)
            # the form changes a text where it can, and then its comments are still there
            lost &= bool(self.files.get("file")) or config_text.is_written(self.text)
            self.replaced = typed if lost else ""
        if self.is_bound and posted == Way.FORM and not self.files.get("file"):
            self.values = config_text.posted(self.data)
        self.show(Way.TEXT if self.files.get("file") else self.written)

    def show(self, way: Way) -> None:
        """Show it another way; what no field of the form can hold stays a text."""
        if way == Way.FORM and self.values is None:
            self.values = config_text.read(self.text)
        self.way = Way.TEXT if way == Way.FORM and self.values is None else way

    @property
    def source_shown(self) -> str:
        """What the editor has; while the form is filled in, the text that it began with."""
        return self.typed if self.written == self.way == Way.FORM and self.typed else self.text

    @property
    def layers(self) -> list[config_text.Row]:
        return config_text.rows(self.values or {})

    def set_layers(self, layers: list[config_text.Row]) -> None:
        """Have other hidden layers in the form, and so in the text."""
        if self.values is not None:
            self.values = config_text.with_rows(self.values, layers)
            self.text = config_text.merged(self.values, self.text)

    @property
    def board(self) -> Board:
        """Which one it is for: what was chosen where there is a choice."""
        boards = self.competition.boards
        wanted = self.data.get("board")
        if wanted in boards:
            return Board(wanted)
        return boards[-1] if self.files.get("weights") else boards[0]

    @property
    def keeps(self) -> bool:
        """Whether the kept file is to be used: so long as nobody says otherwise."""
        return not self.is_bound or bool(self.data.get("keep")) or self.to_keep is not None

    @property
    def to_keep(self) -> Chosen | None:
        """The file of weights that the browser would not send again."""
        if Board.WEIGHTS not in self.competition.boards:
            return None
        alone, beside = self.files.get("weights"), self.files.get("file")
        if alone:
            return chosen_weights(alone) if (alone.size or 0) <= weights.MAX_BYTES else None
        if beside and (beside.size or 0) <= longest(beside):
            file = chosen(beside)
            return file if file.has_weights else None
        return None

    def clean_file(self) -> "File[bytes] | None":
        file: File[bytes] | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > longest(file):
            raise forms.ValidationError(
                _too_large(file, "a configuration", MAX_BYTES), code="too_large"
            )
        return file

    def clean_weights(self) -> "File[bytes] | None":
        file: File[bytes] | None = self.cleaned_data["weights"]
        if file is not None and (file.size or 0) > weights.MAX_BYTES:
            raise forms.ValidationError(
                _too_large(file, "a file of weights", weights.MAX_BYTES), code="too_large"
            )
        return file

    def clean(self) -> dict[str, Any]:
        if not {"file", "weights"} & set(self.errors):
            try:
                if self.board == Board.WEIGHTS:
                    self._read_trained()
                else:
                    self._read()
            except ConfigError as error:
                self.refuse(*error.problems)
        return self.cleaned_data

    def _read(self) -> None:
        """A configuration, to be trained here."""
        if self.files.get("weights"):
            where = (
                "choose “as it is” above, or no file"
                if len(self.competition.boards) > 1
                else "choose no file"
            )
            message = f"every network on this board is trained here, without weights: {where}"
            raise ConfigError(Problem("weights", message))
        entry = self._entry(driven=False)
        self.config, self.notes = entry.config, _notes(entry)

    def _read_trained(self) -> None:
        """A configuration with the weights of its network, wherever they are."""
        entry = self._entry(driven=True)
        file = self._weights(entry)
        if file is None:
            message = (
                "are missing: networks on this board are driven as they are. Choose a safetensors "
                "file, or a net.js that has them"
            )
            raise ConfigError(Problem("weights", message))
        network = entry.network or network_file.read(file.content, file.name, entry.config)
        self.config, self.notes = entry.config, entry.notes
        self.brought = Brought(file.name, file.content, network)

    def _weights(self, entry: Entry) -> Chosen | None:
        if file := self.files.get("weights"):
            if entry.network:
                message = "the net.js has weights already; choose no other file beside it"
                raise ConfigError(Problem("weights", message))
            return chosen_weights(file)
        if entry.network:
            return chosen(self.cleaned_data["file"])
        if self.kept and self.data.get("keep"):
            return Chosen(self.kept.name, bytes(self.kept.content))
        return None

    def _entry(self, *, driven: bool) -> Entry:
        uploaded: File[bytes] | None = self.files.get("file")
        if not uploaded:
            if self.way == Way.FILE and not Way.named(self.data.get("action")):
                raise ConfigError(Problem("file", "none is chosen; choose one, or write it here"))
            return parse(self.text.encode("utf-8", "surrogatepass"), driven=driven)
        file = chosen(uploaded)
        if file.name.lower().endswith(".safetensors"):
            message = "has weights; the configuration of their network is wanted here"
            raise ConfigError(Problem("file", message))
        return parse(file.content, file.name, driven=driven)

    def refuse(self, *problems: Problem) -> None:
        """Note why it is not accepted; each stands at the top and beside its line."""
        self.problems += problems
        self.add_error("source", [str(problem) for problem in problems])

    @property
    def listing(self) -> list[Line]:
        """The text with what is wrong in its lines."""
        return listing(self.text, self.problems)


def _notes(entry: Entry) -> tuple[Problem, ...]:
    if entry.network is None:
        return entry.notes
    message = (
        "the file has trained weights; every network on this board is trained here, so they are "
        "left out (python -m grader drives it with them)"
    )
    return (Problem("", message), *entry.notes)


def _too_large(file: "File[bytes]", what: str, limit: int) -> str:
    most = f"{limit // 1024} kB" if limit < 1_000_000 else size(limit)  # noqa: PLR2004
    return f"The file has {size(file.size or 0)}; {what} has at most {most}."
