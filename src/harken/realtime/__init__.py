"""From a committed transaction to every open page: NOTIFY in, server-sent events out.

`announce` speaks, rooms above register how a stream is admitted and how it catches up; `live` is the door.
"""

from harken.realtime.announce import CHANNEL, announce, cursor
from harken.realtime.registry import Admission, admit_with, replay_with

__all__ = ["CHANNEL", "Admission", "admit_with", "announce", "cursor", "replay_with"]
