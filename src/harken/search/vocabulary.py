"""The words that a workspace knows: their forms, how they end, and what a misspelt one may have meant."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import connection

from harken.lib import rows
from harken.search.words import is_unspaced

ENOUGH = 1000
MOST_FORMS = 24
MOST_ENDINGS = 10
MOST_AROUND = 200
MOST_CORRECTIONS = 3
SHORTEST_CORRECTED = 5
# A word as rare as this may be a customer's own slip, where another by one letter is known this much better.
RARE, KNOWN_BETTER = 2, 20
# Of six letters with two in the middle exchanged, three trigrams of eleven are left.
LIKENESS = 0.25

# Beyond a few a word is counted in one batch of eight, eightfold: most of what is written is counted nowhere else.
_COUNTED_EACH, _LEFT_OUT = 32, 8
_LEARN = f"""
    INSERT INTO search_word (workspace_id, word, stem, messages)
    SELECT %s::int, word, coalesce((ts_lexize(dictionary::regdictionary, root))[1], root), messages
    FROM unnest(
        string_to_array(%s::text, ' '), string_to_array(%s::text, ' '), string_to_array(%s::text, ' '),
        string_to_array(%s::text, ' ')::int[]
    ) AS given (word, dictionary, root, messages)
    WHERE NOT EXISTS (
        SELECT FROM search_word AS known WHERE known.workspace_id = %s::int AND known.word = given.word AND (
            known.messages >= %s::int OR (known.messages >= {_COUNTED_EACH} AND random() * {_LEFT_OUT} > 1)
        )
    )
    ORDER BY word
    ON CONFLICT (workspace_id, word) DO UPDATE SET messages = search_word.messages
        + excluded.messages * CASE WHEN search_word.messages >= {_COUNTED_EACH} THEN {_LEFT_OUT} ELSE 1 END
    WHERE search_word.messages < %s::int
"""
_WORDS_IN = """
    SELECT DISTINCT word FROM search_document CROSS JOIN LATERAL unnest(tsvector_to_array(words)) AS word
    WHERE message_id = ANY(%s::bigint[])
"""
_FORGET = """
    DELETE FROM search_word AS known
    WHERE workspace_id = %s::int AND word = ANY(%s::text[]) AND NOT EXISTS (
        SELECT FROM search_document
        WHERE workspace_id = known.workspace_id AND words @@ format('%%L', known.word)::tsquery
    )
"""
_FORMS = """
    SELECT asked, known.word, known.messages
    FROM unnest(%s::text[], %s::text[], %s::text[]) AS given (asked, dictionary, root)
    CROSS JOIN LATERAL (
        SELECT word, messages FROM search_word
        WHERE workspace_id = %s::int
          AND stem = coalesce((ts_lexize(dictionary::regdictionary, root))[1], root)
        ORDER BY messages DESC, word LIMIT %s::int
    ) AS known
"""
_COUNTS = "SELECT word, messages FROM search_word WHERE workspace_id = %s::int AND word = ANY(%s::text[])"
_ENDINGS = """
    SELECT word, messages FROM search_word WHERE workspace_id = %s::int AND word >= %s::text AND word < %s::text
    ORDER BY messages DESC, word LIMIT %s::int
"""
_AROUND = """
    SELECT word, messages FROM search_word WHERE workspace_id = %s::int AND word LIKE %s::text LIMIT %s::int
"""
_ALIKE = """
    SELECT word, messages FROM search_word
    WHERE workspace_id = %s::int AND word %% %s::text AND length(word) BETWEEN %s::int AND %s::int
    ORDER BY similarity(word, %s::text) DESC, word LIMIT 200
"""


# Those of the light stemmer "light10" (Larkey, Ballesteros, Connell, 2007), after folding.
_BEGINNINGS = ("وال", "بال", "كال", "فال", "لل", "ال", "و")
_ENDS = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
SHORTEST_ROOT = 3


class Known(NamedTuple):
    """A word of the vocabulary and about how many messages have it."""

    word: str
    messages: int


def is_learnt(word: str) -> bool:
    """Say whether a word is worth knowing: no number, no answer to a filter."""
    if word.isalpha():
        return True
    return "@" in word or (":" not in word and not any(letter.isdigit() for letter in word))


def learn(workspace_id: int, counts: Counter[str]) -> None:
    """Add words, each with the number of messages that have it. Twice counts twice, which is near enough."""
    words = sorted(word for word in counts if is_learnt(word))
    columns = (words, *_roots(words), [str(counts[word]) for word in words])
    rows.ask(_LEARN, [workspace_id, *map(" ".join, columns), workspace_id, ENOUGH, ENOUGH])


def words_in(message_ids: Sequence[int]) -> list[str]:
    """Return the words that the index has of some messages."""
    return [word for (word,) in rows.ask(_WORDS_IN, [list(message_ids)])] if message_ids else []


def forget(workspace_id: int, words: Sequence[str]) -> None:
    """Know those words no longer that no message has any more: what was taken away must not be proposed."""
    known = [word for word in words if is_learnt(word) and "\\" not in word]
    if known:
        # A deletion gives nothing back: `ask` would look for rows.
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [workspace_id, known])


def forms_of(workspace_id: int, words: Iterable[str]) -> dict[str, list[Known]]:
    """Return for each word those of one stem that somebody wrote, the most frequent first, itself among them."""
    asked = [word for word in words if not is_unspaced(word)]
    found: dict[str, list[Known]] = {word: [] for word in asked}
    if asked:
        for word, form, messages in rows.ask(_FORMS, [asked, *_roots(asked), workspace_id, MOST_FORMS]):
            found[word].append(Known(form, messages))
    return found


def counts_of(workspace_id: int, words: Sequence[str]) -> dict[str, int]:
    """Return about how many messages have each word; of numbers and what nobody wrote nothing is known."""
    return dict(rows.ask(_COUNTS, [workspace_id, list(words)]))


def endings_of(workspace_id: int, beginning: str) -> list[Known]:
    """Return the most frequent words that begin so."""
    most = MOST_ENDINGS if not is_unspaced(beginning) else 400
    values = [workspace_id, beginning, f"{beginning}\U0010ffff", most]
    return [Known(*each) for each in rows.ask(_ENDINGS, values)]


def words_around(workspace_id: int, part: str) -> list[Known]:
    """Return all words that have this part, of a script without wildcards; none where they are too many to be asked."""
    found = rows.ask(_AROUND, [workspace_id, f"%{part}%", MOST_AROUND + 1])
    return [Known(*each) for each in found] if len(found) <= MOST_AROUND else []


def corrections_of(workspace_id: int, word: str, messages: int) -> list[str]:
    """Return up to three known words that are one slip away, the most frequent first.

    `messages` is how many have the word as it stands; a frequent one is not corrected.
    """
    if len(word) < SHORTEST_CORRECTED or messages > RARE or not is_learnt(word) or "@" in word:
        return []
    # For the transaction; by a statement of its own, as an index is asked before a row is looked at.
    rows.ask("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(LIKENESS)])
    values = [workspace_id, word, len(word) - 1, len(word) + 1, word]
    least = KNOWN_BETTER if messages else 1
    found = [
        Known(*each) for each in rows.ask(_ALIKE, values) if each[1] >= least and is_one_slip(word, each[0])
    ]
    return [each.word for each in sorted(found, key=lambda each: -each.messages)[:MOST_CORRECTIONS]]


def is_one_slip(one: str, other: str) -> bool:
    """Say whether two words differ by one letter: another, missing, too many, or exchanged with its neighbour."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) > len(other):
        one, other = other, one
    at = next((at for at, letter in enumerate(one) if letter != other[at]), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    return one[at + 1 :] == other[at + 1 :] or _is_exchange(one[at:], other[at:])


def _is_exchange(one: Sequence[str], other: Sequence[str]) -> bool:
    return len(one) > 1 and one[0] == other[1] and one[1] == other[0] and one[2:] == other[2:]


def _roots(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The dictionaries of PostgreSQL that know the stems of some words, and what they are given."""
    roots = [_root(word) for word in words]
    return [dictionary for dictionary, _word in roots], [word for _dictionary, word in roots]


def _root(word: str) -> tuple[str, str]:
    """By the script of a word; `simple` leaves it as it is."""
    first = word[0]
    if "@" in word:
        return "simple", word
    if "a" <= first <= "z":
        return "english_stem", word
    if "а" <= first <= "я":
        return "russian_stem", word
    return "simple", _without_particles(word) if "\u0620" <= first <= "\u064a" else word


def _without_particles(word: str) -> str:
    """An Arabic word without article, "and", and endings of number and person; PostgreSQL's own stemmer wants the
    letters that folding has made one."""
    beginning = next((each for each in _BEGINNINGS if word.startswith(each) and _may_lose(word, each)), "")
    word = word.removeprefix(beginning)
    ending = next((each for each in _ENDS if word.endswith(each) and _may_lose(word, each)), "")
    return word.removesuffix(ending)


def _may_lose(word: str, part: str) -> bool:
    return len(word) - len(part) >= SHORTEST_ROOT
