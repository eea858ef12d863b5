"""Organisers giving further submissions: the action that asks how many, and why."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from leaderboard.models import Competition, QuotaEntry, User

MOST = 100


class GrantForm(forms.Form):
    """For all participants of the chosen competitions."""

    amount = forms.IntegerField(
        min_value=1,
        max_value=MOST,
        initial=1,
        label="Further submissions",
        help_text=f"1 to {MOST}; they can be used for 24 hours from now.",
    )
    reason = forms.CharField(max_length=200, help_text="Kept in the ledger.")


class ParticipantGrantForm(GrantForm):
    """For the chosen participants."""

    competition = forms.ModelChoiceField(Competition.objects.all())
    field_order = ["competition"]


class GrantsMixin:
    """The action; who may use it needs the permission to add quota entries."""

    grant_form: type[GrantForm] = GrantForm

    def has_grant_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("leaderboard.add_quotaentry")

    @admin.action(description="Give further submissions, with a reason", permissions=["grant"])
    def give_submissions(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponse | None:
        form = self.grant_form(request.POST if "confirm" in request.POST else None)
        if form.is_valid():
            assert isinstance(request.user, User)
            _grant(queryset, by=request.user, **form.cleaned_data)
            given = f"{form.cleaned_data['amount']} more for 24 hours"
            whom = ", ".join(map(str, queryset))
            self.message_user(request, f"{whom}: {given}.")  # type: ignore[attr-defined]
            return None
        context = {
            **admin.site.each_context(request),
            "title": "Give further submissions",
            "form": form,
            "chosen": queryset,
            "to_everybody": queryset.model is Competition,
            "action": request.POST["action"],
        }
        return TemplateResponse(request, "admin/leaderboard/grant.html", context)


def _grant(
    chosen: Iterable[User | Competition],
    *,
    by: User,
    amount: int,
    reason: str,
    competition: Competition | None = None,
) -> None:
    """All of them or none."""
    with transaction.atomic():
        for it in chosen:
            if isinstance(it, Competition):
                QuotaEntry.objects.grant(it, None, amount=amount, reason=reason, by=by)
            else:
                assert competition is not None
                QuotaEntry.objects.grant(competition, it, amount=amount, reason=reason, by=by)
