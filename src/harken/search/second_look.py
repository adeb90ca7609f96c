"""The second look at what was found: do the words of a phrase follow each other there?

The index knows which words a message has and not where. Nearly always the answer lies in what was said; names and
files are read where it does not.
"""

from collections.abc import Iterable, Sequence

from harken.agents.models import Agent
from harken.search import contents
from harken.search.question import Question
from harken.search.words import fold_unbroken, sequence
from harken.tickets.models import Message


def answering(message_ids: Sequence[int], question: Question, agent: Agent) -> set[int]:
    """Return those of the messages that say the phrases of a question, and none that it excludes."""
    messages = Message.objects.visible_to(agent)
    said = messages.filter(pk__in=message_ids).values_list(
        "pk", "ticket__subject", "visible_text", "text", "signature"
    )
    well = set()
    if not question.not_together:
        parts = {pk: [subject, visible or text, signature] for pk, subject, visible, text, signature in said}
        well = {pk for pk, texts in parts.items() if _say(texts, question)}
    open_ids = [pk for pk in message_ids if pk not in well]
    if open_ids:
        whole = contents.read(messages.filter(pk__in=open_ids))
        well |= {message.pk for message in whole if _say(contents.parts_of(message), question)}
    return well


def _say(texts: Iterable[str], question: Question) -> bool:
    texts = list(texts)
    if question.together_runs:
        folded = [fold_unbroken(text) for text in texts]
        if not all(any(run in text for text in folded) for run in question.together_runs):
            return False
    if not (question.together or question.not_together):
        return True
    said = [f" {' '.join(sequence(text))} " for text in texts]
    return all(any(f" {words} " in text for text in said) for words in question.together) and not any(
        f" {words} " in text for text in said for words in question.not_together
    )
