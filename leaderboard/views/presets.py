"""What the editor can begin with: the examples, a submission one may see, or a kept draft."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from grader.document import MAX_BYTES
from leaderboard.models import Competition, Submission

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


def initial(request: HttpRequest, competition: Competition) -> dict[str, str]:
    """What the form shows before anything is typed."""
    if number := request.GET.get("from"):
        return _from_submission(request, number)
    if name := request.GET.get("preset"):
        chosen = [preset for preset in presets() if preset.name == name]
        if not chosen:
            raise Http404(f"There is no preset {name}.")
        return {"source": chosen[0].text}
    draft = request.session.get(DRAFT, {})
    if draft.get("competition") == competition.pk:
        return {name: draft.get(name, "") for name in ("source", "title", "note")}
    return {"source": "".join(preset.text for preset in presets()[:1])}


def _from_submission(request: HttpRequest, number: str) -> dict[str, str]:
    if not (number.isascii() and number.isdigit() and len(number) < 19):  # noqa: PLR2004
        raise Http404("That is no submission's number.")
    submission = get_object_or_404(
        Submission.objects.select_related("competition"), pk=int(number), withdrawn_at=None
    )
    if not submission.config_is_visible_to(request.user):
        raise Http404("Its configuration is not for everyone to see.")
    return {"source": submission.source}


def keep_draft(request: HttpRequest, competition: Competition, typed: dict[str, str]) -> bool:
    """Across a login: the session goes along, for a day. False: it is too much to keep."""
    if sum(map(len, typed.values())) <= MAX_BYTES:
        request.session[DRAFT] = {"competition": competition.pk, **typed}
        request.session.set_expiry(DRAFT_SECONDS)
        return True
    return False


def forget_draft(request: HttpRequest) -> None:
    request.session.pop(DRAFT, None)
