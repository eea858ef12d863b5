"""Every request has an id: in its log lines, in what it queues, and in the answer's header."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from leaderboard import logs

HEADER = "X-Request-ID"


def named(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        name = logs.request_id(request.headers.get(HEADER, ""))
        with logs.about(request=name):
            response = get_response(request)
        response[HEADER] = name
        return response

    return middleware
