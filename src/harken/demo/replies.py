"""What Fennel's colleagues answer again and again: their saved replies."""

from typing import NamedTuple

from harken.agents.models import Agent
from harken.automations.models import SavedReply
from harken.automations.saved_replies import Wording, keep_reply


class Told(NamedTuple):
    """A saved reply of the demo: whose it is, and how often it was used."""

    key: str
    uses: int
    wording: Wording


REPLIES = (
    Told(
        "maya",
        31,
        Wording(
            "New code to the phone",
            html="<p>Hello {{ contact.first_name }},</p><p>we have just sent a new code to your phone. It works for 15 "
            "minutes. If none arrives, write back to {{ ticket.number }} and we sign you in by hand.</p>",
            shortcut="code",
        ),
    ),
    Told(
        "maya",
        12,
        Wording(
            "Mail does not arrive",
            html="<p>Hello {{ contact.first_name }},</p><p>the mail server of {{ company.name }} refuses our letters. "
            "Try one of these:</p><ol><li>Let help@fennel.example through in your spam filter.</li>"
            "<li>Give us another address to write to.</li></ol>",
            shortcut="mail",
        ),
    ),
    Told(
        "maya",
        9,
        Wording(
            "Order deadline",
            html="<p>Hello {{ contact.first_name }},</p><p>orders for the next morning close at 18:00 of your zone. "
            "You change that under <b>Settings, Deadlines</b>; the new time holds from the next day on.</p>",
            shortcut="deadline",
        ),
    ),
    Told(
        "maya",
        7,
        Wording(
            "Thank you, we look into it",
            "Thank you, {{ contact.first_name }}. We look into it and write to you by tomorrow noon.\n\n"
            "{{ agent.first_name }}",
            shortcut="thanks",
        ),
    ),
    Told(
        "maya",
        5,
        Wording(
            "Код на телефон",
            "Здравствуйте, {{ contact.first_name }}!\n\nМы отправили новый код на ваш телефон, он действует 15 минут.",
            shortcut="код",
        ),
    ),
    Told(
        "maya",
        4,
        Wording(
            "رمز إلى الهاتف",
            "مرحبًا {{ contact.first_name }}،\n\nأرسلنا رمزًا جديدًا إلى هاتفك، صالح لمدة 15 دقيقة.",
        ),
    ),
    Told(
        "maya",
        3,
        Wording(
            "お問い合わせありがとうございます",
            "{{ contact.name }} 様\n\nお問い合わせありがとうございます。確認のうえ、明日の正午までにご連絡いたします。",
        ),
    ),
)


def keep_replies(agents: dict[str, Agent]) -> None:
    """Keep the saved replies of the demo, used as often as they were; `agents` by their keys in the cast."""
    for told in REPLIES:
        reply = keep_reply(told.wording, by=agents[told.key])
        SavedReply.objects.filter(pk=reply.pk).update(uses=told.uses)
