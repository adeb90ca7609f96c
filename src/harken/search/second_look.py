"""The second look at what was found: do the words of a phrase follow each other there?

The index knows which words a message has and not where. What was said and by whom is read at once; files are read
only where that leaves a doubt.
"""

from collections.abc import Iterable, Sequence

from harken.agents.models import Agent
from harken.search import contents
from harken.search.question import Question
from harken.search.words import fold_unbroken, sequence
from harken.tickets.models import Message

_SAID = ("text", "visible_text", "signature", "ticket__subject", "author_address")
_NAMES = (
    *("ticket__requester__name", "ticket__company__name", "ticket__company__domain"),
    *("author_contact__name", "author_agent__user__name"),
)


def answering(message_ids: Sequence[int], question: Question, agent: Agent) -> set[int]:
    """Return those of the messages that say the phrases of a question, and none that it excludes."""
    messages = Message.objects.visible_to(agent)
    well, unsure = set(), []
    columns = ("pk", "ticket__has_files", "to", "cc", *_SAID, *_NAMES)
    for pk, has_files, to, cc, text, visible_text, *others in messages.filter(pk__in=message_ids).values_list(
        *columns
    ):
        answers = _say([visible_text or text, *map(str, (*to, *cc)), *filter(None, others)], question)
        if has_files and (question.not_together or not answers):
            unsure.append(pk)
        elif answers:
            well.add(pk)
    if unsure:
        whole = contents.read(messages.filter(pk__in=unsure))
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
