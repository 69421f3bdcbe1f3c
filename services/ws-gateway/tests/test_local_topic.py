"""A topic in one gateway's memory."""

from datetime import date

import orjson
import pytest

from farewire.contracts.topics import MarketTopic
from farewire.platform.topic_store import StoredFlight, TopicMark, TopicState
from farewire_gateway.local_topic import Applied, LocalTopic


def _state(seq: int, *flights: tuple[str, int, int], epoch: str = "e") -> TopicState:
    """Flights are (id, version, seq)."""
    stored = [StoredFlight(name, version, at, _document(name, version)) for name, version, at in flights]
    return TopicState(mark=TopicMark(epoch=epoch, seq=seq, complete=True), ts=5.0, flights=stored)


def _document(name: str, version: int) -> bytes:
    return orjson.dumps({"id": name, "version": version})


def _apply(topic: LocalTopic, seq: int, *flights: tuple[str, int], epoch: str = "e") -> Applied:
    return topic.apply(epoch=epoch, seq=seq, ts=9.0, flights=[(name, version, _document(name, version)) for name, version in flights])


def _read(frame) -> tuple[int, dict[str, int]]:
    message = orjson.loads(frame.payload)
    return message["seq"], {flight["id"]: flight["version"] for flight in message["flights"]}


@pytest.fixture
def topic() -> LocalTopic:
    topic = LocalTopic(MarketTopic("JFK", "LAX", date(2026, 12, 1)))
    topic.load(_state(3, ("A", 1, 2), ("B", 4, 3)))
    return topic


def test_takes_updates_in_order(topic):
    assert _apply(topic, 4, ("A", 2)) is Applied.NEXT
    assert _read(topic.snapshot(since_seq=None, only=None)) == (4, {"A": 2, "B": 4})


def test_ignores_what_it_knows_and_what_is_of_another_epoch(topic):
    assert _apply(topic, 3, ("A", 9)) is Applied.KNOWN
    assert _apply(topic, 4, ("A", 9), epoch="f") is Applied.FOREIGN
    assert _read(topic.snapshot(since_seq=None, only=None)) == (3, {"A": 1, "B": 4})


def test_never_goes_back_to_an_older_version(topic):
    assert _apply(topic, 4, ("B", 3)) is Applied.NEXT
    assert _read(topic.snapshot(since_seq=None, only=None)) == (4, {"A": 1, "B": 4})


def test_a_gap_holds_the_position_back_until_it_is_closed(topic):
    assert _apply(topic, 6, ("A", 3)) is Applied.GAP
    assert _read(topic.snapshot(since_seq=None, only=None)) == (3, {"A": 3, "B": 4})
    assert _apply(topic, 5, ("B", 5)) is Applied.GAP
    assert _apply(topic, 4, ("A", 2)) is Applied.NEXT
    assert not topic.gap
    assert _read(topic.snapshot(since_seq=None, only=None)) == (6, {"A": 3, "B": 5})


def test_reading_closes_a_gap_and_keeps_what_came_ahead_of_it(topic):
    _apply(topic, 6, ("A", 3))
    topic.load(_state(5, ("A", 2, 4), ("B", 5, 5)))
    assert not topic.gap
    assert _read(topic.snapshot(since_seq=None, only=None)) == (6, {"A": 3, "B": 5})


def test_a_new_epoch_replaces_everything(topic):
    _apply(topic, 9, ("A", 3))
    topic.load(_state(1, ("B", 4, 1), epoch="f"))
    assert (topic.epoch, topic.gap) == ("f", False)
    assert _read(topic.snapshot(since_seq=None, only=None)) == (1, {"B": 4})


def test_tells_what_changed_since_a_position(topic):
    _apply(topic, 4, ("A", 2))
    assert _read(topic.snapshot(since_seq=3, only=None)) == (4, {"A": 2})
    assert _read(topic.snapshot(since_seq=2, only=None)) == (4, {"A": 2, "B": 4})
    assert _read(topic.snapshot(since_seq=99, only=None)) == (4, {})


def test_an_update_conflates_all_that_a_reader_has_missed(topic):
    behind = topic.revision
    for version in range(2, 50):
        _apply(topic, version + 2, ("A", version))
    assert _read(topic.update_since_revision(behind, only=None)) == (51, {"A": 49})
    assert topic.update_since_revision(behind, only=frozenset({"B"})) is None


def test_encodes_each_frame_once(topic):
    behind = topic.revision
    _apply(topic, 4, ("A", 2))
    assert topic.update_since_revision(behind, only=None) is topic.update_since_revision(behind, only=None)
    assert topic.snapshot(since_seq=None, only=None) is topic.snapshot(since_seq=None, only=None)
    assert topic.snapshot(since_seq=3, only=None).wire is topic.snapshot(since_seq=3, only=None).wire


def test_readers_with_filters_of_their_own_do_not_fill_the_memory(topic):
    for number in range(1000):
        topic.snapshot(since_seq=None, only=frozenset({f"F{number}"}))
    assert len(topic._frames) <= 64
