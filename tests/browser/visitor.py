"""A person in front of the explorer: a browser that reports every request and every complaint."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request
from playwright.sync_api import TimeoutError as TookTooLong

#: Text of a ledger that would act if it ever became code.
HOSTILE = "<img src=x onerror=\"document.title='hacked'\">"


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
        """Wait until the page is complete; its foot is written last."""
        self.page.locator(".zl-foot").wait_for(timeout=15_000)
        self.page.wait_for_timeout(150)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.elsewhere.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)


class VisitorMaker:
    """Makes visitors with a screen of a width (pixels) and a colour scheme."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self._address = browser, address
        self.visitors: list[Visitor] = []

    def __call__(self, width: int = 1360, scheme: str = "light") -> Visitor:
        """Return a visitor in a fresh profile."""
        context = self._browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            locale="zh-CN",
        )
        visitor = Visitor(context.new_page(), self._address)
        visitor.page.on("request", visitor._asked)
        visitor.page.on("console", visitor._said)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        self.visitors.append(visitor)
        return visitor
