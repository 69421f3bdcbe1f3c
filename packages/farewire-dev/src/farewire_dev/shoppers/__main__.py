"""Let travellers loose on a site: `python -m farewire_dev.shoppers --rate 0.5 --seed 7`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
from contextlib import suppress

import structlog

from farewire.domain.clock import SystemClock
from farewire.platform.logging import logging_configure
from farewire_dev.shoppers.crowd import Crowd
from farewire_dev.shoppers.market import FOCUS, Board, board_parse
from farewire_dev.shoppers.site import HttpSite
from farewire_dev.shoppers.tally import Tally
from farewire_dev.shoppers.traveller import Crowding, arrivals

_LOG = structlog.get_logger("farewire_dev.shoppers")
_REPORT_SECONDS = 60.0


def _board(text: str) -> Board:
    try:
        return board_parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _positive(text: str) -> float:
    number = float(text)
    if not number > 0:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m farewire_dev.shoppers",
        description="Simulated travellers: they search, hesitate, hold seats and release them or let them expire, over the public "
        "HTTP API only. The same seed gives the same travellers. One log line a minute says what happened to them.",
    )
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="the site's front door (%(default)s)")
    parser.add_argument("--rate", type=_positive, default=0.5, help="travellers a second, on average (%(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="which travellers come (%(default)s)")
    parser.add_argument("--duration", type=_positive, help="stop after so many seconds; without it, when told to")
    ahead = parser.add_mutually_exclusive_group()
    ahead.add_argument("--days", type=int, default=29, help="how many days ahead travellers look at most (%(default)s)")
    ahead.add_argument("--loaded-days", type=int, metavar="DAYS", help="for how many days the schedule is loaded, today being the first")
    parser.add_argument(
        "--focus",
        type=_board,
        action="append",
        metavar="JFK-LAX:7",
        help="a market and days ahead where travellers crowd, so that its board moves; may be repeated (five boards a week ahead)",
    )
    parser.add_argument("--focus-share", type=float, default=0.6, help="the part of them that does (%(default)s)")
    parser.add_argument("--visits", type=int, default=300, help="the most travellers at once; others are turned away (%(default)s)")
    parser.add_argument("--connections", type=int, default=8, help="the most requests at once (%(default)s)")
    parser.add_argument("--log-format", choices=("json", "console"), default="console", help="how log lines look (%(default)s)")
    return parser


async def _report(tally: Tally, crowd: Crowd) -> None:
    while True:
        await asyncio.sleep(_REPORT_SECONDS)
        _LOG.info("shoppers", **tally.report(visiting=crowd.visiting))


async def _run(arguments: argparse.Namespace, crowding: Crowding) -> None:
    tally = Tally()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with HttpSite(url=arguments.url, connections=arguments.connections, clock=SystemClock()) as site:
        crowd = Crowd(site=site, tally=tally, limit=arguments.visits)
        playing = asyncio.create_task(crowd.run(arrivals(seed=arguments.seed, rate=arguments.rate, crowding=crowding)))
        reporting = asyncio.create_task(_report(tally, crowd))
        stopping = asyncio.create_task(stop.wait())
        _LOG.info("shoppers come", url=arguments.url, rate=arguments.rate, seed=arguments.seed)
        # Arrivals never end, so `playing` is only ever done when something is wrong with us: then say so by raising.
        await asyncio.wait({playing, stopping}, timeout=arguments.duration, return_when=asyncio.FIRST_COMPLETED)
        visiting = crowd.visiting
        for task in (playing, reporting, stopping):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    _LOG.info("shoppers go home", **tally.report(visiting=visiting))


def main() -> None:
    """Read the arguments and run until told to stop."""
    parser = _parser()
    arguments = parser.parse_args()
    try:
        horizon = arguments.days if arguments.loaded_days is None else max(1, arguments.loaded_days - 1)
        crowding = Crowding(focus=arguments.focus or FOCUS, focus_share=arguments.focus_share, horizon_days=horizon)
    except ValueError as error:
        parser.error(str(error))
    logging_configure(service="shoppers", release="dev", style=arguments.log_format)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    asyncio.run(_run(arguments, crowding))


if __name__ == "__main__":
    main()
