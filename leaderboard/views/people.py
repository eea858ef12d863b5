"""People: the page of a participant, and the colour of one's car."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from leaderboard import current, standings
from leaderboard.accounts import CarForm
from leaderboard.charts import Axis, Bar, Point, best_so_far
from leaderboard.models import Colour, Submission, User
from leaderboard.record import Entered, Scored, entered, scored
from leaderboard.standings import Placed
from leaderboard.views.paging import numbers

PAGE = 50


class Result(NamedTuple):
    """A submission on its participant's page."""

    scored: Scored
    bar: Bar
    submission: Submission


@gzip_page
@require_safe
def participant(request: HttpRequest, participant: int) -> HttpResponse:
    """What everybody may know of somebody: name, car, and the scores that count."""
    person = get_object_or_404(User, pk=participant)
    boards = entered(person)
    own = request.user.pk == person.pk
    organiser = request.user.is_authenticated and request.user.is_staff
    if not boards and not own and not organiser:
        raise Http404("Nothing of theirs is on any board.")
    context: dict[str, Any] = {"person": person, "own": own}
    if boards:
        here = _chosen(person, boards, request)
        context |= {"entered": here, "competition": here.competition} | _record(
            request, person, here
        )
        context["tabs"] = [(it, it.query, it == here) for it in boards]
    return render(request, "leaderboard/participant.html", context)


def _chosen(person: User, boards: list[Entered], request: HttpRequest) -> Entered:
    """The one that is asked for, or the first that is open, or the newest; with a score rather."""
    wanted, board = request.GET.get("c"), request.GET.get("board")
    asked = [it for it in boards if it.competition.slug == wanted]
    of_board = [it for it in asked if it.board == board]
    if asked:
        return [*of_board, *asked][0]
    with_score = entered(person, scored=True) or boards
    return next((it for it in with_score if it.competition.is_open()), with_score[0])


def _record(request: HttpRequest, person: User, here: Entered) -> dict[str, Any]:
    record = scored(person, here)
    page = Paginator(record[::-1], PAGE).get_page(request.GET.get("page"))
    climb = best_so_far([Point(it.at, it.score) for it in record])
    steps = [record[index] for index in climb.steps[-PAGE:]][::-1] if climb else []
    submissions = (
        Submission.objects.filter(pk__in={it.submission for it in [*page, *steps]})
        .only("title", "phrase")
        .in_bulk()
    )
    axis = Axis.around([value for it in page for value in (it.low, it.high)])
    rank, placed, best = _standing(person, here)
    return {
        "count": len(record),
        "results": [
            Result(it, axis.bar(it.score, it.low, it.high), submissions[it.submission])
            for it in page
        ],
        "axis": axis,
        "climb": climb,
        "steps": [(it, submissions[it.submission]) for it in steps],
        "rank": rank,
        "placed": placed,
        "best": next((it for it in record if it.evaluation == best), None),
        "page": page,
        "pages": numbers(page),
        "query": f"{here.query[1:]}&",
        # the phrase is the configuration in short, and as open or hidden as that is
        "shows_configs": here.competition.configs_are_public()
        or (request.user.is_authenticated and (request.user.is_staff or request.user == person)),
    }


def _standing(person: User, here: Entered) -> tuple[int | None, Placed | None, int | None]:
    """The rank, its interval in the newest Standing, and the evaluation that stands there."""
    ranked = current.ranked(here.competition, here.board)
    index = ranked.of_participant.get(person.pk)
    if index is None:
        return None, None, None
    place = ranked.places[index]
    placed = standings.rows_of(standings.newest(here.competition, here.board), [place])
    return place.rank, placed.get(place.evaluation), place.evaluation


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def car(request: HttpRequest) -> HttpResponse:
    """Choose the colour that stands beside one's name."""
    assert isinstance(request.user, User)
    form = CarForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        request.user.car_colour = form.cleaned_data["colour"]
        request.user.save(update_fields=["car_colour"])
        messages.success(request, f"Your car is {request.user.colour} now.")
        return redirect("car")
    context = {"form": form, "colours": Colour, "colour": request.user.colour}
    return render(request, "account/car.html", context, status=422 if form.is_bound else 200)
