"""What every site needs beside its pages: robots, faults, and the honest password reset."""

from typing import Any

from allauth.account import views as account_views
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_safe

from leaderboard.forms import SubmitForm
from leaderboard.models import Competition

ROBOTS = """User-agent: *
Disallow: /admin/
Disallow: /accounts/
Disallow: /compare/
Disallow: /c/*/explore/*?
Disallow: /submissions/*/replay/
Disallow: /submissions/*/runs/
Disallow: /baselines/
"""
"""The last ones: there is a page of every pair of submissions, every pair of fields, every run; and
a run that is looked at may have to be recorded first."""


@require_safe
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return HttpResponse(ROBOTS, "text/plain")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return HttpResponsePermanentRedirect(static("leaderboard/mark.svg"))


def password_reset(request: HttpRequest) -> HttpResponseBase:
    """Without a mail server no letter can be sent: say how it works instead."""
    if settings.HAS_MAIL:
        response: HttpResponseBase = account_views.password_reset(request)
        return response
    return render(request, "account/password_reset_by_hand.html")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024
        return render(request, "413.html", {"limit": limit}, status=413)
    return render(request, "400.html", status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """An expired form. What was typed for a submission is handed back."""
    context: dict[str, Any] = {"path": request.path}
    competition = _competition(request.path)
    if competition:
        form = SubmitForm(request.POST, request.FILES, competition=competition)
        words = {name: request.POST.get(name, "") for name in ("title", "note", "keep")}
        # nobody knows that this came from our page, so a file is not kept for its owner
        lost = form.to_keep.name if form.to_keep else ""
        context["typed"] = {"source": form.text, "board": form.board, "lost": lost, **words}
    return render(request, "403_csrf.html", context, status=403)


def _competition(path: str) -> Competition | None:
    """The one that something was to be handed in to."""
    try:
        found = resolve(path)
    except Resolver404:
        return None
    if found.url_name != "submit":
        return None
    return Competition.objects.filter(slug=found.kwargs["slug"]).first()
