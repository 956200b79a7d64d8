"""What the shop sells, and to whom."""

from __future__ import annotations

import uuid

from django.db import models
from django.urls import reverse


class Product(models.Model):
    name: models.CharField[str, str] = models.CharField(max_length=100)
    price: models.IntegerField[int, int] = models.IntegerField(help_text="in cents of USD")
    stock: models.IntegerField[int, int] = models.IntegerField(default=10)

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    """An order; its id is in the address of its page, so nobody can guess another's."""

    class State(models.TextChoices):
        OPEN = "open"
        PAID = "paid"
        FAILED = "failed"

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(primary_key=True, default=uuid.uuid4)
    product: models.ForeignKey[Product, Product] = models.ForeignKey(Product, on_delete=models.PROTECT)
    amount: models.IntegerField[int, int] = models.IntegerField()
    state: models.CharField[str, str] = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    payment: models.CharField[str, str] = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return f"{self.id} ({self.state})"

    def get_absolute_url(self) -> str:
        return reverse("order", args=[self.id])
