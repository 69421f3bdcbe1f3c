"""Prices as rows: the controls they come from, the offers made, and the state that the feed shows."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from farewire.catalog.models import DatedLeg
from farewire.inventory.models import Cabin


class Control(models.Model):
    """The protection levels computed for a cabin at one moment, and what they were computed from; append-only."""

    id = models.BigAutoField(primary_key=True)
    cabin = models.ForeignKey(Cabin, on_delete=models.PROTECT, related_name="controls", db_index=False)
    computed_at = models.DateTimeField(db_default=Now())
    inputs_hash = models.CharField(max_length=64, help_text="SHA-256 of the inputs, in hexadecimal.")
    inputs = models.JSONField(help_text="Demand forecast, capacity, distance and days before departure.")
    classes = ArrayField(models.CharField(max_length=1), help_text="Booking classes from the dearest to the cheapest.")
    fares = ArrayField(models.IntegerField(), help_text="The fare of each class in minor units.")
    levels = ArrayField(
        models.IntegerField(), help_text="Seats that classes 1..j keep: class j+1 sells while more are left; one fewer than classes."
    )

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["cabin", "-id"], name="control_newest")]

    def __str__(self) -> str:
        return f"control {self.id}"


class FlightState(models.Model):
    """What is shown of a dated leg: its newest version, and which version was last published."""

    leg = models.OneToOneField(DatedLeg, on_delete=models.PROTECT, primary_key=True, related_name="state")
    version = models.BigIntegerField()
    published_version = models.BigIntegerField(default=0)
    document = models.JSONField(help_text="The contract's flight at this version.")
    priced_seqs = models.JSONField(help_text="Per cabin id, the inventory seq that this version was priced at.")
    priced_at = models.DateTimeField(help_text="When this version was committed.")
    next_reprice_at = models.DateTimeField(null=True, help_text="When time alone asks for a new price; null once sales have closed.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(version__gte=1), name="state_version_from_one"),
            models.CheckConstraint(condition=models.Q(published_version__lte=models.F("version")), name="state_published_what_is"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["priced_at"], name="state_behind", condition=models.Q(published_version__lt=models.F("version"))),
            models.Index(fields=["next_reprice_at"], name="state_due"),
        ]

    def __str__(self) -> str:
        return f"{self.leg_id} v{self.version}"


class OfferVersion(models.Model):
    """A cabin's offers at one version: immutable, but for the moment at which a newer one took their place."""

    pk = models.CompositePrimaryKey("cabin_id", "version")
    cabin = models.ForeignKey(Cabin, on_delete=models.PROTECT, related_name="offer_versions", db_index=False)
    version = models.BigIntegerField(help_text="The flight's version at which these offers were made.")
    fare_class = models.CharField(max_length=1)
    protect = models.IntegerField(help_text="Seats that this class must leave for better classes.")
    currency = models.CharField(max_length=3)
    amounts = models.JSONField(help_text="Minor units per brand.")
    control = models.ForeignKey(Control, on_delete=models.PROTECT, null=True)
    seats_left = models.IntegerField(help_text="Seats left when priced.")
    priced_seq = models.BigIntegerField(help_text="The inventory seq when priced.")
    created_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cabin"], condition=models.Q(superseded_at__isnull=True), name="offer_one_current_per_cabin"),
        ]

    def __str__(self) -> str:
        return f"{self.cabin_id} v{self.version}"
