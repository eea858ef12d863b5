"""Participants and organisers, and letting them back in."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from leaderboard.admin.granting import GrantsMixin, ParticipantGrantForm
from leaderboard.models import User


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
