"""The queue and the history of gradings: submissions, evaluations, trainings, attempts."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from grader.cost import spelled
from leaderboard.admin.read_only import ReadOnly
from leaderboard.models import Attempt, Evaluation, Submission, Training, User
from leaderboard.reruns import ReasonForm, rerun


class RerunsMixin:
    """The action that grades again, asking for a reason first."""

    def has_rerun_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("leaderboard.add_evaluation")

    def ask_for_rerun(
        self, request: HttpRequest, evaluations: QuerySet[Evaluation], queryset: QuerySet[Any]
    ) -> HttpResponse | None:
        form = ReasonForm(request.POST if "confirm" in request.POST else None)
        if form.is_valid():
            assert isinstance(request.user, User)
            made = rerun(evaluations, reason=form.cleaned_data["reason"], by=request.user)
            self.message_user(  # type: ignore[attr-defined]
                request, f"{len(made)} evaluations are in the bulk queue; apply them when graded."
            )
            return None
        context = {
            **admin.site.each_context(request),
            "title": "Run again",
            "form": form,
            "chosen": queryset,
            "action": request.POST["action"],
        }
        return TemplateResponse(request, "admin/leaderboard/rerun.html", context)


@admin.register(Submission)
class SubmissionAdmin(RerunsMixin, ReadOnly, admin.ModelAdmin):
    list_display = ["__str__", "participant", "competition", "phrase", "created_at", "withdrawn_at"]
    list_filter = ["competition"]
    search_fields = ["title", "participant__display_name", "config_hash"]
    list_select_related = ["participant", "competition"]
    actions = ["run_again"]

    @admin.action(description="Run again, with a reason", permissions=["rerun"])
    def run_again(
        self, request: HttpRequest, queryset: QuerySet[Submission]
    ) -> HttpResponse | None:
        evaluations = Evaluation.objects.filter(submission__in=queryset)
        return self.ask_for_rerun(request, evaluations.select_related("submission"), queryset)


class TrainingInline(ReadOnly, admin.TabularInline):
    model = Training
    fields = [
        "index",
        "status",
        "fence",
        "lease_until",
        "worker",
        "iteration",
        "median",
        "seconds",
    ]
    extra = 0
    show_change_link = True


@admin.register(Evaluation)
class EvaluationAdmin(RerunsMixin, ReadOnly, admin.ModelAdmin):
    """The queue and the history: filter by status to see what waits and what runs."""

    list_display = ["pk", "subject", "status", "queue", "cost", "speed", "created_at", "applied_at"]
    list_filter = ["status", "queue", "competition", "failure"]
    search_fields = ["submission__participant__display_name", "submission__config_hash", "reason"]
    list_select_related = ["submission__participant", "baseline"]
    inlines = [TrainingInline]
    actions = ["run_again", "apply_scores", "cancel"]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("leaderboard.change_evaluation")

    @admin.display(description="of")
    def subject(self, evaluation: Evaluation) -> str:
        if evaluation.submission:
            return f"{evaluation.submission} by {evaluation.submission.participant}"
        return f"baseline {evaluation.baseline}"

    @admin.display(description="reference core-seconds", ordering="reference_seconds")
    def cost(self, evaluation: Evaluation) -> str:
        return "" if evaluation.reference_seconds is None else spelled(evaluation.reference_seconds)

    @admin.display(description="score", ordering="score")
    def speed(self, evaluation: Evaluation) -> str:
        return "" if evaluation.score is None else f"{evaluation.score:.2f} mph"

    @admin.action(description="Run again, with a reason", permissions=["rerun"])
    def run_again(
        self, request: HttpRequest, queryset: QuerySet[Evaluation]
    ) -> HttpResponse | None:
        evaluations = queryset.select_related("submission", "baseline")
        return self.ask_for_rerun(request, evaluations, queryset)

    @admin.action(description="Apply: let these scores count", permissions=["decide"])
    def apply_scores(self, request: HttpRequest, queryset: QuerySet[Evaluation]) -> None:
        for evaluation in queryset.select_related("competition", "submission", "baseline"):
            try:
                evaluation.apply()
            except ValueError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, f"{evaluation} now counts: {evaluation.score:.2f} mph.")

    @admin.action(description="Cancel", permissions=["decide"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Evaluation]) -> None:
        for evaluation in queryset:
            evaluation.cancel()
            self.message_user(request, f"{evaluation}: {evaluation.get_status_display()}.")


class AttemptInline(ReadOnly, admin.TabularInline):
    model = Attempt
    fields = [
        "fence",
        "worker",
        "process",
        "started_at",
        "ended_at",
        "exit",
        "log_tail",
    ]
    extra = 0


@admin.register(Training)
class TrainingAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["__str__", "status", "fence", "worker", "lease_until"]
    list_filter = ["status"]
    inlines = [AttemptInline]

    def has_module_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False
