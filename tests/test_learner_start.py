"""Every way to start opens the learner's copy in a JupyterLab that asks for nothing."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import my_lessons
from tests import browser
from tests.notebook_form import paths

ROOT = Path(__file__).parents[1]


def test_the_lessons_metadata_is_what_the_kernel_reports():
    from ipykernel.ipkernel import IPythonKernel
    from ipykernel.kernelspec import get_kernel_dict

    spec = {key: get_kernel_dict()[key] for key in ("display_name", "language")}
    assert my_lessons.KERNEL["kernelspec"] == {**spec, "name": "python3"}
    assert my_lessons.KERNEL["language_info"] == IPythonKernel.language_info


def test_every_way_to_start_makes_the_copy_and_git_ignores_it():
    assert "my_lessons/" in (ROOT / ".gitignore").read_text().splitlines()
    assert "$(BIN)/python my_lessons.py" in (ROOT / "Makefile").read_text()
    assert "python my_lessons.py --only-copy" in (ROOT / "postBuild").read_text()
    conda = (ROOT / "README.md").read_text().split("conda activate")[1].split("```")[0]
    assert "python my_lessons.py\n" in conda


def test_a_python_without_jupyterlab_is_told_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "jupyterlab.labapp", None)
    with pytest.raises(SystemExit, match="has no JupyterLab; README.md says"):
        my_lessons.open_lab([])


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """`python my_lessons.py` in a fresh clone of what it needs; the address and the folder."""
    root = tmp_path_factory.mktemp("clone")
    for name in ("my_lessons.py", "README.md"):
        shutil.copy(ROOT / name, root)
    for name in (".jupyter", "notebooks"):
        shutil.copytree(ROOT / name, root / name)
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as free, open(home / "log", "w") as log:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        server = subprocess.Popen(
            [
                *(sys.executable, root / "my_lessons.py", "--no-browser", f"--port={port}"),
                *("--IdentityProvider.token=t", "--LabApp.expose_app_in_browser=True"),
            ],
            env={**os.environ, "HOME": str(home), "PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=log,
            cwd=home,
        )
    try:
        browser.wait_for(f"http://127.0.0.1:{port}/api?token=t", server)
        yield f"http://127.0.0.1:{port}/?token=t", root
    finally:
        server.kill()
        server.wait()


PATH = "window.jupyterapp.shell.currentWidget.context?.path"
READY = """() => {
    const lab = window.jupyterapp, lesson = lab?.shell?.currentWidget;
    return lesson?.context?.isReady && lesson.sessionContext.session?.kernel?.status === 'idle'
        && [lesson.context.path, lesson.context.model.dirty];
}"""


@pytest.mark.skipif(
    browser.chromium() is None and not os.environ.get("REQUIRE_BROWSER"), reason="no Chromium"
)
def test_jupyterlab_opens_the_copy_clean_and_follows_its_links(lab):
    address, root = lab
    with browser.browser_page() as page:
        page.goto(address)
        first, second = [f"my_lessons/{path.name}" for path in paths()][:2]
        assert page.wait_for_function(READY).json_value() == [first, False], "nothing to save"
        assert page.locator(".jp-OutputArea-output").count() == 0
        browser.screenshot(page, "my_lessons")
        page.locator(".jp-Notebook a", has_text="next:").first.click()
        page.wait_for_function(f"() => {PATH} === {second!r}")
        settings = "lab/api/settings/@jupyterlab/apputils-extension:notification"
        schema = page.request.get(address.replace("?", settings + "?")).json()["schema"]
        assert schema["properties"]["fetchNews"]["default"] == "false"
    assert sorted(path.name for path in root.iterdir()) == [
        ".jupyter", "README.md", "my_lessons", "my_lessons.py", "notebooks"
    ]  # fmt: skip
