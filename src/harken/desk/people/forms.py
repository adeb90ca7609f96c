"""What somebody types about people, companies and sites."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from harken.contacts.changing import domain_in
from harken.contacts.errors import ContactsError
from harken.contacts.identifying import kind_and_address
from harken.contacts.models import Company, Contact, Site
from harken.contacts.models.company import LONGEST_NAME
from harken.desk.forms import Text
from harken.lib.names import sort_key
from harken.lib.zones import zone_names
from harken.ui.collisions import SharedForm
from harken.ui.fields import Line
from harken.ui.forms import Form

MOST_SEATS = 2**31 - 1
LONGEST_NOTE = 20_000
NAME_HINT = _("A name needs letters that can be seen. Nothing was changed; write one.")


class PersonForm(SharedForm):
    name = Line(max_length=LONGEST_NAME, required=False, label=_("Name"))
    job = Line(
        max_length=200, required=False, label=_("What they do"), help_text=_("Operations, approves estimates")
    )
    company = Line(
        max_length=LONGEST_NAME,
        required=False,
        label=_("Company"),
        help_text=_("A name that is not known yet becomes a new company."),
    )
    time_zone = Line(
        max_length=64,
        required=False,
        label=_("Time zone"),
        help_text=_("Such as Europe/London: shows what time it is there."),
        widget=forms.TextInput(attrs={"list": "zones"}),
    )

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone and zone not in zone_names():
            raise forms.ValidationError(
                _("“%(zone)s” is no time zone. Nothing was changed; choose one of the list."),
                params={"zone": zone},
            )
        return zone

    @staticmethod
    def shown(contact: Contact) -> dict[str, Any]:
        """Return what stands in the form of this person."""
        company = contact.company.name if contact.company else ""
        texts = {name: getattr(contact, name) for name in ("name", "job", "time_zone")}
        return texts | {"company": company}


class NewPersonForm(PersonForm):
    """Somebody new: the same, and how to reach them."""

    email = Line(max_length=500, required=False, label=_("E-mail"))
    phone = Line(max_length=100, required=False, label=_("Phone"))
    field_order = ("name", "email", "phone", "company", "job", "time_zone")

    def clean_email(self) -> str:
        return _reached(self.cleaned_data["email"])

    def clean_phone(self) -> str:
        return _reached(self.cleaned_data["phone"])

    @property
    def reached_at(self) -> list[str]:
        """The addresses that were given."""
        return [text for text in (self.cleaned_data["email"], self.cleaned_data["phone"]) if text]


class CompanyForm(SharedForm):
    name = Line(max_length=LONGEST_NAME, label=_("Name"), error_messages={"required": NAME_HINT})
    about = Line(max_length=500, required=False, label=_("About them"), help_text=_("Bakery group in Leeds"))
    domain = Line(
        max_length=300,
        required=False,
        label=_("Domain"),
        help_text=_("Who writes from it for the first time belongs to this company."),
    )
    customer_since = forms.DateField(
        required=False,
        label=_("Customer since"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    plan = Line(max_length=100, required=False, label=_("Plan"))
    price = Line(max_length=100, required=False, label=_("Price"), help_text=_("€290 a month"))
    seats = forms.IntegerField(min_value=0, max_value=MOST_SEATS, required=False, label=_("Seats in use"))
    seats_bought = forms.IntegerField(
        min_value=0, max_value=MOST_SEATS, required=False, label=_("Seats bought")
    )

    def clean_domain(self) -> str:
        try:
            return domain_in(self.cleaned_data["domain"])
        except ContactsError as error:
            raise forms.ValidationError(str(error)) from error

    @staticmethod
    def shown(company: Company) -> dict[str, Any]:
        """Return what stands in the form of this company."""
        return {name: getattr(company, name) for name in CompanyForm.base_fields}


class SiteForm(SharedForm):
    name = Line(max_length=LONGEST_NAME, label=_("Name"), error_messages={"required": NAME_HINT})
    address = Line(max_length=500, required=False, label=_("Address"), help_text=_("Of a page, or a street"))
    host = Line(max_length=300, required=False, label=_("Host"), help_text=_("Where it runs, and with whom"))
    access_notes = Text(
        max_length=10_000,
        required=False,
        label=_("How to get in"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Kept sealed: neither a backup nor an export shows it."),
    )
    agreed = Text(
        max_length=10_000,
        required=False,
        label=_("What was agreed"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    @staticmethod
    def shown(site: Site) -> dict[str, Any]:
        """Return what stands in the form of this site."""
        return {name: getattr(site, name) for name in SiteForm.base_fields}


class NoteForm(Form):
    text = Text(
        max_length=LONGEST_NOTE,
        error_messages={"required": _("Nothing was noted: the note is empty.")},
    )


def company_named(name: str, rows: Any) -> Company | None:
    """Return the company somebody means by its name or domain, of those given."""
    if not name:
        return None
    found: Company | None = rows.filter(sort_key=sort_key(name)).order_by("pk").first()
    return found or rows.filter(domain=name.lower()).first()


def _reached(text: str) -> str:
    if text:
        try:
            kind_and_address(text)
        except ContactsError as error:
            raise forms.ValidationError(str(error)) from error
    return text
