"""The inbox as an agent loads it: fifty rows of the demo workspace, over HTTP, one at a time."""

from bench.figures import RUNS, Figure, Figures, Scale, cpu_seconds, percentile, seconds_of
from tests.servers.harken import Harken
from tests.servers.visitor import Visitor

PAGE = "/fennel/inbox/?view=closed"
PAGES = {"small": 100, "medium": 300, "large": 1000}


def measure(scale: Scale) -> Figures:
    with Harken("--demo") as harken:
        visitor = Visitor(harken.sign_in_link("maya@fennel.example"))
        size = len(visitor.open(PAGE).read())
        runs = [_run(harken, visitor, PAGES[scale]) for _ in range(RUNS)]
    against = f"{PAGES[scale]} loads, one at a time"
    return {
        "bytes": Figure.of([size / 1000], "KB", "G7: at most 40 KB"),
        "p95_ms": Figure.of([p95 for p95, _ in runs], "ms", f"G7: at most 20 ms; {against}"),
        "server_cpu_ms": Figure.of(
            [cpu for _, cpu in runs], "ms", "G7: Python at most 6 ms; all of the web process"
        ),
    }


def _run(harken: Harken, visitor: Visitor, pages: int) -> tuple[float, float]:
    web = harken.child("web")
    before = cpu_seconds(web)
    times = [seconds_of(lambda: visitor.open(PAGE).read()) for _ in range(pages)]
    return percentile(times, 0.95) * 1000, (cpu_seconds(web) - before) / pages * 1000
