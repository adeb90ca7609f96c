import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from bench import __main__ as bench
from bench import record
from bench.figures import Figure, percentile


def test_a_figure_is_the_median_with_its_spread():
    figure = Figure.of([3.0, 1.0, 2.0], "s", "the goal")

    assert figure.as_json() == {"value": 2.0, "unit": "s", "spread": (1.0, 3.0), "against": "the goal"}


def test_a_percentile_is_a_value_that_was_measured():
    assert percentile([5.0, 1.0, 4.0, 2.0, 3.0], 0.95) == 5.0
    assert percentile([7.0], 0.95) == 7.0


def test_people_read_a_table_and_programs_one_object(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    startup = ModuleType("bench.startup")
    startup.measure = lambda scale: {"seconds": Figure.of([1.5], "s", f"at {scale}")}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "bench.startup", startup)
    monkeypatch.setattr(sys, "argv", ["bench/run", "startup", "--scale", "medium"])

    bench.main()

    told = capsys.readouterr()
    assert json.loads(told.out) == {
        "startup": {"seconds": {"value": 1.5, "unit": "s", "spread": [1.5, 1.5], "against": "at medium"}}
    }
    assert "seconds" in told.err


def test_a_benchmark_nobody_knows_is_misuse(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "argv", ["bench/run", "nonsense"])

    with pytest.raises(SystemExit) as left:
        bench.main()

    assert left.value.code == 2


def test_the_record_keeps_the_best_and_tells_what_fell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(record, "RECORD", tmp_path / "record.json")
    kept = {"scores": {"text": Figure.of([99.0], "%", ""), "speed": Figure.of([5.0], "ms", "")}}
    now = {"scores": {"text": Figure.of([98.0], "%", ""), "speed": Figure.of([7.0], "ms", "")}}

    record.keep(kept)
    record.keep(now)

    assert record.best_so_far() == {"scores.text": 99.0, "scores.speed": 5.0}
    assert record.fallen(now) == ["scores.text is 98.0 %, and was 99.0 %"]
    assert not record.fallen(kept)
