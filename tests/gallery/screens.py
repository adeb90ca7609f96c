"""The list of all screens and their states. Whoever adds a page or a menu adds a line here."""

from dataclasses import dataclass

from tests.gallery.acts import Act, fill, keys, press, submit_unchecked, unfold
from tests.gallery.looks import Look

MAYA, TOMAS, NINA, NOBODY = "maya", "tomas", "nina", ""


@dataclass(frozen=True)
class Screen:
    """One picture. `path` may name a place of the demo in braces; `part` is what the acts have added to the page."""

    name: str
    path: str
    acts: tuple[Act, ...] = ()
    part: str = ""
    who: str = MAYA
    status: int = 200
    is_held: bool = False
    is_small: bool = False

    def shows_in(self, look: Look) -> bool:
        """Some menus are there on a small screen alone."""
        return look.is_small or not self.is_small


ROOM = [
    Screen("room", "/fennel/room/"),
    Screen("room-waiting", "/fennel/room/?show=waiting", part="#room"),
    Screen(
        "room-answering", "/fennel/room/", (press(".ask [data-do=reply]", ".ask .written"),), ".ask-write"
    ),
    Screen("room-noting", "/fennel/room/", (press(".ask [data-do=note]", ".ask .composer"),), ".ask-write"),
    Screen("room-names", "/fennel/room/", (fill("#say", "Priya", shows="#names .names"),), ".room-say"),
    Screen("room-keys", "/fennel/room/", (keys("?", shows="#keys[open]"),), "#keys"),
    Screen("room-held", "{held_ask}", (), ".ask", is_held=True),
    Screen(
        "room-more",
        "/fennel/room/",
        (press(".tabbar-more summary", ".tabbar-more .pop"),),
        ".tabbar",
        is_small=True,
    ),
    Screen("room-empty", "/lark/room/", who=NINA),
    Screen("log", "/fennel/log/", (fill("#who", "Priya", shows="#meant b"),)),
    Screen("log-refused", "/fennel/log/", (submit_unchecked("form.log", "main .say-bad"),), "main"),
]

INBOX = [
    Screen("inbox", "/fennel/inbox/"),
    Screen("inbox-choosing", "/fennel/inbox/", (press("[data-choose]", ".row-box:checked"),), "#list"),
    Screen("inbox-closed", "/fennel/inbox/?view=closed", part="#list"),
    Screen("inbox-spam", "/fennel/inbox/?view=spam", part="#list"),
    Screen("inbox-keys", "/fennel/inbox/", (keys("?", shows="#keys dl"),), "#keys"),
    Screen("keys", "/fennel/keys/"),
    Screen("search", "/fennel/search/?q=delivery"),
    Screen(
        "search-saving",
        "/fennel/search/?q=delivery",
        (unfold(".save-view"), fill(".save-view [name=name]", "Deliveries")),
        ".save-view",
    ),
    Screen(
        "saved-view",
        "/fennel/search/?q=delivery",
        (
            unfold(".save-view"),
            fill(".save-view [name=name]", "Deliveries"),
            press(".save-view .btn", "#list"),
        ),
        "#views",
    ),
    Screen("saved-views", "/fennel/views/"),
    Screen("search-unknown", "/fennel/search/?q=delivrey tag:x zap:1", (unfold(".save-view"),), ".found"),
    Screen("search-nothing", "/fennel/search/?q=nothing-like-it", part=".found"),
    Screen("search-arabic", "/fennel/search/?q=الطلب", part=".found"),
    Screen("new-request", "/fennel/requests/new/"),
    Screen(
        "new-request-writing",
        "/fennel/requests/new/",
        (fill(".composer .written", "Dear Ann, "), press("[data-call='/']", ".pop-item")),
        ".composer",
    ),
    Screen(
        "new-request-refused",
        "/fennel/requests/new/",
        (press(".composer .btn-go", ".composer-news [role=alert]"),),
        "main",
    ),
]

THREAD = [
    Screen("thread", "{delivery}"),
    Screen(
        "thread-more",
        "{delivery}",
        (press(".head-menu:has(a) summary", ".head-menu .pop"),),
        ".head-menu[open]",
    ),
    Screen("thread-aside", "{delivery}", (press("[data-key=s]", ".head-menu .pop"),), ".head-menu[open]"),
    Screen("thread-assign", "{delivery}", (press("[data-key=a]", "#assign-to button"),), ".assign"),
    Screen("thread-tag", "{delivery}", (press("[data-key=t]", ".tag-more .pop"),), ".tag-more"),
    Screen(
        "thread-tagged",
        "{delivery}",
        (
            press("[data-key=t]", ".tag-more .pop"),
            fill(".tag-more [name=name]", "Delivery"),
            press(".tag-more .btn", ".tags form.tag"),
        ),
        "#thread-head",
    ),
    Screen("thread-message", "{delivery}", (press(".msg-them .msg-more summary", ".msg-more .pop"),), ".msg"),
    Screen("thread-recipients", "{delivery}", (keys("r"), press(".recipients summary")), ".composer"),
    Screen("thread-formatting", "{delivery}", (press(".composer-format", ".composer-toolbar"),), ".composer"),
    Screen("thread-note", "{delivery}", (keys("n"),), ".composer"),
    Screen("thread-unfolded", "{price}", (unfold("#thread details.quoted"),), "#thread"),
    Screen("thread-picture", "{newsletter}", part="#conversation"),
    Screen("thread-arabic", "{arabic}", part="#conversation"),
    Screen("thread-held", "{held}", (), "#conversation", is_held=True),
    Screen("closing", "{delivery}closing/"),
    Screen("thread-closed", "{closed}", part="#conversation"),
    Screen("thread-spam", "{spam}", part="#conversation"),
    Screen("file", "{delivery}", (press("a[data-preview]", "#preview[open] [data-place] > *"),), "#preview"),
    Screen("paper", "{delivery}paper/"),
    Screen("place", "{place}"),
    Screen("merging", "{delivery}merging"),
    Screen("linking", "{delivery}linking"),
    Screen("requester", "{delivery}requester"),
    Screen("redacting", "{redacting}"),
    Screen("assign", "{delivery}assignee"),
]

PEOPLE = [
    Screen("people", "/fennel/people/"),
    Screen("people-nobody", "/fennel/people/?q=nobody-like-that", part="main"),
    Screen("companies", "/fennel/companies/", part="main"),
    Screen("person", "{person}"),
    Screen(
        "person-menu", "{person}", (press(".page-head .more-menu summary", ".more-menu .pop"),), ".page-head"
    ),
    Screen("person-address", "{person}", (press(".reaches summary", ".reaches .pop"),), ".reaches"),
    Screen("person-adding", "{person}", (unfold("details.add"),), "main aside"),
    Screen("company", "{company}"),
    Screen("person-edit", "{person}edit/"),
    Screen("person-merge", "{person}merge/"),
    Screen("person-new", "/fennel/people/new/"),
    Screen(
        "person-refused", "/fennel/people/new/", (submit_unchecked("form.edit", ".err, .say-bad"),), "main"
    ),
    Screen("company-edit", "{company}edit/"),
    Screen("company-new", "/fennel/companies/new/"),
    Screen("site-new", "{company}sites/new/"),
    Screen("imports", "/fennel/people/import/"),
]

SETTINGS = [
    Screen("settings", "/fennel/settings/"),
    Screen("settings-nothing", "/fennel/settings/?q=nothing-like-it"),
    Screen("settings-workspace", "/fennel/settings/workspace/"),
    Screen("settings-look", "/fennel/settings/look/"),
    Screen("settings-capabilities", "/fennel/settings/capabilities/"),
    Screen("settings-tags", "/fennel/settings/tags/"),
    Screen(
        "settings-tags-known",
        "/fennel/settings/tags/",
        (fill("#tag-new", "Delivery"), press(".tag-new .btn-go", ".tag-row"), unfold(".tag-row details")),
        "main",
    ),
    Screen("settings-colleagues", "/fennel/settings/colleagues/"),
    Screen("settings-you", "/fennel/settings/you/"),
    Screen("settings-security", "/fennel/settings/security/"),
    Screen("settings-sign-in", "/fennel/settings/sign-in/"),
    Screen("settings-tokens", "/fennel/settings/tokens/"),
    Screen("settings-notifications", "/fennel/settings/notifications/"),
    Screen(
        "settings-notifications-refused",
        "/fennel/settings/notifications/",
        (fill("#id_quiet_from", "22:00"), press("form.told-form .btn-go", "#id_quiet_until-error")),
        "main",
    ),
    Screen("settings-channels", "/fennel/settings/channels/"),
    Screen("mailbox", "{mailbox}"),
    Screen("mailbox-new", "/fennel/settings/channels/new/"),
    Screen("mailbox-sender", "{sender}"),
    Screen("mailbox-sign-in", "{mailbox}sign-in/"),
    Screen("numbers", "/fennel/settings/channels/numbers/"),
    Screen("kept-letters", "/fennel/settings/kept-letters/"),
]

_NEW = "section[aria-labelledby=own-new]"


def _made(name: str, path: str, words: str) -> Screen:
    """A list of our own with one more in it."""
    acts = (
        fill(f"{_NEW} [name=name]", words),
        press(f"{_NEW} .btn-go", ".own-row"),
        unfold(".own-row details"),
    )
    return Screen(name, path, acts, "main", NINA)


OWN = [
    Screen("saved-replies", "/fennel/settings/saved-replies/"),
    Screen("saved-reply-new", "/fennel/settings/saved-replies/new/"),
    Screen(
        "saved-reply-refused",
        "/fennel/settings/saved-replies/new/",
        (submit_unchecked("form.reply-form", ".err, .say-bad"),),
        "main",
    ),
    Screen(
        "saved-reply-made",
        "/fennel/settings/saved-replies/new/",
        (
            fill("[name=name]", "Thanks"),
            fill(".reply-words .written", "Thank you, {{ customer.name }}"),
            press(".reply-form .btn-go", ".replies li"),
        ),
        "main",
    ),
    Screen(
        "saved-reply-language",
        "/fennel/settings/saved-replies/",
        (
            press(".replies-name", ".reply-tabs"),
            press(".reply-more summary", ".reply-more .pop"),
            press(".reply-tabs a[lang=ar]", ".reply-form[lang=ar] .written"),
            fill(".reply-words .written", "مرحبًا {{ contact.first_name }}"),
            press(".reply-form .btn-go", "#notices .say, .reply-tabs a[lang=ar][aria-current]"),
        ),
        "main",
    ),
    Screen(
        "composer-language",
        "{arabic}",
        (press("[data-call='/']", ".pop-item[data-language=ar]"),),
        ".composer",
    ),
    Screen(
        "composer-hole",
        "{price}",
        (
            fill(".composer .written", "Hello {{ contact.nickname }}"),
            press(".composer .btn-go", ".composer-news [name=as_it_stands]"),
        ),
        ".composer",
    ),
    Screen(
        "composer-forward",
        "{newsletter}",
        (press(".composer-head button.tab", ".composer .recipients[open]"),),
        ".composer",
    ),
    Screen(
        "composer-scheduled",
        "{newsletter}",
        (
            unfold(".composer .recipients"),
            fill(".composer [name=to]", "ann@crumb.example"),
            fill(".composer .written", "Tomorrow."),
            press(".send-menu summary", ".send-menu .pop"),
            press(".send-menu [value=later-tomorrow]", ".composer .written[data-empty]"),
        ),
        "#conversation",
    ),
    Screen("composer-replies", "{delivery}", (press("[data-call='/']", ".pop-item"),), ".composer"),
    Screen("composer-calls", "{delivery}", (keys("n"), press("[data-call='@']", ".pop-item")), ".composer"),
    Screen("fields", "/lark/settings/fields/", who=NINA),
    Screen("fields-refused", "/lark/settings/fields/", (press(f"{_NEW} .btn-go", ".err"),), "main", NINA),
    _made("fields-made", "/lark/settings/fields/", "Till"),
    Screen("states", "/lark/settings/states/", who=NINA),
    _made("states-made", "/lark/settings/states/", "At the workshop"),
    Screen("areas", "/lark/settings/areas/", who=NINA),
    _made("areas-made", "/lark/settings/areas/", "Stock"),
    Screen("thread-own", "{delivery}", (unfold(".own-change"),), ".own"),
    Screen("thread-own-page", "{delivery}own/"),
]

LETTERS = [
    Screen("ledger", "/fennel/ledger/"),
    Screen("ledger-found", "/fennel/ledger/?ticket=jam", status=422),
    Screen("arrival", "{arrival}"),
    Screen("held-mail", "/fennel/held/"),
    Screen("held-choosing", "/fennel/held/", (press(".held-choice input", ".held-choice :checked"),), "main"),
    Screen("held-letter", "{letter}", (unfold(".ledger-others"),)),
    Screen("offline", "/fennel/offline/"),
    Screen("nowhere", "/fennel/nowhere/", status=404),
]

DOOR = [
    Screen("sign-in", "/accounts/login/", who=NOBODY),
    Screen("sign-in-password", "/accounts/login/password/", who=NOBODY),
    Screen(
        "sign-in-refused",
        "/accounts/login/password/",
        (
            fill("[name=login]", "a@b.example"),
            fill("[name=password]", "x"),
            press("form .btn-go", ".err, .say-bad"),
        ),
        "main",
        who=NOBODY,
    ),
    Screen("link-gone", "/accounts/link/nothing-like-it/", who=NOBODY, status=404),
    Screen("link", "{link}", who=NOBODY),
    Screen("password-reset", "/accounts/password/reset/", who=NOBODY),
    Screen("onboarding", "{welcome}", who=NOBODY),
    Screen("invitation", "{invitation}", who=NOBODY),
    Screen("workspaces", "/accounts/workspaces/"),
    Screen("second-step-first", "/accounts/security/first/"),
    Screen("passkey-new", "/accounts/security/passkeys/new/"),
    Screen("app-new", "/accounts/security/app/"),
]

GROUPS = {
    "room": ROOM,
    "inbox": INBOX,
    "thread": THREAD,
    "people": PEOPLE,
    "settings": SETTINGS,
    "own": OWN,
    "letters": LETTERS,
    "door": DOOR,
}
SCREENS = [screen for group in GROUPS.values() for screen in group]
