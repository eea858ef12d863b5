"""How often something was refused because it could not be right, by kind."""

from django.db import models


class Refusal(models.Model):
    class Kind(models.TextChoices):
        NO_SUCH_EVALUATION = "no_such_evaluation", "a message for an evaluation that is not there"
        OLD_FENCE = "old_fence", "a write by a worker whose lease others hold by now"
        BAD_RESULT = "bad_result", "a result that no training can have"
        BAD_RECORDING = "bad_recording", "a recording that is none of its run"
        OTHER_GRADER = "other_grader", "a worker of another grader version"
        OTHER_CHECKPOINT = "other_checkpoint", "a checkpoint of another configuration"

    kind = models.CharField(max_length=20, choices=Kind, primary_key=True)
    times = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind}: {self.times}"
