"""State plus events is fresh state, whatever is lost, repeated, late or rebuilt, and wherever the reader comes back."""

from dataclasses import dataclass, field
from datetime import date

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from farewire.contracts.feed import Position
from farewire.contracts.topics import MarketTopic
from farewire.platform.topic_store import StoredFlight, TopicMark, TopicState
from farewire_gateway.local_topic import Applied, LocalTopic
from farewire_gateway.subscription import Subscription

FLIGHTS = ("A", "B", "C")
GATEWAYS = (0, 1)


@dataclass
class Store:
    """The topic store's rules, and the messages that go with each merge."""

    epoch: int = 0
    seq: int = 0
    flights: dict[str, tuple[int, int]] = field(default_factory=dict)

    def commit(self, flight: str) -> dict[str, object]:
        self.seq += 1
        version = self.flights.get(flight, (0, 0))[0] + 1
        self.flights[flight] = (version, self.seq)
        return {"epoch": str(self.epoch), "seq": self.seq, "ts": 0.0, "flights": [(flight, version, _document(flight, version))]}

    def rebuild(self) -> None:
        self.epoch, self.seq = self.epoch + 1, 1
        self.flights = {flight: (version, 1) for flight, (version, _) in self.flights.items()}

    def read(self) -> TopicState:
        stored = [StoredFlight(name, version, seq, _document(name, version)) for name, (version, seq) in self.flights.items()]
        return TopicState(mark=TopicMark(str(self.epoch), self.seq, complete=True), ts=0.0, flights=stored)


@dataclass
class Reader:
    """A client of protocol 1: keeps the highest version of each flight and the last position."""

    flights: dict[str, int] = field(default_factory=dict)
    have: Position | None = None

    def read(self, subscription: Subscription) -> None:
        while (frame := subscription.next_frame()) is not None:
            message = orjson.loads(frame.payload)
            self.have = Position(epoch=message["epoch"], seq=message["seq"])
            for flight in message["flights"]:
                self.flights[flight["id"]] = max(flight["version"], self.flights.get(flight["id"], 0))


def _document(flight: str, version: int) -> bytes:
    return orjson.dumps({"id": flight, "version": version})


commits = st.tuples(st.just("commit"), st.sampled_from(FLIGHTS), st.sets(st.sampled_from(GATEWAYS)))
steps = st.one_of(
    commits,
    commits,
    commits,
    st.tuples(st.just("late"), st.sampled_from(GATEWAYS), st.integers(0, 20)),
    st.tuples(st.just("heal"), st.sampled_from(GATEWAYS)),
    st.tuples(st.just("rebuild")),
    st.tuples(st.just("read")),
    st.tuples(st.just("move"), st.sampled_from(GATEWAYS)),
)


@settings(max_examples=300)
@given(st.lists(steps, min_size=4, max_size=40))
def test_a_reader_who_comes_back_has_everything_once_its_gateway_is_healed(script):  # noqa: C901  # one branch for each kind of step
    store = Store()
    topics = [LocalTopic(MarketTopic("JFK", "LAX", date(2026, 12, 1))) for _ in GATEWAYS]
    sent: list[dict] = []
    reader, place = Reader(), 0
    for topic in topics:
        topic.load(store.read())
    subscription = Subscription(None, topics[0], have=None, only=None)

    def deliver(topic: LocalTopic, message: dict) -> None:
        if topic.apply(**message) is Applied.FOREIGN:
            topic.load(store.read())

    for step in script:
        match step:
            case ("commit", flight, heard):
                sent.append(store.commit(flight))
                for gateway in heard:
                    deliver(topics[gateway], sent[-1])
            case ("late", gateway, which) if sent:
                deliver(topics[gateway], sent[which % len(sent)])
            case ("heal", gateway):
                topics[gateway].load(store.read())
            case ("rebuild",):
                store.rebuild()
            case ("read",):
                reader.read(subscription)
            case ("move", place):
                # What was due and not read yet is lost with the connection; `have` has to make up for it.
                subscription = Subscription(None, topics[place], have=reader.have, only=None)
    # Leaves with what it was told before the healing, and comes back after it.
    reader.read(subscription)
    for topic in topics:
        topic.load(store.read())
    reader.read(Subscription(None, topics[place], have=reader.have, only=None))
    assert reader.flights == {flight: version for flight, (version, _) in store.flights.items()}
    assert not topics[place].gap
