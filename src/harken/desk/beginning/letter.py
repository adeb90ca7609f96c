"""The composer of a first letter: what stands in it when its page opens, and after a refusal."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import QueryDict

from harken.agents.models import Agent
from harken.channels.leaving.outgoing import mailboxes_of
from harken.channels.leaving.signature import signature_of
from harken.desk.composing.composer import (
    HOLES,
    UNANSWERED,
    Composer,
    Letter,
    Letterhead,
)
from harken.desk.composing.drafts import shown_draft
from harken.desk.composing.needed import needed_kept, needed_typed
from harken.desk.reach import warnings_for
from harken.lib.addresses import parse
from harken.lib.text import one_line
from harken.lib.written import clean_written, with_addresses
from harken.tickets.drafts import draft_of, letters_of
from harken.tickets.errors import in_quotes
from harken.tickets.models import Draft, Message

PEEK_LETTERS = 80


def letter_composer(agent: Agent, key: uuid.UUID, to: str = "") -> Composer:
    """Return what stands in a letter: its writer's draft, else nothing yet but to whom."""
    kept = draft_of(key, agent)
    if kept is None:
        return _composer(agent, key, {"to": to}, is_plain=agent.writes_plain)
    shown = shown_draft(kept)
    typed = {**kept.recipients, "subject": kept.subject, "sender": str(kept.channel_id or "")}
    composer = _composer(agent, key, typed, is_plain=kept.is_plain, is_signed=kept.is_signed)
    return replace(
        composer,
        text=kept.text,
        html=with_addresses(kept.html, shown.addresses),
        refusal=_why(kept),
        draft=shown,
        needed=needed_kept(kept),
    )


def refused_letter(
    agent: Agent, key: uuid.UUID, typed: QueryDict, sentence: Any, holes: list[str] | None = None
) -> Composer:
    """Return it as it was typed, with why it was not sent; `holes` are what is still to be filled in."""
    kept = draft_of(key, agent)
    shown = shown_draft(kept) if kept else None
    composer = _composer(
        agent,
        key,
        {name: str(value) for name, value in typed.items()},
        is_plain=bool(typed.get("is_plain")),
        is_signed=not typed.get("is_unsigned"),
    )
    return replace(
        composer,
        text=typed.get("text", ""),
        html=with_addresses(clean_written(typed.get("html", "")), shown.addresses if shown else {}),
        refusal=str(HOLES % {"holes": ", ".join(holes)} if holes else sentence),
        holes=holes or [],
        as_it_stands=typed.get("then") or "send",
        draft=shown,
        needed=needed_typed(agent, {}, typed, str(key)),
    )


def unanswered_letter(agent: Agent, key: uuid.UUID, typed: QueryDict, names: Sequence[str]) -> Composer:
    """Return it as it was typed, with fields for what is to be known of its request before that is closed."""
    sentence = UNANSWERED % {"names": in_quotes(names)}
    return refused_letter(agent, key, typed, sentence).asking(agent, {})


def others_begun(agent: Agent, key: uuid.UUID) -> list[dict[str, str]]:
    """Return the other letters that a colleague has begun: their key, by what they are known, why they wait."""
    return [
        {"key": str(each.key), "peek": _peek(each), "why": _why(each)}
        for each in letters_of(agent)
        if each.key != key
    ]


def _composer(
    agent: Agent, key: uuid.UUID, typed: dict[str, str], *, is_plain: bool, is_signed: bool = True
) -> Composer:
    mailboxes, sender = mailboxes_of(agent), typed.get("sender", "")
    leaves_from = next((each for each in mailboxes if str(each.pk) == sender), next(iter(mailboxes), None))
    to, cc, bcc = (typed.get(name, "") for name in ("to", "cc", "bcc"))
    letterhead = Letterhead(
        signature_of(agent, leaves_from), bool(leaves_from and leaves_from.mailbox.is_plain_text)
    )
    return Composer(
        number=0,
        agent_id=agent.pk,
        kind=Message.Kind.REPLY,
        text="",
        to=to,
        cc=cc,
        bcc=bcc,
        seen_up_to=0,
        summary="",
        key=str(key),
        is_plain=is_plain or letterhead.is_plain,
        is_signed=is_signed,
        letterhead=letterhead,
        warnings=warnings_for(agent.workspace_id, [each.email for each in parse(f"{to},{cc},{bcc}")]),
        letter=Letter(
            subject=typed.get("subject", ""),
            sender=leaves_from.pk if leaves_from else None,
            mailboxes=[(each.pk, each.address) for each in mailboxes],
        ),
    )


def _peek(letter: Draft) -> str:
    known = [letter.recipients.get("to", ""), letter.subject or " ".join(letter.text.split())]
    return one_line(" · ".join(filter(str.strip, known)), PEEK_LETTERS)


def _why(letter: Draft) -> str:
    """Say why it was not sent; `""` of one that nobody wanted to send yet."""
    return str(letter.get_why_display()) if letter.why else ""
