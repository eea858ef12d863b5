"""What organisers decide on a submission's page: grade it again, and let another score count."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from leaderboard.history import history
from leaderboard.models import User
from leaderboard.reruns import LONGEST, ReasonForm, rerun
from leaderboard.views.grading import counted, is_staff, seen


@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", request.GET.get("reason", ""))[:LONGEST]
    if not request.user.is_authenticated:  # what was typed goes along
        typed = "?" + urlencode({"reason": reason}) if reason else ""
        return redirect_to_login(request.path + typed)
    _only_with(request, "leaderboard.add_evaluation")
    submission, evaluations = seen(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = ReasonForm(posted, initial={"reason": reason})
    if form.is_valid():
        assert isinstance(request.user, User)
        rerun(evaluations, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(
            request, "It is in line again, behind new submissions. Its score waits to be applied."
        )
        return redirect(submission)
    context = {
        "submission": submission,
        "competition": submission.competition,
        "form": form,
        "goes_on": any(not it.is_final for it in evaluations),
    }
    status = 422 if form.is_bound else 200
    return render(request, "leaderboard/again.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def apply(request: HttpRequest, pk: int, evaluation: int) -> HttpResponse:
    _only_with(request, "leaderboard.change_evaluation")
    submission, evaluations = seen(request, pk)
    chosen = next((it for it in evaluations if it.pk == evaluation), None)
    if chosen is None:
        raise Http404("This submission has no such grading.")
    if request.method == "POST":
        try:
            chosen.apply()
        except ValueError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"The score of {chosen.score:.2f} mph counts now.")
        return redirect(submission)
    counting, _ = counted(evaluations, staff=True)
    both = [counting] if counting.pk == chosen.pk else [counting, chosen]
    past = history(both, counting)
    context = {
        "submission": submission,
        "competition": submission.competition,
        "history": past,
        "chosen": past.gradings[-1],
    }
    return render(request, "leaderboard/apply.html", context)


def _only_with(request: HttpRequest, permission: str) -> None:
    if not (is_staff(request) and request.user.has_perm(permission)):
        raise PermissionDenied
