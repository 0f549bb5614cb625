"""The sheet, `notebooks/sheet.html`: `python -m tests.sheet` draws its small curves and prints it.

Each `<path data-schedule="…">` holds an expression of lrlib; its `d` is the rates that the updates
use, from left to right, 1 at the top.
"""

import html
import re
from pathlib import Path

import lrlib as lr
from tests import browser

ROOT = Path(__file__).parents[1]
SHEET, PRINTED = ROOT / "notebooks" / "sheet.html", ROOT / "build" / "sheet.pdf"
CURVE = re.compile(r'(data-schedule="([^"]+)" d=")([^"]*)')
TOP, BOTTOM = 1, 23  # the rates 1 and 0, in the units of the small curves


def path(expression):
    """The path of a schedule's rates, in the units of the small curves."""
    rates = eval(html.unescape(expression), {"lr": lr}).rates()
    heights = BOTTOM - (BOTTOM - TOP) * rates
    return "M" + " ".join(
        f"{t} {height:.2f}".rstrip("0").rstrip(".") for t, height in enumerate(heights)
    )


def drawn(text):
    """The page with all its small curves drawn anew."""
    return CURVE.sub(lambda found: found[1] + path(found[2]), text)


def pdf(page, target=None):
    """The sheet as a browser prints it, in bytes."""
    page.goto(SHEET.as_uri())
    return page.pdf(prefer_css_page_size=True, path=target)


def main():
    SHEET.write_text(drawn(SHEET.read_text(encoding="utf-8")), encoding="utf-8")
    PRINTED.parent.mkdir(exist_ok=True)
    with browser.browser_page() as page:
        pdf(page, PRINTED)
    print(f"{SHEET.name}: its curves are drawn; printed as {PRINTED.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
