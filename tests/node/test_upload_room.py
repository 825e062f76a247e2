"""Room for uploads: a few at a time, and no address holds all places."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from node.upload_room import AT_ONCE, AT_ONCE_PER_ADDRESS, TooBusyForUploads, UploadRoom


async def test_one_address_cannot_hold_all_places() -> None:
    room = UploadRoom()
    async with AsyncExitStack() as held:
        for _ in range(AT_ONCE_PER_ADDRESS):
            await held.enter_async_context(room.place("192.0.2.7"))

        with pytest.raises(TooBusyForUploads):
            async with room.place("192.0.2.7"):
                pass
        async with room.place("192.0.2.8"):
            pass

    async with room.place("192.0.2.7"):
        pass


async def test_who_comes_when_all_places_are_taken_waits_for_the_next() -> None:
    room = UploadRoom()
    done: list[str] = []

    async def upload(address: str) -> None:
        async with room.place(address):
            done.append(address)

    async with AsyncExitStack() as held:
        for number in range(AT_ONCE):
            await held.enter_async_context(room.place(f"192.0.2.{number}"))
        waiting = asyncio.create_task(upload("192.0.2.99"))
        await asyncio.wait([waiting], timeout=0.05)
        assert done == []

    await waiting
    assert done == ["192.0.2.99"]


async def test_who_gives_up_waiting_takes_no_place() -> None:
    room = UploadRoom()
    async with AsyncExitStack() as held:
        for number in range(AT_ONCE):
            await held.enter_async_context(room.place(f"192.0.2.{number}"))
        waiting = asyncio.create_task(room.place("192.0.2.7").__aenter__())
        await asyncio.wait([waiting], timeout=0.05)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    async with AsyncExitStack() as held:
        for number in range(AT_ONCE):
            await held.enter_async_context(room.place(f"192.0.2.{number}"))
