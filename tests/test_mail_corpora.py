"""Test mails of other projects, read and judged against what their projects and other parsers say of them.

The corpora lie beside the repository and are not ours to ship. A floor may rise and never falls.
"""

from collections import defaultdict
from pathlib import Path

import pytest

from harken.channels.email.read import read
from tests.mail_scores import cases, judge

CORPORA = Path(__file__).parents[2] / "shared" / "mail"

# Share of expectations that are met. What is missing was looked at: damage a corpus expects to be kept (U+FFFD, encoded
# words, base64 and uuencode not decoded); of what is shown, references that
# contradict each other, and headers above a letter that answers nothing, which may be news.
FLOORS = {
    "subject": 0.99,
    "from": 0.995,
    "text": 0.99,
    "attachments": 0.97,
    "bounce": 0.97,
    "automatic": 1.0,
    "person": 1.0,
    "kept": 0.995,
    "folded": 0.95,
    "exact": 0.86,
}


@pytest.fixture(scope="module")
def scores() -> dict[str, dict[str, bool]]:
    """Expectation -> mail -> met or not."""
    if not CORPORA.is_dir():
        pytest.skip("the mail corpora are not here (../shared/mail)")
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    for case in cases(CORPORA):
        for name, met in judge(case.expected, read(case.path.read_bytes())).items():
            found[name][case.name] = met
    return found


@pytest.mark.parametrize("expectation", FLOORS)
def test_mails_of_other_projects_are_understood(scores: dict[str, dict[str, bool]], expectation: str):
    judged = scores[expectation]
    missed = [name for name, met in judged.items() if not met]

    assert judged
    assert 1 - len(missed) / len(judged) >= FLOORS[expectation], f"missed: {', '.join(missed)}"
