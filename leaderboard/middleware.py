"""What a login needs before it may go on, and words for answers that have none."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

NOT_ALLOWED = 405


def require_sound_login(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        if _is_on_the_way(request.path):
            return get_response(request)  # without asking who it is, and so without the database
        user = request.user
        if user.is_authenticated:
            if user.must_change_password:
                messages.warning(request, "Choose a password of your own first.")
                return redirect("account_change_password")
            if settings.STAFF_NEED_MFA and user.is_staff and not is_mfa_enabled(user):
                # everywhere, because organisers may see and do more on the other pages as well
                messages.warning(request, "Organisers need a second factor. Set one up first.")
                return redirect("mfa_activate_totp")
        return get_response(request)

    return middleware


def _is_on_the_way(path: str) -> bool:
    """The pages by which the missing thing is mended, and those for machines."""
    machines = ("/healthz", "/readyz", "/metrics")
    return path.startswith(("/accounts/", f"/{settings.STATIC_URL.strip('/')}/", *machines))


def say_why(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django answers a wrong method with an empty page: people are told, machines need not be."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != NOT_ALLOWED or "text/html" not in request.headers.get(
            "Accept", ""
        ):
            return response
        said = render(request, "405.html", status=NOT_ALLOWED)
        said["Allow"] = response["Allow"]
        return said

    return middleware
