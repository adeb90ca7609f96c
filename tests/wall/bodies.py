"""What API operations are sent on the walk."""

from typing import Any

# What each operation that takes a body is sent: right in form, so that nothing but the wall refuses it.
BODIES: dict[str, dict[str, Any]] = {
    "open_ticket": {"requester": {"email": "ann@b.example"}, "text": "Hello"},
    "change_ticket": {"state": "closed"},
    "log_new_talk": {"requester": {"email": "ann@b.example"}, "text": "Hello", "way": "call"},
    "log_talk_on": {"text": "Hello", "way": "call"},
    "move_message": {"to": None},
    "add_person": {"name": "Bob"},
    "change_person": {"job": "Baker"},
    "add_address": {"address": "bob@b.example"},
    "merge_person": {"contact": 1},
    "add_company": {"name": "Rye"},
    "change_company": {"about": "Bakery"},
    "add_site": {"name": "Otley"},
    "change_site": {"host": "otley.example"},
    "make_field": {"name": "Order number", "about": "ticket", "kind": "text"},
    "change_field": {"name": "Order"},
    "make_state": {"name": "With the supplier", "kind": "waiting"},
    "change_state": {"archived": True},
    "make_area": {"name": "Delivery"},
    "change_area": {"archived": True},
    "merge_ticket": {"into": 1},
    "link_ticket": {"number": 1},
    "redact_message": {"why": "A password"},
    "change_scheduled": {"leaves_at": "2027-01-04T09:00:00Z"},
    "write_letter": {"to": ["ann@b.example"], "text": "Hello"},
    "change_leaving": {"leaves_at": "2027-01-04T09:00:00Z"},
    "add_saved_reply": {"name": "Thanks", "text": "Thank you."},
    "change_saved_reply": {"name": "Thanks"},
    "keep_saved_reply_text": {"text": "Спасибо."},
    "add_saved_reply_file": {"name": "thanks.txt", "content": "VGhhbmtz"},
    "add_message": {"kind": "reply", "text": "Hello", "seen_up_to": 100},
}
