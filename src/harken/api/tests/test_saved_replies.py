from collections.abc import Callable

from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.api.tests.conftest import Caller
from harken.automations.factories import make_reply
from harken.automations.models import SavedReply


def test_a_saved_reply_is_made_changed_and_removed(olga: Caller):
    made = olga.post(
        "/saved-replies", {"name": "Thanks", "html": "<p>Dear {{ customer }}</p>", "shortcut": "/TY"}
    ).json()
    changed = olga.patch(f"/saved-replies/{made['id']}", {"text": "Dear {{ contact.name }}"}).json()

    assert (made["text"], made["shortcut"]) == ("Dear {{ customer }}", "ty")
    assert made["unknown_placeholders"] == ["{{ customer }}"]
    assert (changed["html"], changed["name"], changed["unknown_placeholders"]) == ("", "Thanks", [])
    assert [each["id"] for each in olga.get("/saved-replies").json()["results"]] == [made["id"]]

    address = f"/api/v1/saved-replies/{made['id']}"
    assert olga.client.delete(address, headers={"Authorization": f"Bearer {olga.token}"}).status_code == 204
    assert olga.get(f"/saved-replies/{made['id']}").status_code == 404


def test_refusals_say_what_is_wrong(olga: Caller):
    make_reply(olga.agent, shortcut="ty")

    taken = olga.post("/saved-replies", {"name": "Other", "text": "x", "shortcut": "ty"})
    empty = olga.post("/saved-replies", {"name": "Other"})

    assert (taken.status_code, empty.status_code) == (409, 422)
    assert "Another saved reply has this shortcut" in taken.json()["title"]
    assert "needs words" in empty.json()["title"]
    assert SavedReply.objects.count() == 1


def test_a_colleagues_own_replies_are_not_there(olga: Caller, caller: Callable[[Agent], Caller]):
    kim = make_agent(olga.workspace, "kim@fennel.example")
    own = make_reply(kim, is_shared=False)

    assert olga.get(f"/saved-replies/{own.pk}").status_code == 404
    assert olga.patch(f"/saved-replies/{own.pk}", {"name": "Mine"}).status_code == 404
    assert caller(kim).get(f"/saved-replies/{own.pk}").status_code == 200
