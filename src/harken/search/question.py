"""From what was asked to what the index is asked: each word with its forms, its endings and what it may have meant."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from harken.search import vocabulary
from harken.search.language import Asked, Term
from harken.search.words import is_unspaced, katakana_in

SHORTEST_BEGINNING = 2


@dataclass
class Question:
    """`text` is a tsquery, `""` where any message will do. `marks` are the words to show as found."""

    text: str = ""
    has_words: bool = False
    marks: set[str] = field(default_factory=set)
    runs: set[str] = field(default_factory=set)
    # What has to follow each other: words, and what is written without spaces.
    together: list[str] = field(default_factory=list)
    together_runs: list[str] = field(default_factory=list)
    not_together: list[str] = field(default_factory=list)
    # What was misspelt, and what is shown for it.
    corrected: dict[str, list[str]] = field(default_factory=dict)
    # At most so many messages answer; `None` where nobody knows.
    answers: int | None = None

    @property
    def is_rare(self) -> bool:
        """Say whether so few messages answer that all of them may be asked for at once."""
        return self.answers is not None and self.answers < vocabulary.ENOUGH

    @property
    def needs_a_second_look(self) -> bool:
        return bool(self.together or self.together_runs or self.not_together)

    def note_answers(self, most: int | None) -> None:
        """Take in that no more than so many messages have one of the words."""
        if most is not None:
            self.answers = most if self.answers is None else min(self.answers, most)


def question_of(asked: Asked, workspace_id: int) -> Question:
    """Return what to ask the index of a workspace."""
    question = Question()
    words = [term.words[0] for term in asked.terms if _is_plain(term)]
    forms = vocabulary.forms_of(workspace_id, words)
    last = asked.terms[-1] if asked.terms and asked.is_open_ended else None
    parts = [
        _part(question, term, forms, workspace_id, may_go_on=term is last)
        for term in asked.terms
        if not (term.is_not and term.together)
    ]
    question.not_together = [term.together for term in asked.terms if term.is_not and term.together]
    question.has_words = any(not term.is_not for term in asked.terms)
    question.text = " & ".join(parts)
    return question


def _is_plain(term: Term) -> bool:
    return not term.is_exact and not is_unspaced(term.words[0])


def _part(
    question: Question,
    term: Term,
    forms: dict[str, list[vocabulary.Known]],
    workspace_id: int,
    *,
    may_go_on: bool,
) -> str:
    if term.is_exact:
        groups = [[word] for word in term.words]
    elif is_unspaced(term.words[0]):
        return _unspaced(question, term, workspace_id)
    else:
        groups = [_alternatives(question, term, forms[term.words[0]], workspace_id, may_go_on=may_go_on)]
    text = " & ".join(_any_of(group) for group in groups)
    if term.is_not:
        return f"!({text})"
    _remember(question, term, (word for group in groups for word in group))
    return f"({text})"


def _alternatives(
    question: Question, term: Term, forms: list[vocabulary.Known], workspace_id: int, *, may_go_on: bool
) -> list[str]:
    (word,) = term.words
    known = {form.word: form.messages for form in forms}
    if not term.is_not and may_go_on and len(word) >= SHORTEST_BEGINNING:
        known |= dict(vocabulary.endings_of(workspace_id, word))
    found = list(dict.fromkeys([word, *known]))
    if term.is_not:
        return found
    question.note_answers(sum(known.values()) if vocabulary.is_learnt(word) else None)
    if not known.keys() - {word}:
        found += _corrections(question, word, known.get(word, 0), workspace_id)
    return found


def _corrections(question: Question, word: str, messages: int, workspace_id: int) -> list[str]:
    corrections = vocabulary.corrections_of(workspace_id, word, messages)
    if corrections:
        question.corrected[word] = corrections
        question.answers = None
    return corrections


def _unspaced(question: Question, term: Term, workspace_id: int) -> str:
    """A single letter stands for every pair that begins so; of a long word every pair, or what it may have meant.

    In katakana it stands for the words that it is a part of: its pairs are in nearly every text.
    """
    run = term.shown
    if len(run) == 1:
        text = _any_of([run, *(known.word for known in vocabulary.endings_of(workspace_id, run))])
    else:
        text = " & ".join(_quoted(word) for word in term.words)
    if term.is_not:
        return f"!({text})"
    question.runs.add(run)
    if around := _around(question, run, workspace_id):
        if katakana_in(run) == [run]:
            return f"({around})"
        text = f"{text} & {around}"
    counts = vocabulary.counts_of(workspace_id, [run, *term.words])
    question.note_answers(min(counts.get(word, 0) for word in term.words) if len(run) > 1 else None)
    corrections = _corrections(question, run, 0, workspace_id) if run not in counts else []
    if corrections:
        question.runs.update(corrections)
        return f"(({text}) | {_any_of(corrections)})"
    if term.together:
        question.together_runs.append(run)
    return f"({text})"


def _around(question: Question, run: str, workspace_id: int) -> str:
    """The known words around each part of a run in katakana; `""` where it has none, or they are too many."""
    groups = [vocabulary.words_around(workspace_id, part) for part in katakana_in(run)]
    for known in filter(None, groups):
        question.note_answers(sum(word.messages for word in known))
    return " & ".join(_any_of(word.word for word in known) for known in groups if known)


def _remember(question: Question, term: Term, words: Iterable[str]) -> None:
    for word in words:
        if is_unspaced(word):
            question.runs.add(word)
        else:
            question.marks.add(word)
    if term.together:
        question.together.append(term.together)


def _any_of(words: Iterable[str]) -> str:
    return f"({' | '.join(_quoted(word) for word in words)})"


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
