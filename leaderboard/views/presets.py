"""What the editor can begin with: the examples, a submission one may see, or a kept draft."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from grader.document import MAX_BYTES
from leaderboard.models import Competition, Submission

FIRST = "network_basic"
"""The preset that everybody begins with: its values are the defaults."""
DRAFT = "draft"
DRAFT_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Preset:
    name: str
    text: str


@cache  # part of the program: they change with it, and not while it runs
def presets() -> tuple[Preset, ...]:
    """The examples, by their file names."""
    folder = Path(settings.BASE_DIR, "examples")
    files = sorted(path for path in folder.glob("*") if path.suffix in {".json", ".yaml"})
    return tuple(Preset(path.stem, path.read_text()) for path in files)


class NothingToStartFromError(LookupError):
    """What was named is not there, or not for this visitor; says which of the two to nobody."""


def initial(
    request: HttpRequest, competition: Competition, *, asked: bool = True
) -> dict[str, str]:
    """What the form shows before anything is typed; `asked`: by what the address names.

    Raises:
        NothingToStartFromError: The address names what cannot be shown.
    """
    if asked and (number := request.GET.get("from")):
        return _from_submission(request, number)
    if asked and (name := request.GET.get("preset")):
        chosen = [preset for preset in presets() if preset.name == name]
        if not chosen:
            raise NothingToStartFromError("There is no preset of that name; they stand below.")
        return {"source": chosen[0].text}
    draft = request.session.get(DRAFT, {})
    if draft.get("competition") == competition.pk:
        return {name: draft.get(name, "") for name in ("source", "title", "note")}
    return {"source": next((it.text for it in presets() if it.name == FIRST), "")}


def _from_submission(request: HttpRequest, number: str) -> dict[str, str]:
    submission = _submission(number)
    if submission is None or not _may_see(submission, request.user):
        raise NothingToStartFromError(
            "There is no submission of that number whose configuration you may see. "
            "The form begins as it does for everybody."
        )
    return {"source": submission.source}


def _submission(number: str) -> Submission | None:
    if not (number.isascii() and number.isdigit() and len(number) < 19):  # noqa: PLR2004
        return None
    return Submission.objects.select_related("competition").filter(pk=int(number)).first()


def _may_see(submission: Submission, user: Any) -> bool:
    """What was withdrawn is its owner's and the organisers' alone."""
    mine = user.is_staff or user.pk == submission.participant_id
    return submission.config_is_visible_to(user) and (mine or not submission.withdrawn_at)


def keep_draft(request: HttpRequest, competition: Competition, typed: dict[str, str]) -> bool:
    """Across a login: the session goes along, for a day. False: it is too much to keep."""
    if sum(map(len, typed.values())) <= MAX_BYTES:
        request.session[DRAFT] = {"competition": competition.pk, **typed}
        request.session.set_expiry(DRAFT_SECONDS)
        return True
    return False


def forget_draft(request: HttpRequest) -> None:
    request.session.pop(DRAFT, None)
