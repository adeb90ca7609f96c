"""The main path with nothing mocked: a letter arrives, an agent answers, the customer receives."""

import time
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser import page_of, running_chromium
from tests.servers.dovecot import Dovecot
from tests.servers.harken import Harken
from tests.servers.smtp_sink import Letter, SmtpSink

pytestmark = [pytest.mark.browser, pytest.mark.mail_servers, pytest.mark.timeout(180)]

MAYA = "maya@fennel.example"


@pytest.fixture
def mail() -> Iterator[Dovecot]:
    with Dovecot() as dovecot:
        yield dovecot


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        yield sink


@pytest.fixture
def harken(mail: Dovecot, sink: SmtpSink) -> Iterator[Harken]:
    with Harken(HARKEN_SMTP_URL=sink.url, SSL_CERT_FILE=str(mail.ca_file)) as harken:
        yield harken


def letter(text: str, *, to: str = "help@fennel.example", answers: str = "", **headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Priya Raman <priya@crumb.example>", to
    mail["Subject"] = "Two delivery windows on the same day"
    mail["Message-ID"] = f"<{time.monotonic_ns()}@crumb.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    if answers:
        mail["In-Reply-To"] = mail["References"] = answers
    mail.set_content(text)
    mail.add_attachment(b"stop;window\n1;05:30\n", maintype="text", subtype="csv", filename="stops.csv")
    return mail.as_bytes()


def open_the_desk(page: Page, harken: Harken) -> None:
    """Follow the owner's link and answer its three questions."""
    [link] = [word for word in harken.log.split() if "/welcome/" in word]
    page.goto(link)
    page.get_by_label("What do customers know you as?").fill("Fennel")
    page.get_by_label("Your e-mail").fill(MAYA)
    page.get_by_label("Where do customers write to you now?").fill("help@fennel.example")
    page.locator("form .btn-go").click()
    page.wait_for_url("**/fennel/**")
    page.get_by_role("region", name="Room").get_by_text("Do you deliver to Lund").wait_for()
    assert page.get_by_role("link", name="Inbox").count() == 0


def connect_the_mailbox(page: Page, harken: Harken, mail: Dovecot) -> None:
    page.goto(f"{harken.url}/fennel/settings/channels/")
    page.get_by_role("link", name="Open help@fennel.example").click()
    page.get_by_label("Incoming mail server (IMAP)").fill("localhost")
    receiving = page.get_by_role("group", name="Receiving")
    receiving.get_by_label("Port").fill(str(mail.port))
    receiving.get_by_label("Encryption").select_option("starttls")
    receiving.get_by_label("User name").fill("help")
    receiving.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("alert").filter(has_text="password").wait_for()
    receiving.get_by_label("Password").fill(mail.password)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("The mailbox is connected.").wait_for()


def switch_the_inbox_on(page: Page, harken: Harken) -> None:
    page.goto(f"{harken.url}/fennel/settings/capabilities/")
    page.get_by_role("switch", name="Inbox and assignment").click()
    page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Inbox").wait_for()


def arrive(shown: Locator, mail: Dovecot, raw: bytes) -> None:
    """Let a letter arrive in the mailbox, and wait until the open page shows it."""
    mail.append("help", raw)
    shown.wait_for()


def assert_leaves_well(answer: Letter, first: bytes) -> None:
    message = answer.message
    asked = next(line for line in first.decode().splitlines() if line.startswith("Message-ID:")).split()[1]
    assert answer.recipients == ("priya@crumb.example",)
    assert message["In-Reply-To"] == asked
    assert asked in message["References"]
    assert message["Subject"] == "Re: Two delivery windows on the same day"
    assert "help@fennel.example" in message["From"]
    assert message["Reply-To"].partition("+")[2].endswith("@fennel.example>")
    assert [part.get_content_type() for part in message.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
    ]


def test_a_letter_arrives_is_answered_and_the_answer_to_that_joins(
    harken: Harken, mail: Dovecot, sink: SmtpSink
):
    first = letter("Since Tuesday the Saturday market run has vanished.")
    with running_chromium() as browser, page_of(browser) as page:
        open_the_desk(page, harken)
        connect_the_mailbox(page, harken, mail)
        switch_the_inbox_on(page, harken)
        page.goto(f"{harken.url}/fennel/inbox/?view=open")
        page.wait_for_load_state("networkidle")

        row = page.locator(".row", has_text="Two delivery windows")
        arrive(row, mail, first)
        row.click()
        page.locator(".msg-them", has_text="Saturday market run").wait_for()
        assert page.get_by_role("link", name="stops.csv").is_visible()
        page.get_by_label("Your message").fill("It will print. Sorry for the trouble!")
        page.keyboard.press("Control+Enter")
        page.locator(".msg-us", has_text="It will print.").wait_for()
        [answer] = sink.wait_for(1)
        assert_leaves_well(answer, first)

        thanks = letter("Thank you, it does.", answers=answer.message["Message-ID"])
        arrive(page.locator(".msg-them", has_text="Thank you, it does."), mail, thanks)
        assert page.locator(".msg").count() == 3
        harken.run("workspace", "create", "acme", "--owner", "mallory@acme.example")
        assert_a_second_workspace_sees_nothing(browser, harken, page.url)
    assert all("$HarkenDone" in flags for flags in mail.flags("help").values())


def assert_a_second_workspace_sees_nothing(browser: Browser, harken: Harken, address: str) -> None:
    token = harken.token("acme")
    assert harken.get(token, "/tickets")["results"] == []
    with page_of(browser) as page:
        page.goto(harken.sign_in_link("mallory@acme.example"))
        page.locator("form .btn-go").click()
        page.wait_for_url("**/acme/**")
        assert page.get_by_text("Two delivery windows").count() == 0
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 404
