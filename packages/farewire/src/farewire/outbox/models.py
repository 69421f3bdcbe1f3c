"""The outbox: what changed in a committed transaction and waits to be priced."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

INVENTORY_CHANGED = "inventory.changed"
SCHEDULE_CHANGED = "schedule.changed"
CHANNEL = "farewire_outbox"
"""The NOTIFY channel by which a commit wakes the pricing workers."""


class OutboxEvent(models.Model):
    """One change, appended in the transaction that made it and deleted in the one that priced it."""

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField(help_text="inventory.changed or schedule.changed")
    subject = models.BigIntegerField(help_text="The id of the dated leg that changed; 0 where the whole schedule did.")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
