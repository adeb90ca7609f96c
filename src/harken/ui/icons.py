"""The drawings behind `static/ui/icons.svg`: a 16 pixel grid, stroke 1.5, round ends, drawn for Harken.

After a change write the sprite again, and the strip of marks: `python -m harken.ui.icons`. A test compares them.
"""

from pathlib import Path

SPRITE = Path(__file__).parent / "static/ui/icons.svg"
STRIP = SPRITE.with_name("marks.svg")

ICONS = {
    "room": (
        '<path d="M2.5 4.5a2 2 0 0 1 2-2h7a2 2 0 0 1 2 2v4a2 2 0 0 1-2 2H7l-3 3v-3a1.6 1.6 0 0 '
        '1-1.5-2z"/>'
        '<path d="M5.5 6.5h5"/>'
    ),
    "inbox": '<path d="M2.5 9 4 3.5h8L13.5 9v3.5h-11z"/><path d="M2.5 9H6l1 1.75h2L10 9h3.5"/>',
    "people": (
        '<circle cx="6" cy="5.25" r="2.5"/>'
        '<path d="M1.75 13.25c.3-2.6 2-4 4.25-4s3.95 1.4 4.25 4"/>'
        '<path d="M10.75 3a2.4 2.4 0 0 1 0 4.5M12 9.6c1.3.5 2.1 1.8 2.3 3.65"/>'
    ),
    "person": '<circle cx="8" cy="5.25" r="2.75"/><path d="M3 13.5c.4-2.7 2.3-4 5-4s4.6 1.3 5 4"/>',
    "needs": (
        '<path d="M8 14V7.5"/>'
        '<path d="M8 9.5C8 6.8 6 5 2.75 5c0 2.8 2 4.5 5.25 4.5z"/>'
        '<path d="M8 7.5c0-2.7 1.7-4.75 5.25-5 0 3-1.75 5-5.25 5z"/>'
    ),
    "work": '<circle cx="8" cy="8" r="5.75"/><path d="M8 4.75V8l2.25 1.5"/>',
    "help": (
        '<path d="M8 3.75C6.8 2.8 4.9 2.6 2.5 2.75v9.5c2.4-.15 4.3.05 5.5 1 1.2-.95 3.1-1.15 '
        '5.5-1v-9.5c-2.4-.15-4.3.05-5.5 1zM8 3.75v9.5"/>'
    ),
    "reports": '<path d="M2.5 13.5h11M4.5 11V8M8 11V3.5M11.5 11V6"/>',
    "settings": (
        '<path d="M2.5 4.75h6M12 4.75h1.5M2.5 11.25H4M7.5 11.25h6"/>'
        '<circle cx="10.25" cy="4.75" r="1.75"/>'
        '<circle cx="5.75" cy="11.25" r="1.75"/>'
    ),
    "search": '<circle cx="7" cy="7" r="4.25"/><path d="m10.25 10.25 3.25 3.25"/>',
    "plus": '<path d="M8 3v10M3 8h10"/>',
    "reply": '<path d="M6.5 3.5 2.5 7.25l4 3.75"/><path d="M2.75 7.25h5.5c3 0 4.9 1.8 5.25 5.25"/>',
    "note": '<path d="M3 2.5h10v7l-4 4H3z"/><path d="M13 9.5H9v4M5.5 5.5h5"/>',
    "at": (
        '<circle cx="8" cy="8" r="2.5"/>'
        '<path d="M10.5 5.5v3.25c0 2.3 3.25 2.1 3.25-.75A5.75 5.75 0 1 0 11 12.9"/>'
    ),
    "clip": (
        '<path d="m13 7.25-5.3 5.3a3.2 3.2 0 0 1-4.5-4.5L8.7 2.5a2.1 2.1 0 0 1 3 3L6.4 10.9a1 1 0 0 '
        '1-1.45-1.45L9.75 4.7"/>'
    ),
    "check": '<path d="m3 8.5 3.25 3.25L13 4.75"/>',
    "x": '<path d="m3.75 3.75 8.5 8.5M12.25 3.75l-8.5 8.5"/>',
    "down": '<path d="m4 6.25 4 4 4-4"/>',
    "right": '<path d="m6 4 4 4-4 4"/>',
    "back": '<path d="M13 8H3M7 3.75 2.75 8 7 12.25"/>',
    "more": '<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2"/>',
    "mail": '<rect x="2" y="3.25" width="12" height="9.5" rx="1.5"/><path d="m2.5 4.5 5.5 4 5.5-4"/>',
    "chat": (
        '<path d="M8 2.75c3.2 0 5.5 2 5.5 4.75S11.2 12.25 8 12.25c-.7 0-1.35-.1-1.95-.25L3 '
        '13.25l.6-2.5A4.4 4.4 0 0 1 2.5 7.5C2.5 4.75 4.8 2.75 8 2.75z"/>'
    ),
    "phone": (
        '<path d="M5.25 2.5 3.5 3.25C2.25 3.9 2.5 7.2 5.65 10.35S12.1 13.75 12.75 '
        '12.5l.75-1.75-2.75-1.75-1.25 1.25C8.3 9.75 6.25 7.7 5.75 6.5L7 5.25z"/>'
    ),
    "form": '<rect x="2.5" y="2.5" width="11" height="11" rx="1.5"/><path d="M5 5.75h6M5 8.25h6M5 10.75h3"/>',
    "portal": (
        '<rect x="2" y="3" width="12" height="10" rx="1.5"/><path d="M2 6h12M4.25 4.5h.01M6.25 4.5h.01"/>'
    ),
    "plane": '<path d="M13.75 2.5 2 7.25l3.75 1.5L7 13l2.25-2.75 3 2z"/><path d="m5.75 8.75 8-6.25"/>',
    "lock": (
        '<rect x="3.25" y="7" width="9.5" height="6.5" rx="1.5"/>'
        '<path d="M5.25 7V5.25a2.75 2.75 0 0 1 5.5 0V7"/>'
    ),
    "warn": '<path d="M8 2.5 14 13H2z"/><path d="M8 6.5v3M8 11.25h.01"/>',
    "smile": (
        '<circle cx="8" cy="8" r="5.75"/><path d="M5.5 9.5c1.3 1.6 3.7 1.6 5 0M6 6.25h.01M10 6.25h.01"/>'
    ),
    "flat": '<circle cx="8" cy="8" r="5.75"/><path d="M5.75 10h4.5M6 6.25h.01M10 6.25h.01"/>',
    "sad": (
        '<circle cx="8" cy="8" r="5.75"/><path d="M5.5 10.75c1.3-1.6 3.7-1.6 5 0M6 6.25h.01M10 6.25h.01"/>'
    ),
    "link": (
        '<path d="M6.75 9.25a2.75 2.75 0 0 0 4 0l2-2a2.83 2.83 0 0 0-4-4l-.75.75M9.25 6.75a2.75 2.75 0 '
        '0 0-4 0l-2 2a2.83 2.83 0 0 0 4 4L8 12"/>'
    ),
    "print": '<path d="M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2"/><path d="M4.5 9.5h7v4h-7z"/>',
    "file": '<path d="M3.5 2.5h5.5l3.5 3.5v7.5h-9z"/><path d="M9 2.5V6h3.5"/>',
    "image": (
        '<rect x="2" y="3" width="12" height="10" rx="1.5"/>'
        '<circle cx="5.5" cy="6.25" r="1"/>'
        '<path d="m2.5 11.75 3.5-3 2.25 1.75L11 8l2.75 2.5"/>'
    ),
    "snooze": '<path d="M13.25 9.75A5.75 5.75 0 1 1 6.25 2.75a4.6 4.6 0 0 0 7 7z"/>',
    "globe": (
        '<circle cx="8" cy="8" r="5.75"/>'
        '<path d="M2.5 8h11M8 2.25c3.3 3.3 3.3 8.2 0 11.5C4.7 10.45 4.7 5.55 8 2.25z"/>'
    ),
    "building": (
        '<path d="M3 13.5v-11h6.5v11M9.5 6.5H13v7M1.75 13.5h12.5M5.25 5.25h2M5.25 8h2M5.25 10.75h2"/>'
    ),
    "plug": '<path d="M5.75 2.5v3M10.25 2.5v3M4 5.5h8V8a4 4 0 0 1-8 0zM8 12v2"/>',
    "up": '<path d="M8 13V3.25M4 7l4-4 4 4"/>',
    "bolt": '<path d="M9 1.75 3.5 9H8l-1 5.25L12.5 7H8z"/>',
    "pen": '<path d="m3 13 .75-3.25L11 2.5 13.5 5l-7.25 7.25z"/>',
    "merge": '<path d="M4 2.5v3.75L8 10v3.5M12 2.5v3.75L8 10"/>',
    "clock": '<circle cx="8" cy="8" r="5.75"/><path d="M8 4.75V8l2.25 1.5"/>',
    "euro": '<path d="M12 4.25a4.5 4.5 0 1 0 0 7.5M2.5 7h6M2.5 9h5"/>',
    "send": '<path d="M3 8h9.5M8.5 4l4 4-4 4"/>',
    "user-plus": (
        '<circle cx="6.5" cy="5.25" r="2.5"/>'
        '<path d="M2 13.25c.35-2.6 2.1-4 4.5-4s4.15 1.4 4.5 4M12.75 4.75v4M10.75 6.75h4"/>'
    ),
    "bubble": (
        '<path d="M8 2.75c3.2 0 5.5 2 5.5 4.75S11.2 12.25 8 12.25c-.7 0-1.35-.1-1.95-.25L3 '
        '13.25l.6-2.5A4.4 4.4 0 0 1 2.5 7.5C2.5 4.75 4.8 2.75 8 2.75z"/>'
    ),
    "door": '<path d="M4 13.5v-11h8v11M2.5 13.5h11M9.5 8h.01"/>',
    "eye": (
        '<path d="M1.75 8C3.3 5.2 5.4 3.75 8 3.75S12.7 5.2 14.25 8C12.7 10.8 10.6 12.25 8 12.25S3.3 '
        '10.8 1.75 8z"/>'
        '<circle cx="8" cy="8" r="1.75"/>'
    ),
    "copy": (
        '<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/>'
        '<path d="M10.5 5.5V4A1.5 1.5 0 0 0 9 2.5H4A1.5 1.5 0 0 0 2.5 4v5A1.5 1.5 0 0 0 4 10.5h1.5"/>'
    ),
    "grip": '<path d="M6 4.5h.01M10 4.5h.01M6 8h.01M10 8h.01M6 11.5h.01M10 11.5h.01" stroke-width="2"/>',
    "italic": '<path d="M6.5 3h5M4.5 13h5M9.25 3l-2.5 10"/>',
    "numbers": (
        '<path d="M6.5 4.5h7M6.5 8h7M6.5 11.5h7"/>'
        '<path d="M2.25 3.5 3.25 3v3.25M2.25 9.75c.2-.7 1.7-.6 1.5.3-.1.5-1.5 1.2-1.5 2.2h1.6"/>'
    ),
    "quote": '<path d="M3 3.5v9M6.5 4.5h7M6.5 8h7M6.5 11.5h4.5"/>',
    "code": '<path d="M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5"/>',
    "clear": '<path d="M4 3h8.5M8.25 3 6.5 9.25M5.5 13h2M10.25 10.25l3.25 3.25M13.5 10.25l-3.25 3.25"/>',
    "letters": (
        '<path d="m1.75 12.5 3.5-9 3.5 9M3 9.5h4.5"/>'
        '<circle cx="12" cy="10.25" r="2.1"/><path d="M14.1 8v4.5"/>'
    ),
    "list": '<path d="M5.5 4.5h8M5.5 8h8M5.5 11.5h8M2.75 4.5h.01M2.75 8h.01M2.75 11.5h.01"/>',
    "bold": '<path d="M5 3h3.75a2.4 2.4 0 0 1 0 4.8H5zM5 7.8h4.5a2.6 2.6 0 0 1 0 5.2H5z"/>',
    "refresh": '<path d="M13.25 8a5.25 5.25 0 1 1-1.6-3.8M13.25 2.5v3h-3"/>',
    "signal": '<path d="M2.5 13.5h11M4.5 11V8M8 11V3.5M11.5 11V6"/>',
}

# The turn mark is a voice and its waves. One wave: just spoke. Two: waiting. Three: late.
_VOICE = '<circle fill="currentColor" stroke="none" cx="4" cy="8" r="2.35"/>'
_WAVE_1 = '<path d="M7.65 4.85a5 5 0 0 1 0 6.3"/>'
_WAVE_2 = '<path d="M10.1 2.85a8.1 8.1 0 0 1 0 10.3"/>'
_WAVE_3 = '<path d="M12.6 1a11 11 0 0 1 0 14"/>'

TURNS = {
    "us1": _VOICE + _WAVE_1,
    "us2": _VOICE + _WAVE_1 + _WAVE_2,
    "late": _VOICE + _WAVE_1 + _WAVE_2 + _WAVE_3,
    "them": '<circle cx="4" cy="8" r="2.35"/>',
    "held": _VOICE + '<path d="M9 8h.01M13 8h.01" stroke-width="2.2"/>',
    "done": '<path d="m1.5 8.25 2.25 2.5 4.5-5"/>',
    "fail": '<path d="M4 3.5v5.25M4 12.25h.01" stroke-width="2"/>',
    "wait": '<circle cx="4" cy="8" r="2.35"/><path d="M9 5.5v5M12 5.5v5" />',
}

# The ear: a lower-case h whose arch is an ear.
LOGO = (
    '<path d="M5 2.5v19"/>'
    '<path d="M5 14a6 6 0 0 1 12 0c0 3-2.5 3.2-3 5.2-.4 1.5-1.5 2.3-3 2.3"/>'
    '<circle fill="currentColor" stroke="none" cx="11" cy="14.3" r="2"/>'
)

LOGO_STROKE = (
    'fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"'
)


def sprite() -> str:
    """Return the whole sprite: icons as `i-…`, turn marks as `t-…`, and the mark as `logo`."""
    symbols = [_symbol(f"i-{name}", drawing) for name, drawing in sorted(ICONS.items())]
    symbols += [_symbol(f"t-{name}", drawing) for name, drawing in sorted(TURNS.items())]
    symbols.append(_symbol("logo", f"<g {LOGO_STROKE}>{LOGO}</g>", size=24))
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def strip() -> str:
    """Return the turn marks in their order above, then the clip, below each other: a list masks them to stay light."""
    drawn = [*TURNS.values(), ICONS["clip"]]
    marks = [f'<g transform="translate(0 {16 * at})">{drawing}</g>' for at, drawing in enumerate(drawn)]
    size = f'width="16" height="{16 * len(marks)}" viewBox="0 0 16 {16 * len(marks)}"'
    pen = (
        'fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"'
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {pen}>\n' + "\n".join(marks) + "\n</svg>\n"


def _symbol(name: str, drawing: str, size: int = 16) -> str:
    return f'<symbol id="{name}" viewBox="0 0 {size} {size}">{drawing}</symbol>'


if __name__ == "__main__":
    SPRITE.write_text(sprite(), encoding="utf-8")
    STRIP.write_text(strip(), encoding="utf-8")
