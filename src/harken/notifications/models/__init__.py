from harken.notifications.models.device import PushDevice, VapidKey
from harken.notifications.models.notice import Happening, Kind, Notice, Telling
from harken.notifications.models.preference import GATHERED_FOR, Preference, Scope, Way

__all__ = [
    "GATHERED_FOR",
    "Happening",
    "Kind",
    "Notice",
    "Preference",
    "PushDevice",
    "Scope",
    "Telling",
    "VapidKey",
    "Way",
]
