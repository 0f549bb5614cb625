"""The site, built once for all tests that walk it, served to a Chromium that reaches nothing else."""

import contextlib
import fcntl
import functools
import hashlib
import http.server
import importlib.util
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import browser

ROOT = Path(__file__).parents[1]
OUT, LOCK, STAMP = (ROOT / "build" / name for name in ("site", "site.lock", "site.stamp"))
SOURCES = ("site/*.*", "notebooks/*", "lrlib/**/*.py", "lrlib/**/*.js", "README.md", "tests/lesson_load.py")
AXE = """async rules => {
    const how = { resultTypes: ['violations'], preload: false, ...(rules ? { runOnly: rules } : {}) };
    const found = await axe.run({ exclude: [['mjx-container']] }, how);
    return found.violations.filter(v => ['serious', 'critical'].includes(v.impact))
        .map(v => `${v.id}: ${v.nodes.map(n => n.target).slice(0, 3).join('; ')}`);
}"""


def build():
    """`build/site` of the present sources; the first who asks builds it, another process waits."""
    state = hashlib.sha256(os.environ.get("POSITIONS", "").encode())
    for path in sorted(path for pattern in SOURCES for path in ROOT.glob(pattern)):
        state.update(path.read_bytes())
    LOCK.parent.mkdir(exist_ok=True)
    with open(LOCK, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not STAMP.exists() or STAMP.read_text() != state.hexdigest():
            made = subprocess.run(
                [sys.executable, str(ROOT / "site/build.py")], cwd=ROOT, capture_output=True, text=True
            )
            assert made.returncode == 0, made.stderr[-3000:]
            STAMP.write_text(state.hexdigest())
    return OUT


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *about):
        pass


@contextlib.contextmanager
def served(folder):
    """The address of a server of a folder."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Visitor:
    """A reader's browser: pages of one storage, and what went wrong on them."""

    def __init__(self, chromium, address, width=1280, **how):
        self.address, self.wrong, self.weights = address, [], {}
        self.context = chromium.new_context(viewport={"width": width, "height": 900}, **how)
        self.context.set_default_timeout(30_000)
        elsewhere = re.compile(f"^(?!{re.escape(address)}|data:|blob:)")
        self.context.route(elsewhere, self._refuse)
        self.page = self.context.new_page()
        self.page.on("console", lambda m: self._complain(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self._complain(str(error)))
        self.page.on("response", self._answered)

    def _complain(self, words):
        self.wrong.append(f"{self.page.url}: {words}")

    def _refuse(self, route):
        self._complain(f"asks for {route.request.url}")
        route.abort()

    def _answered(self, response):
        if response.status >= 400 and not response.url.endswith("favicon.ico"):
            self._complain(f"{response.status} {response.url}")

    def open(self, name):
        """Open a page, and wait until its script has run."""
        self.page.goto(self.address + name)
        return self.page

    def axe(self, rules=None):
        """axe's serious and critical findings on the page as it stands."""
        if not self.page.evaluate("() => 'axe' in window"):
            home = Path(importlib.util.find_spec("axe_playwright_python").origin).parent
            self.page.evaluate((home / "axe.min.js").read_text())
        return [f"{self.page.url}: {words}" for words in self.page.evaluate(AXE, rules)]


@contextlib.contextmanager
def chromium():
    """A Chromium for several visitors."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser.chromium(), args=browser.FLAGS)
        yield started
        started.close()
