"""Holds as rows, and the answers given under an idempotency key."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from farewire.domain.states import HoldState
from farewire.inventory.models import Cabin


class Hold(models.Model):
    """Seats kept for a traveller at a price, until `expires_at` and never beyond `cap_at`."""

    id = models.CharField(primary_key=True, max_length=40)
    state = models.TextField(default=HoldState.ACTIVE)
    passengers = models.PositiveSmallIntegerField()
    amount = models.BigIntegerField(help_text="For all passengers and legs, in minor units.")
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    cap_at = models.DateTimeField()
    extended_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    shopper = models.CharField(max_length=64, help_text="A keyed digest of the browser's session; empty where there is none.")
    address = models.CharField(max_length=64, help_text="A keyed digest of the network address; empty where there is none.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(state__in=list(HoldState)), name="hold_state_known"),
            models.CheckConstraint(condition=models.Q(passengers__gte=1, passengers__lte=9), name="hold_passengers_1_to_9"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="hold_amount_not_negative"),
            models.CheckConstraint(condition=models.Q(expires_at__lte=models.F("cap_at")), name="hold_ends_by_its_cap"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["expires_at"], name="hold_expiry", condition=models.Q(state="active")),
            models.Index(fields=["shopper"], name="hold_shopper", condition=models.Q(state="active")),
            models.Index(fields=["address"], name="hold_address", condition=models.Q(state="active")),
        ]

    def __str__(self) -> str:
        return self.id


class HoldSegment(models.Model):
    """One leg of a hold: which cabin, under which offer, at what price for each passenger."""

    pk = models.CompositePrimaryKey("hold_id", "position")
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="segments", db_index=False)
    position = models.PositiveSmallIntegerField()
    cabin = models.ForeignKey(Cabin, on_delete=models.PROTECT, related_name="hold_segments")
    flight_id = models.CharField(max_length=24)
    offer_id = models.CharField(max_length=80)
    fare_class = models.CharField(max_length=1)
    amount = models.IntegerField(help_text="For each passenger, in minor units.")

    def __str__(self) -> str:
        return f"{self.hold_id} {self.position}"


class IdempotentHold(models.Model):
    """The hold that a key made: the same key and request give it again."""

    key = models.CharField(primary_key=True, max_length=200)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the request, in hexadecimal.")
    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["created_at"], name="idempotent_hold_age")]

    def __str__(self) -> str:
        return self.key
