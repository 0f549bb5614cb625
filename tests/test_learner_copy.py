"""The learner's own copy: what is theirs is never lost, what is not follows the repository."""

import contextlib
import itertools
import json
import os
import re
from pathlib import Path

import nbformat
import pytest

import my_lessons
from tests.notebook_form import paths


class Learner:
    """A repository of two lessons, a glossary and a picture, and the copy of who learns with it."""

    def __init__(self, folder):
        self.source, self.copy = folder / "notebooks", folder / "my_lessons"
        self.source.mkdir()
        for name in ("00_start.ipynb", "01_fixed.ipynb"):
            self.publish(name, "first edition")
        (self.source / "glossary.md").write_text("# Glossary ![of](picture.png)")
        (self.source / "unused.png").write_bytes(b"\x89PNG")
        (self.source / "picture.png").write_bytes(b"\x89PNG")
        (self.source / ".ipynb_checkpoints").mkdir()
        (self.source / ".ipynb_checkpoints" / "00_start.ipynb").write_text("{}")

    def publish(self, name, text):
        """A new edition of a lesson, executed as the repository has it."""
        cells = [
            {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# A question"]},
            {
                **{"cell_type": "code", "id": "b", "metadata": {}, "execution_count": 1},
                **{"source": [f"print({text!r})"], "outputs": [self.output("the answer")]},
            },
        ]
        lesson = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        (self.source / name).write_text(json.dumps(lesson))

    @staticmethod
    def output(text):
        return {"output_type": "stream", "name": "stdout", "text": [text]}

    def start(self):
        return my_lessons.update(self.source, self.copy)

    def read(self, name):
        return json.loads((self.copy / name).read_text())

    def code(self, name):
        return "".join(self.read(name)["cells"][1]["source"])

    def run(self, name):
        """Run to the end, as JupyterLab saves it: outputs, metadata, an empty cell at the end."""
        lesson = self.read(name)
        lesson["cells"][1].update(outputs=[self.output("mine")], execution_count=7)
        lesson["cells"][1]["metadata"]["collapsed"] = True
        lesson["metadata"]["toc"] = {}
        lesson["cells"].append({**lesson["cells"][1], "id": "c", "source": "", "outputs": []})
        (self.copy / name).write_text(json.dumps(lesson, indent=4))

    def answer(self, name, text):
        lesson = self.read(name)
        lesson["cells"][1]["source"] = text
        (self.copy / name).write_text(json.dumps(lesson))

    def files(self):
        return {
            path.relative_to(self.copy).as_posix(): path.read_bytes()
            for path in self.copy.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def learner(tmp_path):
    learner = Learner(tmp_path)
    learner.start()
    return learner


def test_the_first_copy_has_every_lesson_and_no_output(learner):
    names = {"00_start.ipynb", "01_fixed.ipynb", "glossary.md", "picture.png", my_lessons.RECORD}
    assert set(learner.files()) == names
    for name in ("00_start.ipynb", "01_fixed.ipynb"):
        lesson = nbformat.read(learner.copy / name, as_version=4)
        nbformat.validate(lesson)
        assert [c.source for c in lesson.cells] == ["# A question", "print('first edition')"]
        assert lesson.cells[1].outputs == [] and lesson.cells[1].execution_count is None
    assert learner.files()["picture.png"] == b"\x89PNG"


def test_a_second_start_does_nothing(learner):
    learner.run("00_start.ipynb"), learner.answer("01_fixed.ipynb", "my answer")
    before = learner.files()
    assert learner.start() == []
    assert learner.files() == before


def test_a_lesson_that_was_only_run_follows_the_repository(learner):
    learner.run("01_fixed.ipynb")
    learner.publish("01_fixed.ipynb", "second edition")
    line = "01_fixed.ipynb: now the new version; you had not changed the old one"
    assert learner.start() == [line]
    assert learner.code("01_fixed.ipynb") == "print('second edition')"
    assert len(learner.read("01_fixed.ipynb")["cells"]) == 2


def test_an_answer_stays_and_the_new_version_is_put_beside_it(learner):
    learner.answer("01_fixed.ipynb", "my answer")
    for edition in ("second edition", "third edition"):
        learner.publish("01_fixed.ipynb", edition)
        before = learner.files()["01_fixed.ipynb"]
        assert learner.start() == [
            "01_fixed.ipynb: you changed it, so it stays; "
            "the new version is 01_fixed_new_version.ipynb"
        ]
        assert learner.files()["01_fixed.ipynb"] == before
        assert learner.code("01_fixed_new_version.ipynb") == f"print({edition!r})"
        assert learner.start() == []


def test_a_new_version_that_was_worked_in_is_kept_too(learner):
    learner.answer("01_fixed.ipynb", "my answer")
    learner.publish("01_fixed.ipynb", "second edition")
    learner.start()
    learner.answer("01_fixed_new_version.ipynb", "my second answer")
    learner.publish("01_fixed.ipynb", "third edition")
    assert learner.start()[0].endswith("01_fixed_new_version_2.ipynb")
    ends = ("", "_new_version", "_new_version_2")
    sources = [learner.code(f"01_fixed{end}.ipynb") for end in ends]
    assert sources == ["my answer", "my second answer", "print('third edition')"]


def test_a_deleted_lesson_comes_back_fresh_and_a_deleted_new_version_does_not(learner):
    learner.answer("01_fixed.ipynb", "my answer")
    learner.publish("01_fixed.ipynb", "second edition")
    learner.start()
    (learner.copy / "01_fixed_new_version.ipynb").unlink()
    assert learner.start() == [] and not (learner.copy / "01_fixed_new_version.ipynb").exists()
    (learner.copy / "01_fixed.ipynb").unlink()
    assert learner.start() == []
    assert learner.code("01_fixed.ipynb") == "print('second edition')"


def test_files_of_ones_own_are_left_alone(learner):
    (learner.copy / "my_ideas.ipynb").write_text("{}")
    (learner.copy / "data").mkdir()
    (learner.copy / "data" / "rates.csv").write_text("0.1")
    (learner.copy / "glossary.md").write_text("# Glossary, with my notes")
    (learner.source / "glossary.md").write_text("# Longer ![of](picture.png)")
    before = learner.files()
    assert len(learner.start()) == 1
    del before[my_lessons.RECORD]
    assert learner.files().items() >= before.items()
    assert learner.files()["glossary_new_version.md"] == b"# Longer ![of](picture.png)"


def test_a_lesson_that_the_repository_drops(learner):
    learner.answer("01_fixed.ipynb", "my answer")
    for name in ("00_start.ipynb", "01_fixed.ipynb"):
        (learner.source / name).unlink()
    assert learner.start() == ["00_start.ipynb: gone from the lessons; you had not changed it"]
    assert "00_start.ipynb" not in learner.files() and "01_fixed.ipynb" in learner.files()
    assert learner.start() == []


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"cells": 3}'])
def test_a_file_that_is_no_notebook_any_more_is_kept(learner, broken):
    (learner.copy / "00_start.ipynb").write_text(broken)
    learner.publish("00_start.ipynb", "second edition")
    assert "you changed it" in learner.start()[0]
    assert (learner.copy / "00_start.ipynb").read_text() == broken


@pytest.mark.parametrize("record", [None, "{", "{}"])
def test_without_its_record_nothing_is_lost(learner, record):
    learner.answer("01_fixed.ipynb", "my answer")
    (learner.copy / my_lessons.RECORD).unlink()
    if record:
        (learner.copy / my_lessons.RECORD).write_text(record)
    assert len(learner.start()) == 1
    assert learner.code("01_fixed.ipynb") == "my answer"
    assert learner.start() == []


@pytest.mark.parametrize("owner, name", [(Path, "write_bytes"), (os, "replace")])
def test_an_interrupted_copy_is_completed_at_the_next_start(tmp_path, monkeypatch, owner, name):
    """Interrupted half-way through its n-th write, or just before the file takes its place."""

    def until(calls):
        def interrupted(path, data):
            if next(count) == calls:
                real(path, data[: len(data) // 2]) if owner is Path else None
                raise KeyboardInterrupt
            return real(path, data)

        count, real = itertools.count(), getattr(owner, name)
        return interrupted

    ends = set()
    for calls in range(12):
        (tmp_path / str(calls)).mkdir()
        learner = Learner(tmp_path / str(calls))
        for edition in ("second edition", "third edition"):
            with monkeypatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
                patch.setattr(owner, name, until(calls))
                learner.start()
            learner.start()
            learner.answer("01_fixed.ipynb", "my answer")
            learner.publish("00_start.ipynb", edition), learner.publish("01_fixed.ipynb", edition)
        learner.start()
        ends.add(tuple(sorted(learner.files().items())))
    assert len(ends) == 1, "where it was interrupted can be seen"


def test_no_answer_is_ever_lost(tmp_path):
    lesson, new = "01_fixed.ipynb", "01_fixed_new_version.ipynb"
    events = ("run", "answer", "answer new", "publish")
    for number, rest in enumerate(itertools.product(events, repeat=3)):
        (tmp_path / str(number)).mkdir()
        learner, answers, newest = Learner(tmp_path / str(number)), {}, "first edition"
        learner.start()
        for step, event in enumerate(("answer", *rest)):
            name = new if event == "answer new" else lesson
            if event == "run":
                learner.run(lesson)
            elif event == "publish":
                newest = f"edition {step}"
                learner.publish(lesson, newest)
            elif (learner.copy / name).exists():
                answers[name] = f"answer {step}"
                learner.answer(name, answers[name])
            learner.start()
            assert {name: learner.code(name) for name in answers} == answers, rest
        if lesson not in answers:
            assert learner.code(lesson) == f"print({newest!r})"


def test_links_of_the_lessons_work_in_the_copy(tmp_path):
    assert my_lessons.COPY.parent == my_lessons.SOURCE.parent, "so ../ leads to the same place"
    my_lessons.update(copy=tmp_path)
    texts = {path.name: path.read_text() for path in tmp_path.glob("*.md")}
    for path in tmp_path.glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        texts[path.name] = "\n".join(c.source for c in cells if c.cell_type == "markdown")
    assert {path.name for path in paths()} | {"glossary.md"} <= set(texts)
    for name, text in texts.items():
        for link in re.findall(r"\]\(([^)\s#]+)|src=\"([^\"]+)\"", text):
            link = "".join(link)
            if not link.startswith(("http", "../")):
                assert (tmp_path / link).exists(), f"{name} links to {link}"
