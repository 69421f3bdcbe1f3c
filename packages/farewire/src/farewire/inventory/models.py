"""Seats as counters, and the ledger that explains every change of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from farewire.catalog.models import DatedLeg
from farewire.domain.states import CabinCode, CabinStatus, LedgerKind


class Cabin(models.Model):
    """The one row that says how many seats of a dated leg's cabin are left.

    Left are `authorized - blocked - sold - held`. `seq` counts the changes and equals the newest ledger entry's.
    """

    id = models.BigAutoField(primary_key=True)
    leg = models.ForeignKey(DatedLeg, on_delete=models.PROTECT, related_name="cabins", db_index=False)
    code = models.TextField()
    status = models.TextField(default=CabinStatus.OPEN)
    authorized = models.IntegerField(help_text="Seats that may be sold.")
    blocked = models.IntegerField(default=0, help_text="Seats kept back by staff.")
    sold = models.IntegerField(default=0)
    held = models.IntegerField(default=0)
    seq = models.BigIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["leg", "code"], name="cabin_once_per_leg"),
            models.CheckConstraint(condition=models.Q(code__in=list(CabinCode)), name="cabin_code_known"),
            models.CheckConstraint(condition=models.Q(status__in=list(CabinStatus)), name="cabin_status_known"),
            models.CheckConstraint(
                condition=models.Q(authorized__gte=0, blocked__gte=0, sold__gte=0, held__gte=0), name="cabin_counters_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(authorized__gte=models.F("blocked") + models.F("sold") + models.F("held")), name="cabin_never_oversold"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leg_id} {self.code}"

    @property
    def seats_left(self) -> int:
        """Seats that may still be held."""
        return self.authorized - self.blocked - self.sold - self.held


class LedgerEntry(models.Model):
    """One change of a cabin's counters; entries are only ever appended, which a trigger enforces."""

    pk = models.CompositePrimaryKey("cabin_id", "seq")
    cabin = models.ForeignKey(Cabin, on_delete=models.PROTECT, related_name="ledger", db_index=False)
    seq = models.BigIntegerField()
    kind = models.TextField()
    authorized_delta = models.IntegerField(default=0)
    blocked_delta = models.IntegerField(default=0)
    sold_delta = models.IntegerField(default=0)
    held_delta = models.IntegerField(default=0)
    reference = models.TextField(help_text="The hold, order, file or member of staff that asked.")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(kind__in=list(LedgerKind)), name="ledger_kind_known"),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="ledger_seq_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.cabin_id} #{self.seq} {self.kind}"
