"""A task that does not hear its first cancellation ends all the same."""

import asyncio

from farewire_gateway.ending import tasks_end


async def test_a_cancellation_that_was_swallowed_is_said_again():
    started = asyncio.Event()

    async def deaf_once():
        try:
            started.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()

    task = asyncio.create_task(deaf_once())
    await started.wait()
    await tasks_end([task], patience_seconds=0.01)
    assert task.cancelled()


async def test_tasks_that_have_ended_are_not_waited_for():
    task = asyncio.create_task(asyncio.sleep(0))
    await task
    await tasks_end([task])
    await tasks_end([])
