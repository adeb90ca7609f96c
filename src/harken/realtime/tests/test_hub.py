import asyncio
import json
from typing import Any

from harken.realtime import Admission
from harken.realtime.frames import Frame
from harken.realtime.hub import Hub
from harken.realtime.stream import Stream


class Listener(Stream):
    """A stream that only notes what reaches it."""

    def __init__(self, user_id: int, *workspace_ids: int) -> None:
        super().__init__("key", Admission(user_id, workspace_ids, ""), None, _send, _catch_up)
        self.heard: list[str] = []

    def push(self, frame: Frame) -> None:
        self.heard.append(str(frame.cursor))

    def resume(self) -> None:
        self.heard.append("resume")


async def _send(message: Any) -> None:
    raise AssertionError("nothing is written here")


async def _catch_up(stream: Stream) -> list[Frame]:
    return []


def hand_out(hub: Hub, **payload: Any) -> None:
    asyncio.run(hub.hand_out(json.dumps(payload)))


def test_news_reach_the_streams_of_their_workspace_and_no_others():
    hub, olga, mallory = Hub(), Listener(1, 7, 8), Listener(2, 9)
    hub.add(olga)
    hub.add(mallory)

    hand_out(hub, w=8, c="100")

    assert (olga.heard, mallory.heard) == (["100"], [])


def test_a_changed_session_makes_all_streams_of_that_user_prove_themselves():
    hub, first, second, other = Hub(), Listener(1, 7), Listener(1, 7), Listener(2, 7)
    for stream in (first, second, other):
        hub.add(stream)

    hand_out(hub, u=1, t="session")

    assert (first.heard, second.heard, other.heard) == (["resume"], ["resume"], [])


def test_a_stream_that_left_hears_nothing_and_leaves_nothing_behind():
    hub, olga = Hub(), Listener(1, 7)
    hub.add(olga)

    hub.remove(olga)
    hub.remove(olga)
    hand_out(hub, w=7, c="100")

    assert olga.heard == []
    assert len(hub) == 0
    assert not hub._by_workspace
