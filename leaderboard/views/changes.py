"""What an owner may do to a submission, by POST: stop its grading, take it off the board."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from leaderboard.models import Submission, User
from leaderboard.views.grading import visible_submission


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.is_authenticated:
        # the login leads on to the page: this address answers nobody who comes by a link
        return redirect_to_login(reverse("submission", args=[pk]))
    submission = _own(request, pk)
    if _stop(submission):
        messages.success(request, "The grading is cancelled. A running one stops within seconds.")
    else:
        messages.info(request, "The grading had ended already.")
    return redirect(submission)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    submission = _own(request, pk)
    if request.method != "POST":
        return render(
            request,
            "leaderboard/withdraw.html",
            {"submission": submission, "competition": submission.competition},
        )
    _stop(submission)
    submission.withdraw()
    messages.success(request, f"{submission} is withdrawn.")
    return redirect("mine" if submission.participant == request.user else submission)


def _own(request: HttpRequest, pk: int) -> Submission:
    submission = visible_submission(request, pk)
    assert isinstance(request.user, User)
    if not (request.user.is_staff or request.user == submission.participant):
        raise PermissionDenied
    return submission


def _stop(submission: Submission) -> bool:
    """Cancel the first grading if it goes on; reruns are the organisers'."""
    first = submission.first_evaluation
    if first.is_final:
        return False
    first.cancel()
    return True
