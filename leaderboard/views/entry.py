"""Handing in a network: a form that never loses what was typed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from grader.entry import parse
from grader.errors import ConfigError, Problem
from leaderboard import submitting
from leaderboard.forms import SubmitForm, Way
from leaderboard.models import Competition, User
from leaderboard.submitting import NotAcceptedError
from leaderboard.views.beside import beside, finish, refused, terms_of
from leaderboard.views.desk import arranges, kept_upload, page, preferred_way
from leaderboard.views.presets import NothingToStartFromError, forget_draft, initial, keep_draft

HANDED_IN = "handed_in"
HANDED_IN_SECONDS = 24 * 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    competition = get_object_or_404(Competition, slug=slug)
    if request.method != "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return _empty(request, competition)
    form = SubmitForm(
        request.POST, request.FILES, competition=competition, kept=kept_upload(request, competition)
    )
    action = request.POST.get("action", "")
    arranged = arranges(form, action)
    if not request.user.is_authenticated:
        return _unknown(request, competition, form)
    if arranged:
        form.is_valid()  # what is wrong is said, but it was not asked for
        closed = action == Way.FORM != form.way
        return page(
            request,
            competition,
            form,
            chosen=Way.named(action),
            arranged=True,
            closed_form=closed,
            silent=form.way == Way.FILE,  # what is wrong with the text before is not of the file
        )
    if not form.is_valid():
        return page(request, competition, form, status=422)
    return _take(request, competition, form, request.user)


def _empty(request: HttpRequest, competition: Competition) -> HttpResponse:
    """The form before anything is typed."""
    missing, status = "", 200
    try:
        start = initial(request, competition)
    except NothingToStartFromError as reason:
        missing, status = str(reason), 404
        start = initial(request, competition, asked=False)
    form = SubmitForm(
        initial=start,
        competition=competition,
        kept=kept_upload(request, competition),
        way=preferred_way(request),
    )
    form.show(form.written)
    return page(request, competition, form, status=status, missing=missing)


def _unknown(request: HttpRequest, competition: Competition, form: SubmitForm) -> HttpResponse:
    """Sent without a login, or after it expired: nothing is looked at, and nothing lost."""
    typed = {name: request.POST.get(name, "") for name in ("title", "note")}
    kept = keep_draft(request, competition, {"source": form.text, **typed})
    # unbound: nobody is told about errors before the login, so none are looked for
    unread = SubmitForm(
        initial={"source": form.text, **typed}, competition=competition, way=form.way
    )
    lost = bool(form.to_keep)
    return page(request, competition, unread, status=403, kept=kept, loses_file=lost)


def _take(
    request: HttpRequest, competition: Competition, form: SubmitForm, user: User
) -> HttpResponse:
    """Check a sound form against the competition, and hand it in if that was asked for."""
    assert form.config is not None
    words = {name: form.cleaned_data[name] for name in ("title", "note")}
    try:
        if request.POST.get("action") != "submit":
            cost = submitting.check_budget(form.config, competition, form.board)
            return page(request, competition, form, fits=cost)
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
        return page(request, competition, form, status=422)
    forget_draft(request)
    messages.success(request, "Your network is in line.")
    for note in form.notes:
        messages.info(request, note.located("net.js") if note.line else _sentence(str(note)))
    response = redirect(submission)
    # the browser keeps what is typed, too, and may forget it now
    response.set_cookie(
        HANDED_IN,
        str(competition.pk),
        max_age=HANDED_IN_SECONDS,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response


@require_POST
def preview(request: HttpRequest, slug: str) -> JsonResponse:
    """What is typed, checked and drawn while it is being typed; it is never handed in."""
    competition = get_object_or_404(Competition, slug=slug)
    if not request.user.is_authenticated:
        return JsonResponse({"error": "You are not logged in."}, status=403)
    form = SubmitForm(request.POST, competition=competition)
    answer: dict[str, Any] = {"problems": [], "refused": "", "beside": None}
    terms = terms_of(competition, form.board)
    try:
        config = parse(form.text.encode("utf-8", "surrogatepass"), driven=terms.trained).config
    except ConfigError as error:
        answer["problems"] = [problem._asdict() for problem in error.problems]
    else:
        answer["refused"] = refused(config, terms)
        answer["beside"] = beside(config, terms) + finish(config, terms, request.user)
    return JsonResponse(answer)


def _sentence(note: str) -> str:
    return f"{note[0].upper()}{note[1:]}."
