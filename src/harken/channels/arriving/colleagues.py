"""A colleague's letter from their own mail program: their answer, their draft, a note, or nobody's.

A sender is only a claim. It counts as theirs when their domain vouches for it, or when it came to an address
that was given to them alone; else it waits as their draft, and they are told at their own address.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from harken.agents.models import Agent
from harken.channels.arriving.draft_letters import tell_of_draft
from harken.channels.arriving.letter import others_of, texts_on, words_of
from harken.channels.contract import Incoming
from harken.channels.leaving.to_colleagues import above_the_line
from harken.channels.models import Arrival
from harken.channels.proof.authenticate import SenderCheck
from harken.channels.proof.claims import Claim, Claims
from harken.channels.proof.threading import Evidence
from harken.channels.reasons import Allowed, Proof, Rule
from harken.contacts.models import Identity
from harken.lib import rows
from harken.lib.addresses import normalise
from harken.lib.unfolded import without_folds
from harken.tickets.drafts import discard_draft, draft_of, keep_draft, words_of_draft
from harken.tickets.errors import SomethingUnseen, TicketError
from harken.tickets.mentions import mentioned_in
from harken.tickets.models import Alias, Draft, Message, Ticket, Words
from harken.workspaces.models import Workspace

State = Arrival.State
# Asked of every letter, and answered no by nearly all.
_IS_A_COLLEAGUE = """
    SELECT 1 FROM agents_agent JOIN agents_user ON agents_user.id = agents_agent.user_id
    WHERE agents_agent.workspace_id = %s AND agents_user.email = %s
"""


@dataclass(frozen=True)
class Taken:
    """What became of a colleague's letter."""

    state: str
    evidence: Evidence
    ticket: Ticket | None = None
    message: Message | None = None


@dataclass(frozen=True)
class _Answer:
    """A colleague's letter about a ticket, with all that decides over it."""

    agent: Agent
    ticket: Ticket
    claim: Claim
    claims: Claims
    letter: Incoming
    words: Words
    others: dict[str, list[str]]
    is_theirs: bool
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def seen_up_to(self) -> int:
        return self.claims.seen.get(self.ticket.pk, 0)

    @property
    def is_to_the_ticket(self) -> bool:
        """Say whether it came to a signed address, which stands for the requester and those copied."""
        return any("address" in claim.details for claim in self.claims.found)


def take_in_colleague(
    workspace: Workspace, letter: Incoming, claims: Claims, checked: SenderCheck
) -> Taken | None:
    """Take in a colleague's letter; `None` when it is not one, or asks something of the others: a request like any.

    Whatever is refused keeps its words: as a draft, or held.
    """
    agent = _agent(workspace, letter)
    if agent is None:
        return None
    if checked.has_failed:
        details = {"agent": agent.name, "sender": agent.email} | checked.as_evidence()
        return Taken(State.HELD, Evidence(Rule.COLLEAGUE_FAILED, details))
    claim = _claim_of(agent, claims)
    if claim is None:
        return None
    if letter.auto_reply and not _is_theirs(agent, claims, checked):
        # Nobody to keep a draft for, and nobody's words to note.
        return None
    if _came_before(workspace, letter):
        return Taken(State.HELD, Evidence(Rule.COLLEAGUE_AGAIN, {"agent": agent.name, "sender": agent.email}))
    answer = _answer(workspace, agent, claim, claims, letter, checked)
    try:
        with transaction.atomic():
            return _take_in(answer)
    except TicketError:
        return Taken(State.HELD, Evidence(Rule.COLLEAGUE_REFUSED, answer.details))


def _agent(workspace: Workspace, letter: Incoming) -> Agent | None:
    address = normalise(letter.sender.email)
    if not address or not rows.ask(_IS_A_COLLEAGUE, [workspace.pk, address]):
        return None
    return Agent.objects.active().filter(workspace=workspace, user__email=address).first()


def _came_before(workspace: Workspace, letter: Incoming) -> bool:
    # A list or a gateway on the way changed it: what was sent once must not be sent again, and may not be lost.
    return (
        bool(letter.external_id) and Message.objects.also_known_as(workspace, [letter.external_id]).exists()
    )


def _is_theirs(agent: Agent, claims: Claims, checked: SenderCheck) -> bool:
    return claims.made_for(agent.pk) or checked.is_verified


def _claim_of(agent: Agent, claims: Claims) -> Claim | None:
    """The first proof that is not about a request of their own: there they are the one who asks."""
    own = Identity.objects.of_mail(agent.workspace, agent.email).values_list("contact_id", flat=True).first()
    return next(
        (
            claim
            for claim in claims.found
            if claim.agent_id == agent.pk or claim.ticket.current.requester_id != own
        ),
        None,
    )


def _answer(
    workspace: Workspace, agent: Agent, claim: Claim, claims: Claims, letter: Incoming, checked: SenderCheck
) -> _Answer:
    ticket = claim.ticket.current
    proof = Proof.OWN_ADDRESS if claims.made_for(agent.pk) else Proof.SENDER_CHECK
    is_theirs = _is_theirs(agent, claims, checked)
    details = claim.details | {
        "agent": agent.name,
        "sender": agent.email,
        "allowed_as": str(Allowed.COLLEAGUE),
        "sender_check": checked.state,
        "proof": str(proof) if is_theirs else "",
    }
    words = _written_now(words_of(workspace, letter, texts_on(ticket)))
    others = _without_colleagues(workspace, others_of(workspace, letter, agent.email))
    return _Answer(agent, ticket, claim, claims, letter, words, others, is_theirs, details)


def _written_now(words: Words) -> Words:
    """What they wrote now, without the history and the signature below: the customer has the one, we add the other."""
    html = without_folds(words.html) if words.html else ""
    files = tuple(each for each in words.files if not each.is_inline or f'"{each.content_id}"' in html)
    text = above_the_line(words.visible_text)
    # What the letter to them said below its line was for colleagues: not a word of it may go to a customer.
    is_whole = bool(text) and text == words.visible_text and above_the_line(html) == html
    return Words(text, html=html if is_whole else "", files=files)


def _without_colleagues(workspace: Workspace, others: dict[str, list[str]]) -> dict[str, list[str]]:
    asked = [*others["to"], *others["cc"]]
    colleagues = set(
        Agent.objects.filter(workspace=workspace, user__email__in=asked).values_list("user__email", flat=True)
    )
    return {
        role: [each for each in addresses if each not in colleagues] for role, addresses in others.items()
    }


def _take_in(answer: _Answer) -> Taken:
    if answer.letter.auto_reply:
        return _take_in_absence(answer)
    if not answer.is_theirs:
        return _keep(answer, Draft.Why.UNVERIFIED)
    if answer.claims.asks_for_note:
        return _note_to_colleagues(answer)
    return _note(answer) if _is_to_others_alone(answer) else _send(answer)


def _take_in_absence(answer: _Answer) -> Taken:
    words = answer.words if answer.words.text.strip() else Words(answer.letter.subject or "…")
    message = answer.ticket.note(words, by=answer.agent, is_automatic=True)
    return _taken(answer, Rule.COLLEAGUE_AWAY, message)


def _is_to_others_alone(answer: _Answer) -> bool:
    """A letter to somebody outside, with a copy to us, is no answer to the customer and must not reach them."""
    if answer.is_to_the_ticket or not answer.letter.to:
        return False
    named = [*answer.others["to"], *answer.others["cc"]]
    return not _takes_part(answer.ticket, named) and _names_others(answer)


def _names_others(answer: _Answer) -> bool:
    everybody = others_of(answer.agent.workspace, answer.letter, answer.agent.email)
    return bool(everybody["to"] or everybody["cc"])


def _takes_part(ticket: Ticket, addresses: Sequence[str]) -> bool:
    return ticket.participants.filter(address__in=addresses).exists()


def _note(answer: _Answer) -> Taken:
    named = ", ".join(one.email for one in (*answer.letter.to, *answer.letter.cc))
    words = Words(f"→ {named}\n\n{answer.words.text}", files=answer.words.files)
    message = answer.ticket.note(words, by=answer.agent)
    Alias.remember(message, answer.letter.external_id)
    return _taken(answer, Rule.COLLEAGUE_NOTE, message)


def _note_to_colleagues(answer: _Answer) -> Taken:
    """They answer a letter that told them what a colleague wrote: nothing of it is for the customer."""
    called = mentioned_in(answer.words.text, by=answer.agent)
    message = answer.ticket.note(answer.words, by=answer.agent, mentions=called)
    Alias.remember(message, answer.letter.external_id)
    return _taken(answer, Rule.COLLEAGUE_TO_COLLEAGUES, message)


def _send(answer: _Answer) -> Taken:
    draft = draft_of(answer.ticket, answer.agent)
    # An empty answer to our notice: "send what I wrote". What somebody else may have written stays.
    is_own = draft is not None and draft.why == Draft.Why.UNSEEN
    words = words_of_draft(draft) if draft and is_own and not answer.words.text.strip() else answer.words
    try:
        with transaction.atomic():
            message = _reply(answer, words)
    except SomethingUnseen:
        return _keep(answer, Draft.Why.UNSEEN)
    if draft and (is_own or answer.claims.made_for(answer.agent.pk)):
        discard_draft(draft)
    return _taken(answer, Rule.COLLEAGUE_ANSWER, message, reached=_reached(answer))


def _reply(answer: _Answer, words: Words) -> Message:
    to, cc = _recipients(answer)
    message = answer.ticket.reply(
        words, by=answer.agent, seen_up_to=answer.seen_up_to, to=to, cc=cc, reached=_reached(answer)
    )
    # Those whom the letter reached directly answer that letter, and not the message it became.
    Alias.remember(message, answer.letter.external_id)
    if answer.letter.external_id:
        message.references = [answer.letter.external_id]
        message.save(update_fields=["references"])
    return message


def _recipients(answer: _Answer) -> tuple[list[str], list[str]]:
    """Whom the colleague named; the requester and those copied too, where it came to their ticket's address."""
    to, cc = answer.others["to"], answer.others["cc"]
    if to and not answer.is_to_the_ticket:
        return to, cc
    everybody = [*answer.ticket.reply_addresses, *to]
    # Customers copy colleagues too: nobody wants their own answer back.
    served = {*everybody, answer.agent.email}
    return everybody, [each for each in (*answer.ticket.copied_addresses, *cc) if each not in served]


def _reached(answer: _Answer) -> list[str]:
    return sorted({*answer.others["to"], *answer.others["cc"]})


def _keep(answer: _Answer, why: Draft.Why) -> Taken:
    rules = {Draft.Why.UNSEEN: Rule.COLLEAGUE_UNSEEN, Draft.Why.UNVERIFIED: Rule.COLLEAGUE_UNVERIFIED}
    known = draft_of(answer.ticket, answer.agent)
    # What may be somebody else's never stands beside the colleague's own words: nobody could tell them apart.
    if known and Draft.Why.UNVERIFIED in (why, known.why) and why != known.why:
        if why == Draft.Why.UNVERIFIED:
            return Taken(State.HELD, Evidence(Rule.COLLEAGUE_UNPROVED, answer.details))
        discard_draft(known)
    draft = keep_draft(answer.ticket, answer.agent, answer.words, seen_up_to=answer.seen_up_to, why=why)
    # Anybody can write in a colleague's name: that must not fill the colleague's mailbox.
    if why != Draft.Why.UNVERIFIED or known is None:
        tell_of_draft.defer(workspace_id=draft.workspace_id, draft_id=draft.pk)
    return _taken(answer, rules[why])


def _taken(answer: _Answer, rule: Rule, message: Message | None = None, **more: Any) -> Taken:
    return Taken(State.JOINED, Evidence(rule, answer.details | more), answer.ticket, message)
