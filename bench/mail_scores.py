"""How well the test mails of other projects are understood: the share of what is expected of them that is met."""

from collections import defaultdict
from pathlib import Path

from bench.figures import Figure, Figures, Scale
from harken.channels.email.read import read
from tests.mail_scores import cases, judge

CORPORA = Path(__file__).parents[2] / "shared" / "mail"


def measure(scale: Scale) -> Figures:
    """Read every mail once, whatever the scale; nothing where the corpora are not there."""
    met: dict[str, list[bool]] = defaultdict(list)
    for case in cases(CORPORA) if CORPORA.is_dir() else ():
        for name, is_met in judge(case.expected, read(case.path.read_bytes())).items():
            met[name].append(is_met)
    return {
        name: Figure.of([100 * sum(found) / len(found)], "%", f"{len(found)} expectations")
        for name, found in sorted(met.items())
    }
