"""Handing in a network: a form that never loses what was typed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from grader.cost import Cost, largest
from grader.errors import Problem
from grader.fields import fields
from leaderboard import submitting
from leaderboard.forms import SubmitForm
from leaderboard.models import Competition, Submission, User
from leaderboard.pace import forecast
from leaderboard.quota import quota_of
from leaderboard.submitting import NotAcceptedError
from leaderboard.views.presets import forget_draft, initial, keep_draft, presets


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    competition = get_object_or_404(Competition, slug=slug)
    if request.method != "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return _page(request, competition, SubmitForm(initial=initial(request, competition)))
    form = SubmitForm(request.POST, request.FILES)
    if not request.user.is_authenticated:
        typed = {name: request.POST.get(name, "") for name in ("title", "note")}
        kept = keep_draft(request, competition, {"source": form.text, **typed})
        # unbound: nobody is told about errors before the login, so none are looked for
        unread = SubmitForm(initial={"source": form.text, **typed})
        return _page(request, competition, unread, status=403, kept=kept)
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
            cost = submitting.check_budget(form.config, competition)
            return _page(request, competition, form, cost=cost)
        submission = submitting.submit(
            user, competition, source=form.text, config=form.config, **words
        )
    except NotAcceptedError as refusal:
        form.refuse(Problem("", str(refusal)))
        return _page(request, competition, form, status=422)
    forget_draft(request)
    messages.success(request, "Your network is in line.")
    for note in form.notes:
        messages.info(request, note.located("net.js") if note.line else _sentence(str(note)))
    return redirect(submission)


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
) -> HttpResponse:
    context: dict[str, Any] = {
        "competition": competition,
        "form": form,
        "fields": fields(),
        "presets": presets(),
        "cost": cost,
        "kept": kept,
    }
    if request.user.is_authenticated:
        context["quota"] = quota_of(request.user, competition)
        if cost and form.config:
            protocol = competition.protocol
            context["most"] = largest(cost.parts, form.config, protocol)
            context["forecast"] = forecast(form.config, protocol)
            context["twin"] = Submission.objects.filter(
                competition=competition,
                participant=request.user,
                config_hash=form.config.config_hash,
            ).first()
    return render(request, "leaderboard/submit.html", context, status=status)
