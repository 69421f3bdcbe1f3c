"""The schedule as rows: where one can fly, with whom, in what, and when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from farewire.domain.states import FlightStatus


class Airport(models.Model):
    """An airport that the schedule serves, with its IANA zone."""

    code = models.CharField(primary_key=True, max_length=3)
    name = models.TextField()
    city = models.TextField()
    country = models.CharField(max_length=2)
    latitude = models.FloatField(help_text="Degrees north.")
    longitude = models.FloatField(help_text="Degrees east.")
    zone = models.TextField(help_text="The IANA zone, such as America/New_York.")
    search_text = models.TextField(help_text="Code, city and name, case folded and without accents.")
    served = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.code


class Carrier(models.Model):
    """An airline by its designator."""

    code = models.CharField(primary_key=True, max_length=3)
    name = models.TextField()

    def __str__(self) -> str:
        return self.code


class Equipment(models.Model):
    """An aircraft type by its IATA code, with its seats per cabin."""

    code = models.CharField(primary_key=True, max_length=3)
    name = models.TextField()
    cabins = models.JSONField(help_text='Seats per cabin, such as {"economy": 150, "business": 16}.')

    class Meta:
        verbose_name_plural = "equipment"

    def __str__(self) -> str:
        return self.code


class ScheduleFile(models.Model):
    """A schedule file that was loaded over a window of dates, known by its content's digest."""

    digest = models.CharField(max_length=64, help_text="SHA-256 of the file and of how it was loaded, in hexadecimal.")
    name = models.TextField()
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The last date of the window, included.")
    loaded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["digest", "starts_on", "ends_on"], name="schedule_file_loaded_once"),
        ]

    def __str__(self) -> str:
        return self.name


class DatedLeg(models.Model):
    """One flight leg on one day: what is priced, sold and shown."""

    id = models.BigAutoField(primary_key=True)
    flight_id = models.CharField(max_length=24, unique=True, help_text="FW123-20261201-JFK")
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, db_index=False)
    number = models.PositiveIntegerField()
    suffix = models.CharField(max_length=1, blank=True, default="")
    leg_sequence = models.PositiveSmallIntegerField(default=1)
    origin = models.ForeignKey(Airport, on_delete=models.PROTECT, related_name="departures", db_index=False)
    destination = models.ForeignKey(Airport, on_delete=models.PROTECT, related_name="arrivals", db_index=False)
    local_date = models.DateField(help_text="The date of departure where it departs.")
    departs_at = models.DateTimeField()
    arrives_at = models.DateTimeField()
    equipment = models.ForeignKey(Equipment, on_delete=models.PROTECT, db_index=False)
    status = models.TextField(default=FlightStatus.OPEN)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(status__in=list(FlightStatus)), name="leg_status_known"),
            models.CheckConstraint(condition=models.Q(arrives_at__gt=models.F("departs_at")), name="leg_arrives_after_departure"),
            models.CheckConstraint(condition=~models.Q(origin=models.F("destination")), name="leg_goes_somewhere"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["origin", "destination", "local_date"], name="leg_market"),
            models.Index(fields=["departs_at"], name="leg_departure"),
        ]

    def __str__(self) -> str:
        return self.flight_id
