import io
import json
import logging
from collections.abc import Iterator
from typing import Literal

import pytest
import structlog
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client

from harken.config import logs

# The pages asked for count jobs and look at the tables.
pytestmark = pytest.mark.django_db

FORGED = "evil\r\nid"
SAID = "Where is\n\nthe sourdough?"


class Told(io.StringIO):
    """What the log says."""

    def lines(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def told() -> Iterator[Told]:
    root, stream = logging.getLogger(), Told()
    before = root.handlers[:], root.level
    logs.configure("json")
    _tell(stream)
    yield stream
    root.handlers[:], root.level = before


def test_a_line_is_json_with_its_words_unharmed(told: Told):
    logging.getLogger("harken.somewhere").warning("Mailbox %s is silent", "Ọlọ́run")

    (line,) = told.lines()

    assert (line["event"], line["level"], line["logger"]) == (
        "Mailbox Ọlọ́run is silent",
        "warning",
        "harken.somewhere",
    )


def test_a_traceback_does_not_tell_the_values_of_variables(told: Told):
    password = "correct horse battery"
    try:
        raise ValueError(len(password))
    except ValueError:
        logging.getLogger("harken.somewhere").exception("It failed")

    assert "ValueError" in told.getvalue()
    assert password not in told.getvalue()


def test_one_time_links_are_cut_out_of_djangos_own_lines(told: Told):
    token = "Ut2FMM07MfirEKeIbnsLwr-z1HiOmfkurI36HCHKes4"
    logging.getLogger("django.request").error("%s: %s", "Internal Server Error", f"/accounts/link/{token}/")

    (line,) = told.lines()

    assert line["event"] == "Internal Server Error: /accounts/link/…/"


@pytest.mark.parametrize("form", ["json", "text"])
def test_what_the_database_repeats_of_a_row_is_not_told(told: Told, form: Literal["json", "text"]):
    logs.configure(form)
    _tell(told)
    try:
        _refuse_a_row()
    except IntegrityError as error:
        logging.getLogger("harken.somewhere").exception("It failed: %s", error)
        logging.getLogger("harken.somewhere").error("It failed: " + str(error))
        structlog.get_logger("harken.elsewhere").exception("it failed", error=str(error))

    assert told.getvalue().count("violates not-null constraint") >= 4
    assert "Traceback" in told.getvalue() or "frames" in told.getvalue()
    assert "sourdough" not in told.getvalue()
    assert "Failing row" not in told.getvalue()


def _tell(stream: Told) -> None:
    ours = logging.getLogger().handlers[0]
    assert isinstance(ours, logging.StreamHandler)
    ours.setStream(stream)


def _refuse_a_row() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE said (words text, at text NOT NULL) ON COMMIT DROP")
        cursor.execute("INSERT INTO said VALUES (%s, NULL)", [SAID])


def test_a_database_that_is_away_is_one_line(told: Told):
    try:
        raise OperationalError("connection failed: no such file\nIs the server running?")
    except OperationalError:
        logging.getLogger("django.request").exception("Service Unavailable: %s", "/")

    (line,) = told.lines()

    assert line["event"] == "Service Unavailable: /: connection failed: no such file"
    assert "exception" not in line


def test_a_request_is_told_by_its_route_with_an_id_that_goes_back(told: Told):
    response = Client().get("/metrics", headers={"X-Request-ID": "a-given-id-1"})

    (line,) = [line for line in told.lines() if line["logger"] == "harken.request"]

    assert response.headers["X-Request-ID"] == line["request_id"] == "a-given-id-1"
    assert (line["method"], line["route"]) == ("GET", "metrics")


@pytest.mark.parametrize("given", ["short", "x" * 65, FORGED, "Ọlọ́run-Ọlọ́run"])
def test_an_id_that_could_forge_a_line_is_not_taken_over(given: str):
    response = Client().get("/metrics", headers={"X-Request-ID": given})

    assert len(response.headers["X-Request-ID"]) == 16
