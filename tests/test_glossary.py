"""The glossary: every symbol of the lessons, one meaning each, and a definition for every term."""

import re
from pathlib import Path

import nbformat

from tests import notebook_form

GLOSSARY = (Path(__file__).parents[1] / "notebooks" / "glossary.md").read_text()
TERMS, SYMBOLS = GLOSSARY.split("## Symbols")
COLUMNS = ["English", "definition", "日本語", "한국어", "中文", "symbol", "in PyTorch"]
SCRIPTS = {"日本語": "[\u3040-\u30ff\u4e00-\u9fff]", "한국어": "[\uac00-\ud7af]", "中文": "[\u4e00-\u9fff]"}
FORMULA = re.compile(r"\$\$(.*?)\$\$|\$([^$\n]+)\$", re.S)
NOT_SYMBOLS = re.compile(r"\\(?:text|mathrm|operatorname|begin|end|bigl?|bigr?|tag)\{[^}]*\}")
GREEK = ("alpha beta gamma delta epsilon varepsilon zeta eta theta kappa lambda mu nu xi pi rho sigma "
         "tau phi varphi chi psi omega ell Delta Lambda Sigma Omega Phi Gamma nabla partial").split()  # fmt: skip
OPERATORS = {r"\nabla", r"\partial", r"\Delta"}  # what is done to a symbol


def symbols(markdown):
    """The base letters of all formulas: Latin letters and commands such as \\eta."""
    found = set()
    for formula in FORMULA.findall(markdown):
        text = NOT_SYMBOLS.sub(" ", "".join(formula))
        commands = set(re.findall(r"\\([A-Za-z]+)", text))
        found |= {f"\\{name}" for name in commands if name in GREEK}
        found |= set(re.findall(r"[A-Za-z]", re.sub(r"\\[A-Za-z]+", " ", text)))
    return found - OPERATORS


def explained():
    rows = [line.split("|")[1] for line in SYMBOLS.splitlines() if line.startswith("| $")]
    return [symbol for row in rows for symbol in sorted(symbols(row))]


def test_every_symbol_of_the_lessons_is_explained_once():
    listed = explained()
    assert len(listed) == len(set(listed)) > 30
    for path in notebook_form.paths():
        cells = nbformat.read(path, as_version=4).cells
        prose = "\n\n".join(c.source for c in cells if c.cell_type == "markdown")
        unknown = symbols(prose) - set(listed)
        assert not unknown, f"{path.name}: not among the glossary's symbols: {sorted(unknown)}"


def test_a_letter_that_nobody_explained_is_found():
    assert symbols(r"so $\psi_t = \max Q$ and $\mathrm{and}$") == {r"\psi", "t", "Q"}


def rows():
    """The rows of all tables of terms, as dicts from a column to its text."""
    for line in TERMS.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells != COLUMNS and set(line) != set("|-"):
            yield dict(zip(COLUMNS, cells, strict=True))


def test_every_term_is_defined_in_one_sentence_and_named_in_four_languages():
    assert len(list(rows())) > 60
    for row in rows():
        definition = row["definition"]
        assert len(definition.split()) >= 4, f"{row['English']}: {definition!r} says too little"
        assert definition[0].isupper() and definition.endswith("."), f"{definition!r} is no sentence"
        for language, script in SCRIPTS.items():
            assert re.search(script, row[language]), f"{row['English']}: no name in {language}"


def test_every_term_stands_once_and_leads_to_a_lesson_that_exists():
    terms = [row["English"] for row in rows()]
    assert len(set(terms)) == len(terms)
    for term in terms:
        link = re.fullmatch(r"\[.+\]\((\w+\.ipynb)\)", term)
        assert link, f"{term}: must be a link to the lesson where it first counts"
        assert (notebook_form.NOTEBOOKS / link[1]).exists(), f"{term}: there is no such lesson"
