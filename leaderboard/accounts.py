"""Accounts: sign-up with a display name, the car, and where allauth's defaults are not ours."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.http import HttpRequest
from django.urls import reverse

from leaderboard.models import Colour, User
from leaderboard.models.people import TWIN
from leaderboard.names import LONGEST, clean_display_name, skeleton

CHOOSING_WELL = (
    "At least 8 characters, not digits alone, none that everybody uses, and nothing like your name."
)


class PlainMixin:
    """Labels say what a field is; placeholders that say it again go with the first letter."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name == "password1":
                field.help_text = CHOOSING_WELL


class LoginForm(PlainMixin, allauth_forms.LoginForm):  # type: ignore[misc]
    """The label says both that it takes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Username or email address"
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ChangePasswordForm(PlainMixin, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordForm(PlainMixin, allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordKeyForm(PlainMixin, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class ReauthenticateForm(PlainMixin, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    pass


class AddEmailForm(PlainMixin, allauth_forms.AddEmailForm):  # type: ignore[misc]
    pass


class SignupForm(PlainMixin, allauth_forms.SignupForm):  # type: ignore[misc]  # allauth is untyped
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
    error_messages = DefaultAccountAdapter.error_messages | {  # as allauth has it
        "too_many_login_attempts": "Too many logins with a wrong password. Wait five minutes, "
        "then try again.",
    }

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
