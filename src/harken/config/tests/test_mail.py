from django.core.mail import EmailMessage

from tests.servers.smtp_sink import SmtpSink


def a_letter():
    return EmailMessage("Your link", "Ñandú\n.\nBye", "Harken <desk@fennel.example>", ["olga@fennel.example"])


def test_our_own_letters_leave_by_the_relay(settings):
    settings.EMAIL_BACKEND = "harken.config.mail.RelayBackend"
    with SmtpSink() as sink:
        settings.HARKEN_RELAY = sink.relay()

        a_letter().send()

        (letter,) = sink.wait_for(1)
    words = letter.message.get_payload(decode=True)
    assert letter.message["Subject"] == "Your link"
    assert isinstance(words, bytes)
    assert words.decode().splitlines() == ["Ñandú", ".", "Bye"]


def test_without_a_relay_nothing_leaves_and_nothing_breaks(settings):
    settings.EMAIL_BACKEND = "harken.config.mail.RelayBackend"
    settings.HARKEN_RELAY = None

    assert a_letter().send() == 0
