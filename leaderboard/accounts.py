"""Accounts: sign-up with a display name, the car, and where allauth's defaults are not ours."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import SignupForm as BaseSignupForm
from django import forms
from django.http import HttpRequest
from django.urls import reverse

from leaderboard.models import Colour, User
from leaderboard.models.people import TWIN
from leaderboard.names import LONGEST, clean_display_name, skeleton


class SignupForm(BaseSignupForm):  # type: ignore[misc]  # allauth is untyped
    display_name = forms.CharField(
        max_length=LONGEST,
        label="Display name",
        help_text="What the board calls you. Your login is never shown.",
    )
    field_order = ["username", "display_name", "email", "password1", "password2"]

    def clean_display_name(self) -> str:
        name = clean_display_name(self.cleaned_data["display_name"])
        if User.objects.filter(display_skeleton=skeleton(name)).exists():
            raise forms.ValidationError(TWIN, code="taken")
        return name


class CarForm(forms.Form):
    colour = forms.ChoiceField(choices=Colour)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    def save_user(
        self,
        request: HttpRequest,
        user: User,
        form: forms.Form,
        commit: bool = True,  # noqa: FBT001, FBT002  # allauth's signature
    ) -> Any:
        user.display_name = form.cleaned_data["display_name"]
        return super().save_user(request, user, form, commit)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        """Not the same form again, empty: it looks as if nothing had happened."""
        return reverse("home")

    def set_password(self, user: User, password: str) -> None:
        user.must_change_password = False
        super().set_password(user, password)
