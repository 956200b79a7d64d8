"""What the receivers of the tests write."""

from __future__ import annotations

from django.db import models


class Effect(models.Model):
    """A row for each time that a receiver did something."""

    event_id: models.CharField[str, str] = models.CharField(max_length=64)
    note: models.CharField[str, str] = models.CharField(max_length=64, default="")

    class Meta:
        app_label = "shop"

    def __str__(self) -> str:
        return f"{self.event_id} {self.note}"


class Unique(models.Model):
    """A row that there can be once."""

    name: models.CharField[str, str] = models.CharField(max_length=64, unique=True)

    class Meta:
        app_label = "shop"

    def __str__(self) -> str:
        return self.name
