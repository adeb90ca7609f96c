"""One process of `mail_in`: takes letters in at "go", and prints when it began, when it ended and what it used."""

import sys
import time
import uuid
from collections.abc import Iterator
from email.message import EmailMessage
from random import Random

import django

LETTER_BYTES = 12_000
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


def main() -> None:
    django.setup()
    # Rooms can be imported only now that Django knows them.
    from harken.channels import ledger  # noqa: PLC0415
    from harken.channels.receive import settle  # noqa: PLC0415

    letters = list(_letters(int(sys.argv[1])))
    settle(ledger.store(next(_letters(1)), source="deliver"))
    print("ready", flush=True)
    sys.stdin.readline()
    begun, used = time.time(), time.process_time()
    for letter in letters:
        settle(ledger.store(letter, source="deliver"))
    print(begun, time.time(), time.process_time() - used, flush=True)


def _letters(count: int) -> Iterator[bytes]:
    chance = Random()
    for _ in range(count):
        mail = EmailMessage()
        mail["From"] = f"Ann <ann-{chance.randrange(500)}@bakery-{chance.randrange(50)}.example>"
        mail["To"], mail["Subject"] = "help@acme.example", " ".join(chance.choices(WORDS, k=6))
        mail["Message-ID"], mail["Date"] = (
            f"<{uuid.uuid4()}@bakery.example>",
            "Sun, 22 Nov 2026 08:00:00 +0000",
        )
        mail.set_content(_text(chance))
        yield mail.as_bytes()


def _text(chance: Random) -> str:
    lines: list[str] = []
    while sum(map(len, lines)) < LETTER_BYTES:
        lines.append(" ".join(chance.choices(WORDS, k=11)) + "\n")
    return "".join(lines)


if __name__ == "__main__":
    main()
