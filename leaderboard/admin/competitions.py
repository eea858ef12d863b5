"""Competitions and their baselines."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Field, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from leaderboard import tasks
from leaderboard.admin.baseline_forms import BaselineForm, BaselineFormSet
from leaderboard.admin.granting import GrantsMixin
from leaderboard.demo import plant_baselines
from leaderboard.export import as_csv, rows
from leaderboard.models import Baseline, Competition


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
