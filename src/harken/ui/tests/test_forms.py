from django import forms
from django.utils.translation import gettext_lazy as _

from harken.ui.forms import Form


class Bread(Form):
    says = {"invalid": "Not like that.", "max_length": "Too long for a shelf."}

    kind = forms.CharField(max_length=3, widget=forms.TextInput(attrs={"autofocus": True}))
    loaves = forms.IntegerField(min_value=1, error_messages={"min_value": _("One loaf is the least.")})
    baked_on = forms.DateField(required=False)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)


class Letter(Form):
    to = forms.EmailField()
    subject = forms.CharField(max_length=1)


def refused(form: type[Form], typed: dict[str, str]) -> dict[str, list[str]]:
    return {name: [str(each) for each in errors] for name, errors in form(typed).errors.items()}


def begins_at(form: Form) -> list[str]:
    return [name for name, field in form.fields.items() if "autofocus" in field.widget.attrs]


def test_what_happened_what_is_safe_and_what_to_do_is_said():
    said = refused(Letter, {"to": "nobody", "subject": "ab"})

    assert said["to"] == ["This is not a mail address. Nothing was changed; write it like ann@example.com."]
    assert said["subject"] == ["This has 2 characters; at most 1 fits. Nothing was changed; shorten it."]
    assert refused(Letter, {})["to"] == ["This is empty. Nothing was changed; fill it in."]


def test_a_fields_own_words_come_first_then_the_forms_then_ours():
    said = refused(Bread, {"kind": "wheat", "loaves": "0", "baked_on": "never"})

    assert said == {
        "kind": ["Too long for a shelf."],
        "loaves": ["One loaf is the least."],
        "baked_on": ["Not like that."],
    }
    assert refused(Bread, {"loaves": "1"})["kind"] == ["This is empty. Nothing was changed; fill it in."]


def test_no_other_form_learns_the_words_of_one():
    refused(Bread, {"baked_on": "never"})

    assert forms.DateField().error_messages["invalid"] == "Enter a valid date."
    assert Bread.base_fields["baked_on"].error_messages["invalid"] == "Enter a valid date."


def test_whoever_is_refused_begins_at_the_first_field_that_is_wrong():
    fine, wrong = (
        Bread({"kind": "rye", "loaves": "2"}),
        Bread({"kind": "rye", "loaves": "x", "baked_on": "x"}),
    )
    hidden = Bread({"kind": "rye", "loaves": "2", "key": "x"})

    assert [fine.is_valid(), wrong.is_valid(), hidden.is_valid()] == [True, False, False]
    assert begins_at(Bread()) == begins_at(fine) == begins_at(hidden) == ["kind"]
    assert begins_at(wrong) == ["loaves"]


def test_what_a_page_finds_wrong_itself_is_begun_at_too():
    form = Bread({"kind": "rye", "loaves": "2"})

    form.add_error("loaves", "There are none left.")

    assert begins_at(form) == ["loaves"]
