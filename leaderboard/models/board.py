"""The boards that a competition may have: what is trained here, and what was trained elsewhere."""

from django.db import models


class Board(models.TextChoices):
    CONFIGS = "configs", "trained here"
    WEIGHTS = "weights", "brought trained"
