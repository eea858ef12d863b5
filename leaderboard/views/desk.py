"""The page of the submit form: what is typed, what is wrong with it, and what stands beside it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from leaderboard.config_text import Row
from leaderboard.forms import SubmitForm, Way
from leaderboard.models import Board, Competition, Submission, Upload, User
from leaderboard.quota import quota_of
from leaderboard.views.beside import beside, beside_text, finish, terms_of
from leaderboard.views.config_form import form_fields, reference
from leaderboard.views.presets import presets
from leaderboard.views.refunds import untold_refunds

WAY = "way"
YEAR = 365 * 24 * 60 * 60  # [s]


def preferred_way(request: HttpRequest) -> Way:
    """As the address says, else as it was last chosen; whoever is new gets the form."""
    for name in (request.GET.get(WAY), request.COOKIES.get(WAY)):
        if way := Way.named(name):
            return way
    return Way.FORM


def arranges(form: SubmitForm, action: str) -> bool:
    """Do what only changes how the form stands: another way, a layer more or less."""
    if way := Way.named(action):
        form.show(way)
    elif action == "add":
        form.set_layers([*form.layers, *(form.layers[-1:] or [Row("10", "relu")])])
    elif action.startswith("remove."):
        number = action.removeprefix("remove.")
        form.set_layers([row for place, row in enumerate(form.layers) if str(place) != number])
    else:
        return False
    return True


def kept_upload(request: HttpRequest, competition: Competition) -> Upload | None:
    """The file of weights that was chosen and not handed in yet."""
    if not request.user.is_authenticated or Board.WEIGHTS not in competition.boards:
        return None
    return Upload.objects.waiting().filter(user=request.user).first()


def keep_upload(form: SubmitForm, user: User) -> None:
    """What the browser will not send again is kept with us, for whoever has logged in."""
    if form.is_bound and (file := form.to_keep):
        fields = {**file._asdict(), "kept_at": timezone.now()}
        form.kept, _ = Upload.objects.update_or_create(user=user, defaults=fields)


def page(
    request: HttpRequest,
    competition: Competition,
    form: SubmitForm,
    *,
    status: int = 200,
    chosen: Way | None = None,
    **more: Any,
) -> HttpResponse:
    """`chosen` is the way that was asked for just now: it is the preferred one from here on."""
    context: dict[str, Any] = {
        "competition": competition,
        "form": form,
        "presets": presets(),
        "way": form.way,
        "faults": {problem.field for problem in form.problems},
        **more,
    }
    if request.user.is_authenticated:
        keep_upload(form, request.user)
        context |= _told(request, competition, form, request.user)
    if form.way == Way.FORM:
        context["config_form"] = form_fields(form.values or {}, form.problems)
    else:
        context["reference"] = reference()
    response = render(request, "leaderboard/submit.html", context, status=status)
    if chosen in {Way.FORM, Way.TEXT} and request.COOKIES.get(WAY) != chosen:
        response.set_cookie(
            WAY, chosen, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


def _told(
    request: HttpRequest, competition: Competition, form: SubmitForm, user: User
) -> dict[str, Any]:
    """What only somebody who is known is told."""
    terms = terms_of(competition, form.board)
    told: dict[str, Any] = {
        "quota": quota_of(user, competition),
        "refunds": untold_refunds(request, user, competition),
    }
    if not form.is_bound:
        # the line is looked at once it is asked for: by the page itself a moment later, or a check
        told["beside"] = beside_text(form.text, terms)
    elif form.config:
        told["beside"] = beside(form.config, terms)
        told["finish"] = finish(form.config, terms, user)
        told["twin"] = Submission.objects.filter(
            competition=competition,
            participant=user,
            config_hash=form.config.config_hash,
            weights_hash=form.brought.network.weights_hash if form.brought else "",
        ).first()
    return told
