from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from harken.agents.models import Agent
from harken.notifications.models import Preference, PushDevice, Telling, Way
from harken.notifications.push.encryption import CURVE, Keys, encoded, point_of

_numbers = count(1)


def make_preference(agent: Agent, **chosen: Any) -> Preference:
    """What a colleague chose for themselves."""
    return Preference.objects.create(workspace=agent.workspace, agent=agent, **chosen)


def make_device(agent: Agent, endpoint: str = "", keys: Keys | None = None) -> PushDevice:
    """A browser that a colleague lets us push to."""
    endpoint = endpoint or f"https://push.example/{next(_numbers)}"
    keys = keys or Keys(
        encoded(point_of(ec.generate_private_key(CURVE).public_key())), encoded(b"sixteen letters!")
    )
    return PushDevice.objects.subscribe(agent, endpoint, keys, "Firefox, Linux")


def make_telling(agent: Agent, way: Way = Way.MAIL, about: str = Telling.About.TEST) -> Telling:
    """Something that a colleague is about to be told."""
    return Telling.objects.create(workspace=agent.workspace, agent=agent, way=way, about=about)
