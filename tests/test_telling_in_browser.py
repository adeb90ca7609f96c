"""What tells a colleague in the browser: a line on any page, a push while none is open, the page without a network."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.accessibility import assert_accessible
from tests.browser import page_of, session_of
from tests.servers.harken import Harken

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("desk_pages")]
SETTINGS = "/fennel/settings/notifications/"
WIDE, SMALL = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def session(browser: Browser, harken: Harken) -> Any:
    return session_of(browser, harken.sign_in_link("maya@fennel.example"))
