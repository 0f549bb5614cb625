"""A real JupyterLab in a real Chromium, for the browser test and the slider benchmark."""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
RUN_ALL = """async () => {
    const lab = window.jupyterapp, panel = lab.shell.currentWidget;
    await panel.context.ready;
    await panel.sessionContext.ready;
    await lab.commands.execute('notebook:clear-all-cell-outputs');
    await lab.commands.execute('notebook:run-all-cells');
}"""
CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code' && cell.model.sharedModel.source.trim())
    .map(cell => ({
        source: cell.model.sharedModel.source,
        count: cell.model.executionCount,
        errors: cell.model.outputs.toJSON().filter(o => o.output_type === 'error').map(o => o.evalue),
        printed: cell.model.outputs.toJSON().map(o => [o.text ?? ''].flat().join('')).join(''),
    }))"""

IN_PYTHON = """async code => {
    const kernel = window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
    const request = {code: '', user_expressions: {value: code}, store_history: false};
    const reply = await kernel.requestExecute(request).done;
    return reply.content.user_expressions.value.data['text/plain'];
}"""


def chromium():
    """The path of an installed Chromium or Chrome, or None."""
    return next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )


@contextlib.contextmanager
def jupyter_lab(root, home):
    """Serve the folder `root`, with settings and workspaces in `home`: yields page addresses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(8)
    settings = {
        # every cell in the page, also those that are not on the screen
        "notebook-extension/tracker": {"windowingMode": "none"},
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    }
    for name, values in settings.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(values))
    folders = {
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "IPYTHONDIR": home / "ipython",
    }
    log = open(home / "server.log", "w")
    server = subprocess.Popen(
        [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
            f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}",
            f"--ServerApp.root_dir={root}", "--LabApp.expose_app_in_browser=True",
        ],
        env={**os.environ, **{name: str(path) for name, path in folders.items()}},
        stdout=log, stderr=log,
    )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/api?token={token}", server)
        yield lambda path: f"http://127.0.0.1:{port}/doc/tree/{path}?token={token}"
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def wait_for(url, server, seconds=60):
    """Wait until a server that was just started answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"JupyterLab stopped at once with status {server.returncode}")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=2)
            return
        time.sleep(0.1)
    raise TimeoutError("JupyterLab did not answer")


@contextlib.contextmanager
def browser_page(width=1280, height=900):
    """A page of a fresh Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(120_000)
        yield page
        browser.close()


def run_all(page, address):
    """Open a notebook, run all its cells and return what CELLS says of them."""
    page.goto(address)
    page.wait_for_function(
        "() => window.jupyterapp?.shell?.currentWidget?.context?.isReady === true"
    )
    page.evaluate(RUN_ALL)
    return page.evaluate(CELLS)


class Slider:
    """One slider of an explorer: its handle, and the picture and words that it moves."""

    def __init__(self, page, explorer, index):
        self.page, self.explorer = page, explorer
        self.handle = explorer.locator(".noUi-handle").nth(index)
        self.label = explorer.locator(".widget-label").nth(index).inner_text()

    @property
    def picture(self):
        """The pixels of the picture, or None before there are any."""
        return self.explorer.evaluate("output => output.querySelector('canvas')?.toDataURL()")

    @property
    def words(self):
        return self.explorer.locator(".lrlib-said").inner_text()

    def press(self, key, seconds=5):
        """Press a key on the handle; whether picture and words changed within `seconds`."""
        before = self.picture, self.words
        self.handle.focus()
        self.page.keyboard.press(key)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.picture != before[0] and self.words != before[1]:
                return True
            self.page.wait_for_timeout(20)
        return False

    @property
    def focused(self):
        return self.handle.evaluate("handle => handle === document.activeElement")


def explorers(page):
    """The outputs of the page that hold sliders."""
    return page.locator(".jp-OutputArea-output:has(.noUi-handle)")


def sliders(explorer):
    """The sliders of one output, once its picture has been drawn."""
    explorer.locator("canvas[data-key]").wait_for(timeout=30_000)
    number = explorer.locator(".noUi-handle").count()
    return [Slider(explorer.page, explorer, index) for index in range(number)]


def screenshot(page, name):
    """Keep a screenshot as an artifact."""
    folder = Path(__file__).parents[1] / "artifacts"
    folder.mkdir(exist_ok=True)
    page.screenshot(path=folder / f"{name}.png")
