"""What machines ask of the site: is it alive, is it at work, and its figures."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client.exposition import choose_encoder

from leaderboard import health, metrics

UNAVAILABLE = 503
# a proxy on this machine comes from loopback as well, and says with these whom it speaks for
_PROXIED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The process lives. Nothing else is asked: starting it again would mend nothing else."""
    return HttpResponse("ok\n", "text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Submissions that come in now will be graded; or what stands in the way, since when."""
    checks = health.checks()
    status = UNAVAILABLE if any(check.fault for check in checks) else 200
    if request.get_preferred_type(["text/plain", "application/json"]) == "application/json":
        told = {
            check.name: {"ok": not check.fault, "fault": check.fault, "since": check.since}
            for check in checks
        }
        return JsonResponse({"ok": status != UNAVAILABLE, "checks": told}, status=status)
    return HttpResponse("".join(f"{it}\n" for it in checks), "text/plain", status=status)


@require_safe
@never_cache
def figures(request: HttpRequest) -> HttpResponse:
    """The metrics, in whichever of its formats Prometheus asks for."""
    if refused := _refused(request):
        return refused
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(metrics.registry), content_type)


def _refused(request: HttpRequest) -> HttpResponse | None:
    if settings.METRICS_TOKEN:
        wanted = f"Bearer {settings.METRICS_TOKEN}"
        if constant_time_compare(request.headers.get("Authorization", ""), wanted):
            return None
        words = "Send the METRICS_TOKEN of this site as `Authorization: Bearer`.\n"
        refusal = HttpResponse(words, "text/plain", status=401)
        refusal["WWW-Authenticate"] = "Bearer"
        return refusal
    if _is_from_here(request):
        return None
    words = "Without a METRICS_TOKEN, metrics are for the machine alone on which the site runs.\n"
    return HttpResponse(words, "text/plain", status=403)


def _is_from_here(request: HttpRequest) -> bool:
    if any(header in request.headers for header in _PROXIED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:  # no address: it came through a socket, and who is behind that is unknown
        return False
