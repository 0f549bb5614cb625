"""The reference of `lrlib`: every public name with its signature and its docstring.

The docstrings are Markdown with formulas, and so are the pages: Sphinx reads both as they are.
"""

import inspect
import re
from importlib import import_module

import lrlib as lr

ROOMS = ("schedules", "dynamics", "optim", "analysis", "lab", "figures", "widgets", "exercises")
UNTOLD = re.compile("<|.{60}", re.S)  # what no signature shows: objects, and long tables
EXAMPLE = re.compile(r"^ *>>> .*(?:\n(?! *\n).+)*", re.M)  # to the next empty line


def page(room):
    """The page of one room, as MyST."""
    module = import_module(f"lrlib.{room}")
    entries = "\n\n".join(entry(room, name, getattr(module, name)) for name in names(room))
    return f"# {room}\n\n{docstring(module)}\n\n{entries}\n"


def names(room):
    """The public names of a room."""
    module = import_module(f"lrlib.{room}")
    found = lr.ROOMS[room] or getattr(module, "__all__", None) or sorted(vars(module))
    public = [name for name in found if not name.startswith("_")]
    return [name for name in public if not inspect.ismodule(getattr(module, name)) and _ours(module, name)]


def _ours(module, name):
    """Whether a name is the library's own, not NumPy's or Python's."""
    home = getattr(getattr(module, name), "__module__", "lrlib") or "lrlib"
    return home.startswith("lrlib")


def entry(room, name, thing):
    """One name: a function, a class with its members, or a value."""
    place = f"lr.{name}" if name in lr.ROOMS[room] else f"lr.{room}.{name}"
    if inspect.isclass(thing):
        inside = "\n\n".join([docstring(thing), *map(_member, *zip(*members(thing)))] if members(thing) else [docstring(thing)])
        return _directive("class", place + signature(thing), inside, 6)
    if callable(thing):
        return _directive("function", place + signature(thing), docstring(thing), 4)
    value = repr(thing)
    told = f"`{value}`" if len(value) < 80 else f"A {type(thing).__name__} of {len(thing)}."
    return _directive("data", place, told, 4)


def members(cls):
    """What a class itself defines and says something of: (name, thing)."""
    found = [(n, t) for n, t in vars(cls).items() if not n.startswith("_")]
    kinds = (property, classmethod, staticmethod)
    return [(n, t) for n, t in found if (inspect.isfunction(t) or isinstance(t, kinds)) and t.__doc__]


def _member(name, thing):
    if isinstance(thing, property):
        return _directive("property", name, docstring(thing), 4)
    thing = getattr(thing, "__func__", thing)
    return _directive("method", name + signature(thing, bound=True), docstring(thing), 4)


def _directive(kind, title, text, ticks):
    fence = "`" * ticks
    return f"{fence}{{py:{kind}}} {title}\n{text}\n{fence}"


def signature(thing, bound=False):
    """The arguments as they are written, without the types; a default that has no such form is `…`."""
    try:
        arguments = list(inspect.signature(thing).parameters.values())[bound:]
    except (TypeError, ValueError):
        return "()"
    plain = [a.replace(annotation=a.empty) for a in arguments]
    plain = [a.replace(default=...) if a.default is not a.empty and UNTOLD.search(repr(a.default)) else a for a in plain]
    return str(inspect.Signature(plain)).replace("Ellipsis", "...")


def docstring(thing):
    """A docstring as Markdown: its examples as code, a paragraph each for what it raises or equals."""
    text = inspect.getdoc(thing) or ""
    examples = []

    def keep(found):
        examples.append(found[0])
        return f"\n@{len(examples) - 1}@\n"

    text = EXAMPLE.sub(keep, text)
    text = re.sub(r"\n(?=(?:Equals|Raises|Returns|Source)\b)", "\n\n", text)
    text = re.sub(r"([^\n])\n(?=- )", r"\1\n\n", text, count=1)
    text = re.sub(r"\n(?=`\w+`(?:, `\w+`)*: )", "\n\n", text)
    return re.sub(r"@(\d+)@", lambda m: f"```pycon\n{inspect.cleandoc(examples[int(m[1])])}\n```", text)
