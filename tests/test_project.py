"""The project itself: one set of versions, imports that run upwards, no second copy of a name."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from lrlib import ROOMS as ALL_ROOMS

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {"pytorch-cpu": "torch", "matplotlib-base": "matplotlib"}

# The rooms of DESIGN.md, from the ground up: one imports from those before it, never from one behind.
ROOMS = ["checks", *ALL_ROOMS]
HEAVY = {"torch", "matplotlib", "ipywidgets", "sklearn", "scipy", "transformers", "IPython"}
NUMPY_ALONE = {"checks", "schedules", "dynamics", "analysis"}


def split(requirement):
    """'ipywidgets>=8.1,<9' as ('ipywidgets', '>=8.1,<9')."""
    name, versions = re.match(r"([A-Za-z0-9_-]+)(.*)", requirement).groups()
    return CONDA_NAMES.get(name, name), versions.replace("=3.11", ">=3.11") if name == "python" else versions


@pytest.fixture(scope="module")
def pyproject():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def pins():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return dict(line.lower().split("==") for line in lines if line and not line.startswith("#"))


def test_environment_and_pyproject_give_the_same_ranges(pyproject):
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())
    theirs = dict(split(entry) for entry in conda["dependencies"] if entry != "pip")
    wanted = pyproject["dependencies"] + pyproject["optional-dependencies"]["lab"]
    ours = dict(map(split, wanted)) | {"python": pyproject["requires-python"]}
    assert theirs == ours


def test_constraints_pin_what_pyproject_asks_for(pyproject, pins):
    from packaging.specifiers import SpecifierSet

    extras = pyproject["optional-dependencies"]
    for name, versions in map(split, pyproject["dependencies"] + sum(extras.values(), [])):
        assert name in pins, f"{name} is not pinned in constraints.txt"
        assert pins[name] in SpecifierSet(versions), f"{name}=={pins[name]} is outside {versions}"
    assert pins["torch"] == "2.13.0"


def test_the_tests_run_on_the_pinned_versions(pins):
    from importlib.metadata import version

    for name in ("numpy", "torch", "matplotlib", "ipywidgets", "jupyterlab", "scikit-learn"):
        assert version(name).split("+")[0] == pins[name]


def files():
    """Every file of lrlib with its room; the hall's own are `__init__` and `checks`."""
    for path in sorted((ROOT / "lrlib").rglob("*.py")):
        yield path.relative_to(ROOT / "lrlib").parts[0].removesuffix(".py"), path


def imports(path, tree):
    """The rooms of lrlib and the other packages that some statements import."""
    for node in tree:
        if isinstance(node, ast.ImportFrom):
            depth = len(path.relative_to(ROOT / "lrlib").parts)
            if node.level == depth:  # relative to lrlib itself
                yield from [node.module.split(".")[0]] if node.module else [a.name for a in node.names]
            elif node.level == 0:
                parts = node.module.split(".")
                yield parts[1] if parts[0] == "lrlib" and parts[1:] else parts[0]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                parts = alias.name.split(".")
                yield parts[1] if parts[0] == "lrlib" and parts[1:] else parts[0]


# An object's own display asks for its picture, inside a function: the one look upwards.
SHOWN = {("schedules", "figures"), ("analysis", "figures"), ("lab", "figures")}


@pytest.mark.parametrize("room, path", [f for f in files() if f[0] != "__init__"])
def test_imports_run_from_the_ground_up(room, path):
    assert room in ROOMS, f"{room} is no room of the house"
    tree = ast.parse(path.read_text())
    for imported in imports(path, tree.body):
        if imported in ROOMS and imported != room:
            assert ROOMS.index(imported) < ROOMS.index(room), f"{room} imports {imported} behind it"
        if room in NUMPY_ALONE:
            assert imported not in HEAVY | {"optim"}, f"{room} needs NumPy alone, not {imported}"
    for imported in imports(path, ast.walk(tree)):
        if imported in ROOMS and ROOMS.index(imported) > ROOMS.index(room):
            assert (room, imported) in SHOWN, f"{room} asks for {imported} behind it"


@pytest.mark.parametrize("room", ALL_ROOMS)
def test_a_room_says_what_lives_there_and_what_does_not(room):
    words = import_module(f"lrlib.{room}").__doc__
    assert "Not here:" in words and len(words.splitlines()) <= 9


ALONE = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {heavy!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
import lrlib as lr
from lrlib import analysis, dynamics, schedules
run = lr.sgdr(0.1, 0, 10, warmup=2, cycles=3)
run.rates(), run.explain(7), run.latex(), lr.Plateau(0.1).rates([1.0, 0.9])
lr.dynamics.noisy_quadratic(run.rates(), [1.0, 0.1]), lr.landscapes.quartic([0.1])
print(lr.compare(run, lr.Cosine(0.1, 0, 30)))
lr.lint(run, 30), lr.to_torch(run), lr.to_optax(run)
"""


def test_schedules_dynamics_and_analysis_run_on_numpy_alone():
    code = ALONE.format(heavy=HEAVY | {"pandas", "tqdm", "PIL"})
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "differ from step 0 on" in done.stdout


def test_every_public_name_is_there_and_documented():
    import lrlib as lr

    for name in lr.__all__:
        assert getattr(lr, name).__doc__, f"{name} has no docstring"
    assert set(lr.__all__) <= set(dir(lr))
    with pytest.raises(AttributeError, match="no attribute 'cosine_annealing'"):
        lr.cosine_annealing


@pytest.mark.parametrize("path", [path for _, path in files()], ids=lambda path: path.name)
def test_files_are_short(path):
    assert len(path.read_text().splitlines()) <= 320, "two themes are two files"


def anchors(file, text, source):
    """The fragments that a link may name: GitHub's of a heading, or those that JupyterLab finds.

    JupyterLab keeps capitals, so a link from a lesson into README needs an `<a id>` there.
    """
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    if file.suffix == ".ipynb":
        return [heading.strip().replace(" ", "-") for heading in headings]
    if source.suffix == ".ipynb":
        return re.findall(r'<a id="([\w-]+)"></a>', text)
    return [re.sub(r"[^\w\- ]", "", h).strip().lower().replace(" ", "-") for h in headings]


def test_links_in_readme_and_lessons_lead_somewhere():
    import nbformat

    pages = ("README.md", "benchmarks/README.md", "notebooks/glossary.md")
    texts, ids = {ROOT / page: (ROOT / page).read_text() for page in pages}, {}
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        ids[path] = [f"cell-id={cell.id}" for cell in cells]  # JupyterLab's own anchors
        texts[path] = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for path, text in texts.items():
        for link in re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", text):
            target, _, anchor = "".join(link).partition("#")
            if target.startswith("http"):
                continue
            file = (path.parent / target).resolve() if target else path
            assert file.exists(), f"{path.name} links to {target}, which is not there"
            hidden = any(part.startswith(".") for part in Path(target).parts if part != "..")
            assert not hidden, f"{path.name}: JupyterLab does not serve {target}"
            if anchor:
                known = anchors(file, texts.get(file, ""), path) + ids.get(file, [])
                assert anchor in known, f"{path.name} links to {file.name}#{anchor}, not in {known}"


def test_the_readme_names_the_rooms_and_counts_the_slides():
    import nbformat

    readme = (ROOT / "README.md").read_text()
    house = readme.split("## The house")[1].split("## ")[0]
    assert re.findall(r"^\| `(\w+)/` \|", house, re.M) == list(ALL_ROOMS)
    decks = []
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        decks.append([cell.metadata.get("slideshow", {}).get("slide_type") for cell in cells])
    rows = [types.count("slide") for types in decks]
    slides = [types.count("slide") + types.count("subslide") for types in decks]
    words = r"(\d+) to (\d+) slides in a row, up to (\d+) with those below"
    fewest, longest, most = map(int, re.search(words, readme).groups())
    assert fewest <= min(rows) and max(rows) <= longest and max(slides) <= most


def test_the_readme_adds_up_the_minutes_of_the_lessons():
    import nbformat

    from tests.lesson_load import STATED

    firsts = [nbformat.read(path, as_version=4).cells[0].source
              for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]  # fmt: skip
    sums = [sum(map(int, column)) for column in zip(*(STATED.search(s).groups() for s in firsts))]
    assert [int(n) for n in STATED.search((ROOT / "README.md").read_text()).groups()] == sums


@pytest.mark.parametrize(
    "origin, place",
    [
        ("https://github.com/someone/schedules.git", "someone/schedules"),
        ("https://name:word@github.com/someone/schedules", "someone/schedules"),
        ("git@github.com:someone/schedules.git", "someone/schedules"),
        ("ssh://git@github.com/someone/schedules", "someone/schedules"),
        ("https://gitlab.com/someone/schedules.git", None),
        ("https://notgithub.com/someone/schedules", None),
        (None, None),
    ],
)
def test_make_links_prints_links_to_where_the_clone_came_from(tmp_path, origin, place):
    shutil.copy(ROOT / "Makefile", tmp_path)
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    if origin:
        subprocess.run(["git", "-C", tmp_path, "remote", "add", "origin", origin], check=True)
    done = subprocess.run(["make", "-s", "links"], cwd=tmp_path, capture_output=True, text=True)
    first = "lab/tree/my_lessons/00_start_here.ipynb"
    assert (done.returncode == 0) == (place is not None)
    assert place is None or done.stdout.splitlines() == [
        "the lessons on Binder:",
        f"https://mybinder.org/v2/gh/{place}/HEAD?urlpath={first}",
        "lrlib in a notebook elsewhere:",
        f"%pip install git+https://github.com/{place}",
    ]
    assert (ROOT / first.removeprefix("lab/tree/").replace("my_lessons", "notebooks")).exists()


def test_the_example_in_the_readme_runs(capsys):
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)[1]
    exec(code, {})
    assert capsys.readouterr().out.count("are equal over") == 2


# The rows of the README's table of capabilities, and the test that holds our cell.
CAPABILITIES = {
    "a whole run's rates without stepping": "test_schedules.py::test_rates_are_those_that_a_run_uses",
    "one schedule after another": "test_schedules.py::test_sequences_are_associative",
    "add, subtract, multiply, repeat, cut, stretch, clip, reverse": "test_algebra.py::test_stretch_is_the_same_curve_over_another_length",
    "holds after its end": "test_schedules.py::test_a_schedule_holds_after_its_end",
    "restarts: cycles that grow": "test_recipes.py::test_sgdr_with_a_fractional_T_mult",
    "restarts: falling peaks, a warmup in each": (
        "test_recipes.py::test_sgdr_with_a_warmup_and_a_falling_peak"
    ),
    "warmup, stable, decay": "test_recipes.py::test_wsd",
    "one cycle with its momentum": "test_recipes.py::test_one_cycle",
    "plateau rule": "test_plateau.py::test_it_is_a_fold",
    "a schedule per parameter group": (
        "test_schedule_lr.py::test_each_parameter_group_follows_its_own_schedule"
    ),
    "schedules for momentum and weight decay": (
        "test_schedule_lr.py::test_the_momentum_of_sgd_and_the_first_beta_of_adam"
    ),
    "resumes right in every load order": (
        "test_schedule_lr.py::test_an_interrupted_run_equals_the_uninterrupted_one"
    ),
    "bad arguments are refused": "test_bad_input.py::test_nan_infinity_and_negative_numbers",
    "says where two schedules part, and why": "test_comparison.py::test_the_reason_is_given",
    "warns in words before a run": "test_lint.py::test_what_is_wrong_is_said_in_words",
    "writes source text for another framework": "test_export.py::test_to_torch",
}


def test_every_capability_in_the_readme_has_its_test():
    table = (ROOT / "README.md").read_text().split("## Beside the others")[1].split("## ")[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")]
    assert rows[1:] == list(CAPABILITIES)
    for place in CAPABILITIES.values():
        file, _, test = place.partition("::")
        assert f"def {test}(" in (ROOT / "tests" / file).read_text(), f"{place} is not there"
