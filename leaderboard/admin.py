"""What organisers do: competitions, the queue, reruns, and letting people back in."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.db import DataError, transaction
from django.db.models import Field, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from grader.cost import spelled
from leaderboard import tasks
from leaderboard.baseline_forms import BaselineForm, BaselineFormSet
from leaderboard.demo import plant_baselines
from leaderboard.export import as_csv, rows
from leaderboard.granting import GrantsMixin, ParticipantGrantForm
from leaderboard.models import (
    Attempt,
    Baseline,
    Calibration,
    Competition,
    Evaluation,
    QuotaEntry,
    Submission,
    Training,
    User,
)
from leaderboard.reruns import ReasonForm, rerun

admin.site.site_header = admin.site.site_title = "Overtake: organisers"
admin.site.index_title = "Competitions and gradings"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class ReadOnly:
    """History: shown, never written here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


@admin.register(User)
class UserAdmin(GrantsMixin, BaseUserAdmin):
    grant_form = ParticipantGrantForm
    view_on_site = False  # who has handed in nothing has no page
    list_display = ["username", "display_name", "email", "is_staff", "last_login"]
    search_fields = ["username", "display_name", "email"]
    fieldsets = [
        (None, {"fields": ["username", "display_name", "email", "password"]}),
        ("May", {"fields": ["is_active", "is_staff", "is_superuser", "must_change_password"]}),
        ("When", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "display_name", "email", "password1", "password2"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]
    actions = ["issue_password_link", "give_submissions"]

    @admin.action(description="Issue a link to set a new password", permissions=["change"])
    def issue_password_link(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """For sites without a mail server: hand the link over by a way that you trust."""
        for user in queryset:
            key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
            uid, token = key.split("-", 1)
            path = reverse("account_reset_password_from_key", args=[uid, token])
            self.message_user(
                request,
                f"{user.username}: {request.build_absolute_uri(path)} (works once, for 3 days)",
            )


class BaselineInline(admin.TabularInline):
    """What has driven keeps its driver: take it away and add another instead."""

    model = Baseline
    form = BaselineForm
    formset = BaselineFormSet
    extra = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


@admin.register(Competition)
class CompetitionAdmin(GrantsMixin, admin.ModelAdmin):
    list_display = ["title", "slug", "opens_at", "closes_at", "quota", "trainings", "runs"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [BaselineInline]
    actions = ["drive_baselines", "export_participants", "give_submissions"]

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **more: Any) -> Any:
        """A date and a time are two inputs, and the label is of neither."""
        field = super().formfield_for_dbfield(db_field, request, **more)
        if isinstance(field, forms.SplitDateTimeField):
            for part, widget in zip(("date", "time"), field.widget.widgets, strict=True):
                widget.attrs["aria-label"] = f"{field.label}, {part}"
        return field

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:  # noqa: ARG002
        """What gradings were made by stays as it is: one board, one protocol, one set of roads."""
        if obj is None or not obj.evaluations.exists():
            return []
        return ["rules", "trainings", "runs", "frames", "key"]

    @admin.action(description="Drive the baselines", permissions=["change"])
    def drive_baselines(self, request: HttpRequest, queryset: QuerySet[Competition]) -> None:
        for competition in queryset:
            plant_baselines(competition)
            for baseline in competition.baselines.filter(evaluations__isnull=True):
                tasks.queue_evaluation(baseline)
        self.message_user(request, "The baselines are in the queue.")

    @admin.action(description="Export participants as CSV", permissions=["view"])
    def export_participants(
        self, request: HttpRequest, queryset: QuerySet[Competition]
    ) -> HttpResponse | StreamingHttpResponse | None:
        if queryset.count() != 1:
            self.message_user(request, "Choose one competition.", messages.ERROR)
            return None
        competition = queryset.get()
        answer = HttpResponse(as_csv(rows(competition)), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{competition.slug}.csv"'
        return answer


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


@admin.register(Calibration)
class CalibrationAdmin(ReadOnly, admin.ModelAdmin):
    """The machines that compute, as fast as each measured itself to be."""

    list_display = ["host", "cores", "slots", "speed", "calibrated_at", "seen_at"]


@admin.register(QuotaEntry)
class QuotaEntryAdmin(ReadOnly, admin.ModelAdmin):
    """The ledger; a grant is made from a participant or a competition."""

    list_display = ["at", "whose", "competition", "kind", "amount", "submission", "reason", "by"]
    list_filter = ["kind", "competition", "at"]
    search_fields = ["participant__display_name", "reason"]
    list_select_related = ["participant", "competition", "submission", "by"]

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """A moment that is none in UTC is a wrong question, not a fault of the site."""
        try:
            with transaction.atomic():
                return super().get_changelist_instance(request)
        except (OverflowError, DataError) as error:
            raise IncorrectLookupParameters from error

    @admin.display(description="participant", ordering="participant__display_name")
    def whose(self, entry: QuotaEntry) -> str:
        return str(entry.participant or "everybody")


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
