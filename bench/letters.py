"""Letters of 12 KB as files, for whoever takes them in: half of them with HTML, every fifth an answer."""

import uuid
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from random import Random

LETTER_BYTES = 12_000
PEOPLE, COMPANIES = 500, 50
WORDS = (
    "bread",
    "oven",
    "delivery",
    "window",
    "invoice",
    "pallet",
    "yeast",
    "rye",
    "morning",
    "driver",
    "question",
)


def write_letters(folder: Path, count: int) -> Path:
    """Write so many new letters into a folder, named in their order, and return it."""
    folder.mkdir(parents=True)
    for number, letter in enumerate(_letters(count)):
        (folder / f"{number:06}.eml").write_bytes(letter)
    return folder


def letters_in(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.iterdir())]


def _letters(count: int) -> Iterator[bytes]:
    chance = Random()
    earlier: dict[str, str] = {}
    for number in range(count):
        person = f"ann-{chance.randrange(PEOPLE)}@bakery-{chance.randrange(COMPANIES)}.example"
        if number % 5 == 4:
            person = chance.choice(list(earlier))
        mail = _letter(chance, person, with_html=number % 2 == 0)
        if number % 5 == 4:
            mail["In-Reply-To"] = mail["References"] = earlier[person]
        earlier[person] = mail["Message-ID"]
        yield mail.as_bytes()


def _letter(chance: Random, person: str, *, with_html: bool) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = (
        f"Ann <{person}>",
        "help@acme.example",
        " ".join(chance.choices(WORDS, k=6)),
    )
    mail["Message-ID"], mail["Date"] = f"<{uuid.uuid4()}@bakery.example>", "Sun, 22 Nov 2026 08:00:00 +0000"
    lines = list(_lines(chance, LETTER_BYTES // 2 if with_html else LETTER_BYTES))
    mail.set_content("".join(lines))
    if with_html:
        paragraphs = "".join(
            f"<p style='color:#222'>{line.strip()}</p>\n" for line in lines[: len(lines) * 2 // 3]
        )
        mail.add_alternative(f"<html><body>{paragraphs}</body></html>", subtype="html")
    return mail


def _lines(chance: Random, size: int) -> Iterator[str]:
    while size > 0:
        line = " ".join(chance.choices(WORDS, k=11)) + "\n"
        size -= len(line)
        yield line
