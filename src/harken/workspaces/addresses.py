"""First words of addresses: those that are Harken's own, and how a workspace gets its own."""

import re

# Every first path segment that is not a workspace. A workspace may never take one of them.
RESERVED = frozenset(
    {
        "accounts",
        "admin",
        "api",
        "assets",
        "favicon.ico",
        "files",
        "harken",
        "health",
        "healthz",
        "help",
        "inbox",
        "live",
        "login",
        "logout",
        "metrics",
        "new",
        "readyz",
        "robots.txt",
        "settings",
        "static",
        "support",
        "webhooks",
        "welcome",
        "widget",
        "widget.js",
        "workspaces",
        "www",
    }
)

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?")


def is_usable(slug: str) -> bool:
    """Say whether a workspace may have this first word: letters a-z, digits, inner hyphens, at most 50, not ours."""
    return SLUG.fullmatch(slug) is not None and slug not in RESERVED
