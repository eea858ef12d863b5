"""The ledger of submissions charged, refunded and granted."""

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db import DataError, transaction
from django.http import HttpRequest

from leaderboard.admin.read_only import ReadOnly
from leaderboard.models import QuotaEntry


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
