"""How a page may look: its theme, its direction and language, its width."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import ViewportSize

SMALL: ViewportSize = {"width": 390, "height": 844}
WIDE: ViewportSize = {"width": 1440, "height": 900}


@dataclass(frozen=True)
class Look:
    """One way to see a page; `options` are those of a browser's context."""

    name: str
    language: str = "en"
    theme: str = "light"
    is_small: bool = False

    @property
    def direction(self) -> str:
        return "rtl" if self.language == "ar" else "ltr"

    @property
    def options(self) -> dict[str, Any]:
        return {
            "viewport": SMALL if self.is_small else WIDE,
            "color_scheme": self.theme,
            "locale": self.language,
        }


LOOKS = [
    Look("light"),
    Look("dark", theme="dark"),
    Look("small", is_small=True),
    Look("arabic", language="ar"),
    Look("arabic-dark", language="ar", theme="dark"),
    Look("arabic-small", language="ar", is_small=True),
]
