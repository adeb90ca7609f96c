from secrets import token_hex

from harken.api.tests.conftest import Caller
from harken.channels.models import Arrival, RawMail
from harken.tickets.factories import make_ticket


def arrive(olga: Caller, state: str, **fields: object) -> Arrival:
    raw, _ = RawMail.objects.get_or_create(workspace=olga.workspace, sha256="a" * 64, size=42)
    came = {"raw": raw, "source": "smtp", "state": state, "content_sha256": token_hex(32)}
    return Arrival.objects.create(workspace=olga.workspace, **came | fields)


def test_the_ledger_counts_every_state_and_lists_what_is_held(olga: Caller):
    arrive(olga, "opened", ticket=make_ticket(olga.workspace))
    held = arrive(olga, "held", words="could not be read", envelope_from="ann@crumb.example")

    told = olga.get("/ledger").json()

    assert told["counts"]["opened"] == told["counts"]["held"] == 1
    assert set(told["counts"]) == set(Arrival.State.values)
    assert [item["id"] for item in told["results"]] == [held.pk]
    item = told["results"][0]
    assert (item["reason"], item["envelope_from"], item["size"], item["ticket"]) == (
        "could not be read",
        "ann@crumb.example",
        42,
        None,
    )


def test_the_ledger_lists_another_state_when_asked(olga: Caller):
    ticket = make_ticket(olga.workspace)
    arrive(olga, "opened", ticket=ticket)

    assert [item["ticket"] for item in olga.get("/ledger", state="opened").json()["results"]] == [
        ticket.number
    ]
    assert olga.get("/ledger", state="lost").status_code == 422


def test_the_ledger_lists_everything_when_asked_for_all(olga: Caller):
    states = ("opened", "held", "spam")
    ids = [arrive(olga, state).pk for state in states]

    told = olga.get("/ledger", state="all").json()

    assert [item["id"] for item in told["results"]] == ids[::-1]


def test_the_ledger_is_narrowed_and_searched(olga: Caller):
    wanted = arrive(olga, "opened", sender="ann@crumb.example", subject="Broken jars")
    arrive(olga, "opened", sender="bob@crumb.example")

    for question in ({"q": "jars"}, {"q": "ANN@"}, {"q": "jars", "since": "2020-01-01", "source": "smtp"}):
        told = olga.get("/ledger", state="all", **question).json()
        assert [item["id"] for item in told["results"]] == [wanted.pk]


def test_the_ledger_is_paged(olga: Caller):
    ids = [arrive(olga, "opened").pk for _ in range(3)]

    first = olga.get("/ledger", state="all", limit=2).json()
    second = olga.get("/ledger", state="all", limit=2, cursor=first["next"]).json()

    assert [item["id"] for item in (*first["results"], *second["results"])] == ids[::-1]
    assert second["next"] is None


def test_an_arrival_tells_its_evidence(olga: Caller):
    evidence = {"header": "In-Reply-To", "answers": "1@crumb.example", "allowed_as": "requester"}
    first = arrive(olga, "joined", rule="known-message", evidence=evidence)
    again = arrive(olga, "duplicate", original=first)

    told = olga.get(f"/ledger/{first.pk}").json()

    assert (told["rule"], told["evidence"], told["duplicates"]) == ("known-message", evidence, [again.pk])
    assert olga.get(f"/ledger/{again.pk}").json()["original"] == first.pk
    assert olga.get("/ledger/99999999").status_code == 404


def test_the_ends_of_the_calendar_are_days_and_numbers_are_not(olga: Caller):
    arrival = arrive(olga, "opened")

    told = olga.get("/ledger", state="all", since="0001-01-01", until="9999-12-31").json()

    assert [item["id"] for item in told["results"]] == [arrival.pk]
    assert olga.get("/ledger", until="0").status_code == 422
