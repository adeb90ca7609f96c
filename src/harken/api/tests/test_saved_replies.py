import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.api.tests.conftest import Caller
from harken.automations.factories import make_reply
from harken.automations.models import SavedReply
from harken.workspaces import wall


def test_a_saved_reply_is_made_changed_and_removed(olga: Caller):
    made = olga.post(
        "/saved-replies", {"name": "Thanks", "html": "<p>Dear {{ customer }}</p>", "shortcut": "/TY"}
    ).json()
    changed = olga.patch(f"/saved-replies/{made['id']}", {"text": "Dear {{ contact.name }}"}).json()

    assert (made["text"], made["shortcut"]) == ("Dear {{ customer }}", "ty")
    assert made["unknown_placeholders"] == ["{{ customer }}"]
    assert (changed["html"], changed["name"], changed["unknown_placeholders"]) == ("", "Thanks", [])
    assert [each["id"] for each in olga.get("/saved-replies").json()["results"]] == [made["id"]]

    assert olga.delete(f"/saved-replies/{made['id']}").status_code == 204
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


def test_it_says_something_else_in_each_language(olga: Caller):
    address = f"/saved-replies/{make_reply(olga.agent).pk}"
    olga.put(f"{address}/texts/ru", {"text": "Здравствуйте"})

    told = olga.put(f"{address}/texts/ru", {"html": "<p>Спасибо, {{ contact.nick }}</p>"})
    olga.put(f"{address}/texts/ar", {"text": "شكرا"})

    assert told.json()["texts"] == [
        {
            "language": "ru",
            "text": "Спасибо, {{ contact.nick }}",
            "html": "<p>Спасибо, {{ contact.nick }}</p>",
            "unknown_placeholders": ["{{ contact.nick }}"],
        }
    ]
    assert [olga.delete(f"{address}/texts/ru").status_code for _twice in range(2)] == [204, 204]
    assert [each["language"] for each in olga.get(address).json()["texts"]] == ["ar"]


@pytest.mark.parametrize(
    ("language", "said", "words"),
    [
        ("tlh", {"text": "Qapla"}, "No text is kept in that language."),
        ("ru", {"text": " "}, "A saved reply needs words."),
        ("ru", {"text": "x" * 50_001}, "says something we do not understand"),
    ],
    ids=["unknown", "empty", "long"],
)
def test_a_text_that_could_not_be_used_is_refused(olga: Caller, language, said, words):
    reply = make_reply(olga.agent)

    refused = olga.put(f"/saved-replies/{reply.pk}/texts/{language}", said)

    assert refused.status_code == 422
    assert words in refused.json()["title"]
    assert not reply.variants.exists()


def test_files_come_along_and_are_taken_off(olga: Caller, monkeypatch):
    monkeypatch.setattr("harken.automations.enclosing.MOST_FILES", 1)
    address = f"/saved-replies/{make_reply(olga.agent).pk}"
    plan = {"name": "plan.txt", "type": "text/plain", "content": base64.b64encode(b"05:30").decode()}

    kept, more = (olga.post(f"{address}/files", plan) for _file in range(2))
    broken = olga.post(f"{address}/files", plan | {"content": "no base64"})

    [file] = olga.get(address).json()["files"]
    assert (kept.status_code, kept.json()) == (201, file)
    assert (file["name"], file["size"], file["type"]) == ("plan.txt", 5, "text/plain")
    opened: Any = olga.client.get(urlsplit(file["url"]).path)
    assert b"".join(opened.streaming_content) == b"05:30"
    wall.enter(olga.workspace.pk)
    assert (more.status_code, broken.status_code) == (422, 422)
    assert "at most" in more.json()["title"]
    assert [olga.delete(f"{address}/files/{file['id']}").status_code for _twice in range(2)] == [204, 204]
    assert olga.get(address).json()["files"] == []


def test_a_list_costs_as_many_questions_however_much_comes_along(olga: Caller, django_assert_max_num_queries):
    counts = []
    for _time in range(2):
        address = f"/saved-replies/{make_reply(olga.agent).pk}"
        olga.put(f"{address}/texts/ru", {"text": "Спасибо"})
        olga.post(f"{address}/files", {"name": "a.txt", "content": "QQ=="})
        with django_assert_max_num_queries(20) as asked:
            olga.get("/saved-replies")
        counts.append(len(asked))

    assert counts[0] == counts[1]
