import asyncio
from typing import Any

from django.db import OperationalError

from harken.realtime import Admission
from harken.realtime.frames import Frame
from harken.realtime.stream import BEATS_BETWEEN_PROOFS, MOST_WAITING_FRAMES, NoLongerAdmitted, Stream

OLGA = Admission(user_id=1, workspace_ids=(7,), fingerprint="first")


class Page:
    """A browser at the far end: keeps what it was sent, and can stop reading."""

    def __init__(self, *missed: Frame) -> None:
        self.read = b""
        self.is_over = False
        self.asked_from: list[str | None] = []
        self.missed: list[Frame] | Exception = list(missed)
        self.is_reading = asyncio.Event()
        self.is_reading.set()
        self.stream = Stream("key", OLGA, None, self.send, self.catch_up)

    async def send(self, message: Any) -> None:
        await self.is_reading.wait()
        self.read += message["body"]
        self.is_over = not message.get("more_body", False)

    async def catch_up(self, stream: Stream) -> list[Frame]:
        self.asked_from.append(stream.cursor)
        await asyncio.sleep(0)
        if isinstance(self.missed, Exception):
            raise self.missed
        return self.missed


def frame(number: int) -> Frame:
    return Frame(str(number), b"<%d>" % number)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_news_that_arrive_while_the_page_catches_up_follow_what_it_missed():
    async def scene() -> bytes:
        page = Page(frame(1), frame(2))
        page.stream.resume()
        await asyncio.sleep(0)
        page.stream.push(frame(3))
        await settle()
        return page.read

    assert asyncio.run(scene()) == b"<1><2><3>"


def test_a_page_that_reads_too_slowly_is_read_to_again_from_where_it_was():
    async def scene() -> Page:
        page = Page(frame(900))
        page.stream.push(frame(1))
        await settle()
        page.is_reading.clear()
        for number in range(2, MOST_WAITING_FRAMES + 100):
            page.stream.push(frame(number))
            await asyncio.sleep(0)
        page.is_reading.set()
        await settle()
        return page

    page = asyncio.run(scene())

    # Frame 2 was on its way already when the page stopped reading; all that waited behind it was dropped.
    assert page.asked_from == ["2"]
    assert page.read == b"<1><2><900>"


def test_a_page_whose_session_ended_is_finished():
    async def scene() -> Page:
        page = Page()
        page.missed = NoLongerAdmitted()
        page.stream.resume()
        await settle()
        return page

    assert asyncio.run(scene()).is_over


def test_a_page_that_cannot_catch_up_is_finished_so_that_it_comes_back():
    async def scene() -> Page:
        page = Page()
        page.missed = OperationalError("gone")
        page.stream.resume()
        await settle()
        return page

    assert asyncio.run(scene()).is_over


def test_an_idle_page_hears_a_heartbeat_and_proves_itself_now_and_then():
    async def scene() -> Page:
        page = Page(frame(5))
        for _ in range(BEATS_BETWEEN_PROOFS):
            page.stream.beat()
            await settle()
        return page

    page = asyncio.run(scene())

    assert page.read == b":\n\n" * (BEATS_BETWEEN_PROOFS - 1) + b"<5>"
    assert len(page.asked_from) == 1


def test_a_heartbeat_does_not_move_the_cursor():
    async def scene() -> str | None:
        page = Page()
        page.stream.push(frame(4))
        await settle()
        page.stream.beat()
        await settle()
        return page.stream.cursor

    assert asyncio.run(scene()) == "4"
