"""Participants and organisers."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from leaderboard.models.colour import Colour, colour_of
from leaderboard.names import clean_display_name, skeleton, validate_display_name

TWIN = "Another participant has this name or one that looks like it. Choose another."


class User(AbstractUser):
    """Somebody with a login (private) and a display name (on the board)."""

    display_name = models.CharField(
        max_length=40,
        unique=True,
        validators=[validate_display_name],
        help_text="What the board calls you. 2 to 40 characters, apart from your login.",
    )
    display_skeleton = models.CharField(max_length=200, unique=True, editable=False)
    car_colour = models.CharField(
        max_length=10, choices=Colour, blank=True, default="", help_text="None: one by the number."
    )
    must_change_password = models.BooleanField(
        default=False,
        help_text="Set for a password that was printed or sent: asked to change at the next login.",
    )

    REQUIRED_FIELDS = ["email", "display_name"]

    def __str__(self) -> str:
        return self.display_name

    def get_absolute_url(self) -> str:
        """By number: a name may be changed."""
        return reverse("participant", args=[self.pk])

    @property
    def colour(self) -> Colour:
        return colour_of(self.pk, self.car_colour)

    def clean(self) -> None:
        super().clean()
        twins = User.objects.filter(display_skeleton=skeleton(self.display_name))
        if twins.exclude(pk=self.pk).exists():
            raise ValidationError({"display_name": TWIN})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.display_name = clean_display_name(self.display_name or self.username)
        self.display_skeleton = skeleton(self.display_name)
        if (fields := kwargs.get("update_fields")) is not None and "display_name" in fields:
            kwargs["update_fields"] = {*fields, "display_skeleton"}
        super().save(*args, **kwargs)
