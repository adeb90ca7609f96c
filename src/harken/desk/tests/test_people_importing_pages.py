import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from harken.contacts.importing.take import take_in
from harken.contacts.models import Contact, PeopleImport
from harken.desk.tests.visits import read, texts

pytestmark = pytest.mark.django_db

TEXT = b"Name;E-mail;Shoe size\nAnn Baker;ann@crumb.example;38\nBad;nonsense;40\n"


def brought(olga, content=TEXT, name="people.csv"):
    file = SimpleUploadedFile(name, content, "text/csv")
    return olga.post("people/import/", {"what": "people", "file": file})


def test_a_file_is_looked_into_chosen_from_and_taken_in(olga):
    address = brought(olga)["Location"].removeprefix(olga.path(""))
    page = olga.look(address)
    assert texts(page, ".map th bdi") == ["Name", "E-mail", "Shoe size"]
    assert [
        node.attributes["value"] for node in page.css("option[selected]") if node.attributes["value"]
    ] == [
        ";",
        "name",
        "email",
    ] or "ann@crumb.example" in texts(page, ".map td bdi")
    assert not Contact.objects.exists()

    olga.post(address, {"take": "1", "column": ["name", "email", ""]})
    importing = PeopleImport.objects.get()
    assert "Taking it in" in texts(olga.look(address), "#progress")[0]
    take_in(importing)

    done = texts(olga.look(address), "#progress")[0]
    assert "Done." in done
    assert "neither a mail address nor a phone number" in done
    assert Contact.objects.get().name == "Ann Baker"


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (["name", "name"], "Two columns are the same"),
        (["", ""], "No column says who it is"),
        ([], "No column"),
    ],
)
def test_a_choice_that_says_nobody_is_refused(olga, columns, words):
    address = brought(olga)["Location"].removeprefix(olga.path(""))

    response = olga.post(address, {"take": "1", "column": columns})

    assert response.status_code == 422
    assert words in texts(read(response), ".say-bad")[0]
    assert PeopleImport.objects.get().state == PeopleImport.State.ASKED


def test_no_file_and_an_empty_file_are_refused(olga):
    page = olga.post("people/import/", {"what": "people"}).content.decode()
    assert "No file was chosen. Nothing was changed; choose one." in page
    assert "The file is empty." in brought(olga, b"").content.decode()


def test_a_stranger_sees_no_import(olga, mallory):
    address = brought(olga)["Location"].removeprefix(olga.path(""))

    assert mallory.get(address).status_code == 404
