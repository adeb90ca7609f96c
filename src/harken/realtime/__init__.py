"""From a committed transaction to every open page: NOTIFY in, server-sent events out.

`announce` speaks, rooms above register how a stream is admitted and how it catches up; `live` is the door.
"""

from harken.realtime.announce import CHANNEL, announce, cursor, mention
from harken.realtime.registry import Admission, Listener, admit_with, attend_with, replay_with

__all__ = [
    "CHANNEL",
    "Admission",
    "Listener",
    "admit_with",
    "announce",
    "attend_with",
    "cursor",
    "mention",
    "replay_with",
]
