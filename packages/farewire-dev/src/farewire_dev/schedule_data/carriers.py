"""The fictional carriers that fly the real schedule, one for each real designator in the data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FictionalCarrier:
    """A designator and a name of ours. `regional` carriers fly regional aircraft only."""

    code: str
    name: str
    regional: bool = False


CARRIERS = {
    "UA": FictionalCarrier("FW", "Farewire Air"),
    "B6": FictionalCarrier("LQ", "Larkspur Airways"),
    "EV": FictionalCarrier("V5", "Vesper Regional", regional=True),
    "DL": FictionalCarrier("MZ", "Meridian Atlantic"),
    "AA": FictionalCarrier("N8", "Northstar Airlines"),
    "MQ": FictionalCarrier("K3", "Kestrel Connect", regional=True),
    "US": FictionalCarrier("J8", "Juniper Air"),
    "9E": FictionalCarrier("P6", "Pinewood Express", regional=True),
    "WN": FictionalCarrier("S2", "Sunbelt Direct"),
    "VX": FictionalCarrier("VQ", "Vantage Pacific"),
    "FL": FictionalCarrier("TQ", "Trillium Air"),
    "AS": FictionalCarrier("Q8", "Borealis Airways"),
    "F9": FictionalCarrier("R6", "Ridgeline Airlines"),
    "HA": FictionalCarrier("H7", "Halcyon Pacific"),
    "YV": FictionalCarrier("Y5", "Yarrow Shuttle", regional=True),
    "OO": FictionalCarrier("O2", "Osprey Skyways", regional=True),
}
