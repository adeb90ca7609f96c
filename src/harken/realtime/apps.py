from collections.abc import Iterable

from django.apps import AppConfig

from harken.lib import vitals


class RealtimeConfig(AppConfig):
    name = "harken.realtime"

    def ready(self) -> None:
        vitals.measure_with("live", _open_pages)


def _open_pages() -> Iterable[vitals.Figure]:
    from harken.realtime.hub import hub

    yield vitals.Figure("harken_live_streams", "Pages that listen to this process now.", len(hub))
