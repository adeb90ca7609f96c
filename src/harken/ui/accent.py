"""A workspace's own accent: one colour chosen by its owner, made into the tokens of both themes, readable in both."""

from harken.lib.colours import contrast, is_colour, readable_on, seen, shown

# The darkest light ground and the lightest dark one that the accent stands on as text: --selected of tokens.css.
LIGHT_GROUND, DARK_GROUND = "#d6e5e7", "#1f363a"
LIGHT_PAPER, DARK_INK = "#fdfcfb", "#151311"
# WCAG asks for 4.5; the rest is for screens that round.
CONTRAST = 4.6
# Red means late, failed or refused, and nothing else.
RED_HUES, RED_CHROMA = range(12, 43), 0.1
HOVER_STEP = 0.06


def means_danger(colour: str) -> bool:
    """Say whether a colour is the red that speaks of trouble."""
    found = seen(colour)
    return found.chroma > RED_CHROMA and int(found.hue) in RED_HUES


def readable(colour: str) -> str:
    """Return the colour as it is used on light pages: itself, or darker until it can be read."""
    if contrast(colour, LIGHT_GROUND) >= CONTRAST:
        return colour
    return shown(readable_on(LIGHT_GROUND, seen(colour), darker=True, contrast_wanted=CONTRAST))


def style_of(colour: str) -> str:
    """Return the style sheet that puts a workspace's accent in place of ours; `""` for what is no colour."""
    if not is_colour(colour):
        return ""
    pairs = {name: f"light-dark({light}, {dark})" for name, (light, dark) in _tokens(colour).items()}
    lines = "".join(f"    --{name}: {pair};\n" for name, pair in pairs.items())
    return f"@layer tokens {{\n  :root {{\n{lines}  }}\n}}\n"


def _tokens(colour: str) -> dict[str, tuple[str, str]]:
    light = readable(colour)
    dark = readable_on(DARK_GROUND, seen(colour), darker=False, contrast_wanted=CONTRAST)
    dark_fill = readable_on(
        DARK_INK, dark.at(dark.lightness - HOVER_STEP), darker=False, contrast_wanted=CONTRAST
    )
    soft = seen(colour)
    pale, deep = soft._replace(chroma=min(soft.chroma, 0.014)), soft._replace(chroma=min(soft.chroma, 0.024))
    return {
        "accent": (light, shown(dark)),
        "accent-fill": (light, shown(dark_fill)),
        "accent-hover": (shown(seen(light).at(seen(light).lightness - HOVER_STEP)), shown(dark)),
        "on-accent": (LIGHT_PAPER, DARK_INK),
        "accent-soft": (shown(pale.at(0.948)), shown(deep.at(0.285))),
    }
