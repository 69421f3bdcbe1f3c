"""A reader who stops reading costs the gateway a bounded amount, and gets the newest state when it reads again."""

import asyncio
import json
import socket

from websockets.client import ClientProtocol
from websockets.uri import parse_uri

from farewire_gateway.metrics import HubCollector

TOPIC = "market:JFK-LAX:2026-12-01"
FLIGHTS = [f"FW{number}-20261201-JFK" for number in range(100, 140)]


class Sleeper:
    """A websocket client with a small receive buffer that reads only when told."""

    def __init__(self, url: str) -> None:
        self._uri = parse_uri(url)
        self._protocol = ClientProtocol(self._uri, max_size=None)
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.setblocking(False)

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.sock_connect(self._socket, (self._uri.host, self._uri.port))
        self._protocol.send_request(self._protocol.connect())
        await self._flush()
        while self._protocol.state.name != "OPEN":
            self._protocol.receive_data(await loop.sock_recv(self._socket, 4096))
            list(self._protocol.events_received())

    async def send(self, message: object) -> None:
        self._protocol.send_text(json.dumps(message).encode())
        await self._flush()

    async def read(self) -> list[dict]:
        self._protocol.receive_data(await asyncio.get_running_loop().sock_recv(self._socket, 65536))
        messages = [json.loads(frame.data) for frame in self._protocol.events_received() if frame.opcode.name == "TEXT"]
        await self._flush()
        return messages

    async def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            await asyncio.get_running_loop().sock_sendall(self._socket, data)

    def close(self) -> None:
        self._socket.close()


async def test_gets_the_newest_state_when_it_reads_again(gateway, worker):
    worker.commit(TOPIC, *FLIGHTS)
    sleeper = Sleeper(gateway.url)
    await sleeper.open()
    await sleeper.send({"type": "subscribe", "topics": [TOPIC]})
    async with gateway.client() as reader:
        await reader.subscribe(TOPIC)
        await reader.until(lambda: reader.version(TOPIC, FLIGHTS[0]) == 1, what="snapshot")
        rounds = 150
        for _ in range(rounds):
            worker.change(TOPIC, *FLIGHTS)
            await asyncio.sleep(0)
        await reader.until(lambda: reader.version(TOPIC, FLIGHTS[-1]) == rounds + 1, what="all updates", seconds=30)
        # The reader was not held up by the sleeper, who now waits with one mark, whatever was published.
        waiting = [held for held in gateway.hub.sockets if held._dirty]
        assert len(waiting) == 1
        assert len(waiting[0]._dirty) == 1
        assert gateway.hub.tally.conflated > 0
        assert any(metric.name == "farewire_gateway_slow_sockets" for metric in HubCollector(gateway.hub).collect())

        versions: dict[str, int] = {}
        updates = 0
        async with asyncio.timeout(30):
            while versions.get(FLIGHTS[-1]) != rounds + 1:
                for message in await sleeper.read():
                    updates += message["type"] == "update"
                    for flight in message.get("flights", []):
                        versions[flight["id"]] = max(flight["version"], versions.get(flight["id"], 0))
        assert versions == {flight: worker.truth[TOPIC][flight].version for flight in [*worker.truth[TOPIC]]}
        assert updates < rounds / 2
    sleeper.close()
