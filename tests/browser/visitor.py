"""A person in front of the explorer: a browser that reports every request and every complaint."""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request
from playwright.sync_api import TimeoutError as TookTooLong

#: Text of a ledger that would act if it ever became code.
HOSTILE = "<img src=x onerror=\"document.title='hacked'\">"

#: The page while it is being written, and when it has been.
WRITING = ".stApp:not([data-test-script-state=notRunning])"
WRITTEN = ".stApp[data-test-script-state=notRunning]"


def chromium() -> str | None:
    """The path of the Chromium that the system has; Debian's without windows does a third less for a page."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def choose(field: Locator, option: str) -> None:
    """Choose in a drop-down; opened again when the page was written anew while it stood open."""
    offered = field.page.get_by_role("option", name=option, exact=True)
    for _ in range(10):
        field.click()
        try:
            offered.click(timeout=3_000)
        except TookTooLong:
            field.page.keyboard.press("Escape")
        else:
            return
    raise AssertionError(f"{option} was never offered")


@dataclass
class Visitor:
    """One person in a fresh browser profile. What their browser complained of is kept."""

    page: Page
    address: str
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open a view by its address and wait until all of it is there."""
        self.page.goto(self.address + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the page is complete: its foot is written last, then nothing more."""
        self.page.locator(".zl-foot").wait_for(timeout=60_000)
        self.page.locator(WRITTEN).wait_for(state="attached", timeout=60_000)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.elsewhere.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)


class Profiles:
    """Browser profiles by width of screen (pixels) and colour scheme; one that was left is as good as new."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: defaultdict[tuple[int, str], list[BrowserContext]] = defaultdict(list)

    def take(self, width: int, scheme: str) -> BrowserContext:
        """Return a profile that nobody uses."""
        if free := self._free[width, scheme]:
            return free.pop()
        return self._browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            locale="zh-CN",
        )

    def leave(self, width: int, scheme: str, profile: BrowserContext) -> None:
        """Forget all that a visitor left in a profile but for the programs of the page, which are large."""
        for page in profile.pages:
            if page.url.startswith("http"):
                page.evaluate("localStorage.clear(), sessionStorage.clear()")
            page.close()
        profile.clear_cookies()
        profile.clear_permissions()
        self._free[width, scheme].append(profile)


class VisitorMaker:
    """Makes visitors with a screen of a width (pixels) and a colour scheme."""

    def __init__(self, profiles: Profiles, address: str) -> None:
        self._profiles, self._address = profiles, address
        self._taken: list[tuple[int, str, BrowserContext]] = []
        self.visitors: list[Visitor] = []

    def __call__(self, width: int = 1360, scheme: str = "light") -> Visitor:
        """Return a visitor in a profile of their own, in which there is nothing yet."""
        profile = self._profiles.take(width, scheme)
        self._taken.append((width, scheme, profile))
        visitor = Visitor(profile.new_page(), self._address)
        # Whoever acts while a page is being written may meet a button twice: the old one and the new one.
        visitor.page.add_locator_handler(visitor.page.locator(WRITING), lambda _: None)
        visitor.page.on("request", visitor._asked)
        visitor.page.on("console", visitor._said)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        self.visitors.append(visitor)
        return visitor

    def leave(self) -> None:
        """All visitors go; what their browsers asked for and complained of stays."""
        for taken in self._taken:
            self._profiles.leave(*taken)
