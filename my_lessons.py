"""Your own copy of the lessons: `python my_lessons.py` makes `my_lessons/` and opens JupyterLab.

The copy has no outputs, so nothing is answered before you have tried, and git does not see it. At
each start a lesson that you have not changed follows the repository; one that you changed is kept,
and its new version is put beside it. A lesson that you delete comes back fresh. Files of your own
are left alone. `--only-copy` opens nothing; other arguments are JupyterLab's (`--no-browser`).
"""

import hashlib
import itertools
import json
import os
import platform
import re
import sys
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent
SOURCE, COPY = ROOT / "notebooks", ROOT / "my_lessons"
RECORD = ".handed_out.json"  # in the copy: from a file's name to the fingerprint it came with
NEW_VERSION = r"_new_version(_\d+)?(?=\.\w+$)"

# What the kernel reports of itself: anything else, and JupyterLab wants to save what it opens.
KERNEL = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": platform.python_version(),
    },
}


def fingerprint(path):
    """A hash of what a learner changes: a lesson's sources (not its outputs), or a file's bytes.

    None where there is no file. Empty cells do not count: running the last cell adds one.
    """
    if not path.exists():
        return None
    data = path.read_bytes()
    if path.suffix == ".ipynb":
        try:
            cells = [(c["cell_type"], "".join(c["source"])) for c in json.loads(data)["cells"]]
            data = json.dumps([cell for cell in cells if cell[1].strip()]).encode()
        except (ValueError, KeyError, TypeError):
            pass  # no notebook any more: its bytes are like nothing that was handed out
    return hashlib.sha256(data).hexdigest()


def without_outputs(path):
    """What the copy gets, in bytes: a lesson without its outputs, any other file as it is."""
    if path.suffix != ".ipynb":
        return path.read_bytes()
    notebook = json.loads(path.read_bytes())
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    notebook["metadata"].update(KERNEL)
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode()


def write(path, data):
    """Write a file as a whole or, if interrupted, not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    os.replace(part, path)


def update(source=SOURCE, copy=COPY):
    """Bring the copy up to date with the lessons; a list of lines for what a learner must know."""
    lines = []
    try:
        record = json.loads((copy / RECORD).read_bytes())
    except (FileNotFoundError, ValueError):
        record = {}

    def hand_out(name, file):
        write(copy / name, without_outputs(file))
        record[name] = fingerprint(file)

    files = dict(_lessons(source))
    for name, file in files.items():
        new, old, mine = fingerprint(file), record.get(name), fingerprint(copy / name)
        if mine is None or mine == old != new:
            hand_out(name, file)
            if mine:
                lines.append(f"{name}: now the new version; you had not changed the old one")
        elif mine != new != old:
            beside = next(
                place
                for place in _places_beside(name)
                if fingerprint(copy / place) in (None, new, record.get(place))
            )
            hand_out(beside, file)
            lines.append(f"{name}: you changed it, so it stays; the new version is {beside}")
        if new != old:
            record[name] = new
            write(copy / RECORD, json.dumps(record, indent=1).encode())
    for name in [name for name in record if re.sub(NEW_VERSION, "", name) not in files]:
        if fingerprint(copy / name) == record.pop(name):
            (copy / name).unlink()
            lines.append(f"{name}: gone from the lessons; you had not changed it")
        write(copy / RECORD, json.dumps(record, indent=1).encode())
    return lines


def _lessons(source):
    """The lessons, the pages beside them, and the files that these name: (name, path) of each."""
    paths = {p.relative_to(source).as_posix(): p for p in sorted(source.rglob("*")) if p.is_file()}
    paths = {name: path for name, path in paths.items() if not re.search(r"(^|/)[._]", name)}
    kinds = (".ipynb", ".md", ".html")
    pages = {name: path for name, path in paths.items() if path.suffix in kinds}
    words = "".join(path.read_text(encoding="utf-8") for path in pages.values())
    return [(name, path) for name, path in paths.items() if name in pages or path.name in words]


def _places_beside(name):
    """Names for a new version: the first, and more for those who have worked in that one, too."""
    path = PurePosixPath(name)
    for number in itertools.count(1):
        yield str(path.with_stem(f"{path.stem}_new_version{f'_{number}' if number > 1 else ''}"))


def open_lab(arguments):
    """JupyterLab at the copy's first lesson, with the settings in `.jupyter/`, until it is left."""
    try:
        from jupyterlab.labapp import LabApp
    except ModuleNotFoundError:
        sys.exit(f"{sys.executable} has no JupyterLab; README.md says how to get it: `make lab`")
    settings = [str(ROOT / ".jupyter"), os.environ.get("JUPYTER_CONFIG_PATH")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, settings))
    first = min(path.name for path in SOURCE.glob("*.ipynb"))
    ours = [f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url=/lab/tree/{COPY.name}/{first}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        ours.append("--allow-root")  # root is usual in containers
    LabApp.launch_instance([*ours, *arguments])


def main(arguments):
    """Update the copy and say so; then JupyterLab, unless `--only-copy` is among the arguments."""
    if not COPY.exists():
        print(f"Your own copy of the lessons is made in {COPY}", flush=True)
    for line in update():
        print(line, flush=True)
    if "--only-copy" not in arguments:
        open_lab(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
