"""Handing in a network: a form that never loses what was typed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from grader.cost import Cost, largest
from grader.errors import Problem
from grader.fields import fields
from leaderboard import submitting
from leaderboard.forms import SubmitForm
from leaderboard.models import Competition, Submission, Upload, User
from leaderboard.pace import forecast
from leaderboard.quota import quota_of
from leaderboard.submitting import NotAcceptedError
from leaderboard.views.presets import forget_draft, initial, keep_draft, presets
from leaderboard.views.refunds import untold_refunds


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    competition = get_object_or_404(Competition, slug=slug)
    if request.method != "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        empty = SubmitForm(
            initial=initial(request, competition), competition=competition, kept=_kept(request)
        )
        return _page(request, competition, empty)
    form = SubmitForm(request.POST, request.FILES, competition=competition, kept=_kept(request))
    if not request.user.is_authenticated:
        typed = {name: request.POST.get(name, "") for name in ("title", "note")}
        kept = keep_draft(request, competition, {"source": form.text, **typed})
        # unbound: nobody is told about errors before the login, so none are looked for
        unread = SubmitForm(initial={"source": form.text, **typed}, competition=competition)
        return _page(
            request, competition, unread, status=403, kept=kept, loses_file=bool(form.to_keep)
        )
    if not form.is_valid():
        return _page(request, competition, form, status=422)
    return _take(request, competition, form, request.user)


def _take(
    request: HttpRequest, competition: Competition, form: SubmitForm, user: User
) -> HttpResponse:
    """Check a sound form against the competition, and hand it in if that was asked for."""
    assert form.config is not None
    words = {name: form.cleaned_data[name] for name in ("title", "note")}
    try:
        if request.POST.get("action") == "check":
            cost = submitting.check_budget(form.config, competition, form.board)
            return _page(request, competition, form, cost=cost)
        submission = submitting.submit(
            user,
            competition,
            source=form.text,
            config=form.config,
            brought=form.brought,
            **words,
        )
    except NotAcceptedError as refusal:
        form.refuse(Problem("", str(refusal)))
        return _page(request, competition, form, status=422)
    forget_draft(request)
    messages.success(request, "Your network is in line.")
    for note in form.notes:
        messages.info(request, note.located("net.js") if note.line else _sentence(str(note)))
    return redirect(submission)


def _kept(request: HttpRequest) -> Upload | None:
    """The file of weights that was chosen and not handed in yet."""
    if not request.user.is_authenticated:
        return None
    return Upload.objects.waiting().filter(user=request.user).first()


def _keep(form: SubmitForm, user: User) -> None:
    """What the browser will not send again is kept with us, for whoever has logged in."""
    if form.is_bound and (file := form.to_keep):
        fields = {**file._asdict(), "kept_at": timezone.now()}
        form.kept, _ = Upload.objects.update_or_create(user=user, defaults=fields)


def _sentence(note: str) -> str:
    return f"{note[0].upper()}{note[1:]}."


def _page(
    request: HttpRequest,
    competition: Competition,
    form: SubmitForm,
    *,
    cost: Cost | None = None,
    status: int = 200,
    kept: bool = False,
    loses_file: bool = False,
) -> HttpResponse:
    context: dict[str, Any] = {
        "competition": competition,
        "form": form,
        "fields": fields(),
        "presets": presets(),
        "cost": cost,
        "kept": kept,
        "loses_file": loses_file,
    }
    if request.user.is_authenticated:
        _keep(form, request.user)
        context["quota"] = quota_of(request.user, competition)
        context["refunds"] = untold_refunds(request, request.user, competition)
        if cost and form.config:
            protocol, trained = competition.protocol_on(form.board), form.brought is not None
            context["most"] = largest(cost.parts, form.config, protocol)
            context["forecast"] = forecast(
                form.config, protocol, user=request.user, trained=trained
            )
            context["twin"] = Submission.objects.filter(
                competition=competition,
                participant=request.user,
                config_hash=form.config.config_hash,
                weights_hash=form.brought.network.weights_hash if form.brought else "",
            ).first()
    return render(request, "leaderboard/submit.html", context, status=status)
