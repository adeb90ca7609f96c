"""Sending once: whoever presses "Send" twice, or comes back from a lost connection, sends one message."""

import uuid
from collections.abc import Callable

from django.db import IntegrityError, transaction

from harken.agents.models import Agent
from harken.tickets.draft_errors import SentAlready
from harken.tickets.models import Message, Words


def send_once(agent: Agent, key: uuid.UUID | None, words: Words, send: Callable[[], Message]) -> Message:
    """Return what `send` sends, or what this key has sent before. Without a key it is sent in any case.

    Raises SentAlready when the key has sent other words, and whatever `send` raises.
    """
    if key is None:
        return send()
    sent = _sent_by(agent, key)
    if sent is None:
        try:
            with transaction.atomic():
                message = send()
                message.sending_key = key
                message.save(update_fields=["sending_key"])
                return message
        except IntegrityError:
            # The same press came in twice, and the other one was quicker.
            sent = _sent_by(agent, key)
            if sent is None:
                raise
    if sent.text.strip() != words.text.strip():
        raise SentAlready(sent)
    return sent


def _sent_by(agent: Agent, key: uuid.UUID) -> Message | None:
    return Message.objects.visible_to(agent).filter(author_agent=agent, sending_key=key).first()
