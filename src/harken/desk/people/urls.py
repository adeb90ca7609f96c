"""Addresses of people and companies, below `/<workspace>/`."""

from django.urls import path

from harken.desk.people.views import choosing, editing, importing, lists, merging, pages

urlpatterns = [
    path("people/", lists.people, name="people"),
    path("people/choices", choosing.choices, name="people_choices"),
    path("people/new/", editing.new_person, name="new_person"),
    path("people/import/", importing.imports, name="imports"),
    path("people/import/<int:import_id>/", importing.importing, name="import"),
    path("people/export.csv", importing.export_people, name="export_people"),
    path("companies/export.csv", importing.export_companies, name="export_companies"),
    path("people/<int:contact_id>/", pages.person, name="person"),
    path("people/<int:contact_id>/edit/", editing.edit_person, name="edit_person"),
    path("people/<int:contact_id>/identities/", pages.identities, name="identities"),
    path("people/<int:contact_id>/notes/", pages.person_notes, name="person_notes"),
    path("people/<int:contact_id>/merge/", merging.merging, name="merging"),
    path("people/identities/<int:identity_id>", pages.identity, name="identity"),
    path("people/merges/<int:merge_id>", merging.merge_undone, name="merge_undone"),
    path("people/notes/<int:note_id>", pages.note, name="note"),
    path("companies/", lists.companies, name="companies"),
    path("companies/names/", lists.company_names, name="company_names"),
    path("companies/new/", editing.new_company, name="new_company"),
    path("companies/<int:company_id>/", pages.company, name="company"),
    path("companies/<int:company_id>/edit/", editing.edit_company, name="edit_company"),
    path("companies/<int:company_id>/notes/", pages.company_notes, name="company_notes"),
    path("companies/<int:company_id>/sites/new/", editing.new_site, name="new_site"),
    path("sites/<int:site_id>/", editing.site, name="site"),
    path("sites/<int:site_id>/removal", editing.site_removal, name="site_removal"),
]
