from harken.api.tests.conftest import Caller
from harken.channels.models import Arrival, RawMail
from harken.tickets.factories import make_ticket


def arrive(olga: Caller, state: str, **fields: object) -> Arrival:
    raw, _ = RawMail.objects.get_or_create(workspace=olga.workspace, sha256="a" * 64, size=42)
    return Arrival.objects.create(workspace=olga.workspace, raw=raw, source="smtp", state=state, **fields)


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
