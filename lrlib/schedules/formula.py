"""What a schedule says of itself: its formula as LaTeX, a sentence, a picture in a notebook.

The text that is shown is the code that runs: `expression.py` reads it, this file writes it as
LaTeX (with symbols or numbers) or as plain text. Where a shape of one's own cannot be read, it
shows its name and its parameters.
"""

import ast
from dataclasses import fields
from numbers import Real

from .expression import OPERATORS, Unreadable, expression, names, pieces

SYMBOLS = {
    "eta_max": r"\eta_{\max}",
    "eta_min": r"\eta_{\min}",
    "start": r"\eta_{\mathrm{start}}",
    "end": r"\eta_{\mathrm{end}}",
    "low": r"\eta_{\mathrm{low}}",
    "high": r"\eta_{\mathrm{high}}",
    "step_size": "s",
    "milestones": "M",
    "power": "p",
    "timescale": r"\tau",
    "lb": "l",
    "ub": "u",
    "pi": r"\pi",
}
GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "eta", "theta", "kappa", "mu", "sigma", "tau",
    "phi", "omega",
)  # fmt: skip
SHOWN = 8  # parts of a long row: the first ones and the last
PRECEDENCE = dict(zip(OPERATORS, (1, 1, 2, 2, 4, 2, 2)))


def symbol(name, index=None):
    """The LaTeX symbol of a parameter, with the number of its segment where one is given."""
    stem, _, sub = name.strip("_").partition("_")
    if name in SYMBOLS:
        base = SYMBOLS[name]
    else:
        base = rf"\{stem}" if stem in GREEK else stem if len(stem) == 1 else rf"\mathrm{{{stem}}}"
        base += rf"_{{\mathrm{{{sub.replace('_', ' ')}}}}}" if sub else ""
    if index is None:
        return base
    return f"{base[:-1]},{index}}}" if "_{" in base else f"{base}_{{{index}}}"


def code(shape, texts, functions=None):
    """The formula as Python code, each parameter and `t` replaced by its text.

    `functions`: the language's names of NumPy's functions, where they are others.
    """
    functions, parts = functions or {}, list(pieces(shape))
    for i in range(1, len(parts), 2):
        if parts[i].endswith("("):
            parts[i] = functions.get(parts[i][:-1], parts[i][:-1])
        else:
            text = texts[parts[i]]
            parts[i] = f"({text})" if text.startswith("-") else text
    return "".join(parts)


def parameters(schedule):
    """The numbers in the formula of a shape by name; raises `Unreadable` for other things."""
    values = {name: getattr(schedule, name, None) for name in names(type(schedule))}
    for name, value in values.items():
        if not _is_number(value):
            raise Unreadable(f"self.{name} is {value!r}, no number")
    return values


def _is_number(value):
    if isinstance(value, tuple):
        return all(map(_is_number, value))
    return isinstance(value, Real) and not isinstance(value, bool)


def latex_number(value):
    """A number as LaTeX: 0.05, 12, 5 \\cdot 10^{-5}, \\infty."""
    if isinstance(value, tuple):
        return r"\{" + ", ".join(latex_number(v) for v in value) + r"\}"
    digits, _, exponent = f"{value:.6g}".partition("e")
    if digits == "inf":
        return r"\infty"
    if not exponent:
        return digits
    power = f"10^{{{int(exponent)}}}"
    return power if digits == "1" else rf"{digits} \cdot {power}"


def plain_number(value):
    """A number as plain text: whole numbers in full, others to twelve digits."""
    if isinstance(value, tuple):
        numbers = ", ".join(plain_number(v) for v in value)
        return f"({numbers},)" if len(value) == 1 else f"({numbers})"
    whole = value == value // 1 and abs(value) < 1e15
    return str(int(value)) if whole else f"{value:.12g}"


BRACKETS = {"floor": (r"\lfloor", r"\rfloor"), "ceil": (r"\lceil", r"\rceil"), "abs": "||"}
FUNCTION_NAMES = {"minimum": "min", "maximum": "max"}


class _Latex(ast.NodeVisitor):
    def __init__(self, names):
        self.names = names

    def visit_Attribute(self, node):
        return self.names[node.attr]

    def visit_Name(self, node):
        return self.names.get(node.id, SYMBOLS.get(node.id, node.id))

    def visit_UnaryOp(self, node):
        return f"-{self._guard(node.operand, self.visit(node.operand), 2, last=True)}"

    def visit_Constant(self, node):
        return latex_number(node.value)

    def visit_BinOp(self, node):
        left, right = self.visit(node.left), self.visit(node.right)
        level = PRECEDENCE[type(node.op)]
        if isinstance(node.op, ast.Div):
            return rf"\frac{{{left}}}{{{right}}}"
        if isinstance(node.op, ast.FloorDiv):
            return rf"\left\lfloor \frac{{{left}}}{{{right}}} \right\rfloor"
        if isinstance(node.op, ast.Pow):
            simple = isinstance(node.left, (ast.Attribute, ast.Name, ast.Constant))
            plain = simple and not any(c in left for c in " -^")
            return f"{left if plain else _parens(left)}^{{{right}}}"
        left = self._guard(node.left, left, level)
        lower = isinstance(node.op, (ast.Sub, ast.Mod))
        right = self._guard(node.right, right, level + lower, last=True)
        if isinstance(node.op, ast.Mod):
            return _parens(rf"{left} \bmod {right}")
        if isinstance(node.op, ast.Mult):
            touch = left[-1].isdigit() and right[0].isdigit()
            wide = touch or r"\cdot" in left + right
            return rf"{left} \cdot {right}" if wide else rf"{left}\,{right}"
        return f"{left} {'+' if isinstance(node.op, ast.Add) else '-'} {right}"

    def visit_Call(self, node):
        name, args = node.func.id, [self.visit(arg) for arg in node.args]
        if name == "passed":  # how many milestones have been reached
            return rf"\#\{{m \in {args[0]} : m \leq {args[1]}\}}"
        if name == "sqrt":
            return rf"\sqrt{{{args[0]}}}"
        if name in BRACKETS:
            return rf"\left{BRACKETS[name][0]} {args[0]} \right{BRACKETS[name][1]}"
        return rf"\{FUNCTION_NAMES.get(name, name)}{_parens(', '.join(args))}"

    def _guard(self, node, latex, level, last=False):
        if last and latex.startswith("-"):
            return _parens(latex)
        if isinstance(node, ast.BinOp) and not isinstance(
            node.op, (ast.Div, ast.FloorDiv, ast.Mod)
        ):
            if PRECEDENCE[type(node.op)] < level:
                return _parens(latex)
        elif level > 1 and isinstance(node, ast.Name) and " - " in latex and latex[0] != "(":
            return _parens(latex)  # a shifted step, t - W, inside a product
        return latex


def _parens(latex):
    return rf"\left({latex}\right)"


def symbolic_edge(i):
    """The LaTeX of the step at which segment i of a sequence ends."""
    terms = [f"T_{{{k + 1}}}" for k in range(i if i <= SHOWN else 1)]
    terms += [] if i <= SHOWN else [r"\cdots", f"T_{{{i}}}"]
    return terms[0] if i == 1 else f"({' + '.join(terms)})"


def shortened(count):
    """The places of a row's parts that are shown, all where they are few, and None for the rest."""
    if count <= SHOWN:
        return [*range(count)]
    return [*range(SHOWN - 2), None, count - 1]


class Readable:
    """What a schedule says about itself: its formula, a sentence, a picture in a notebook."""

    def latex(self, numbers=False):
        """The piecewise formula as LaTeX, with symbols or, with `numbers`, with its numbers."""
        return rf"\eta(t) = {self._latex('t', numbers)}"

    def _latex(self, t, numbers, index=None):
        def shown(name, value):
            return latex_number(value) if numbers else symbol(name, index)

        try:
            texts = {name: shown(name, value) for name, value in parameters(self).items()}
            return _Latex(texts | {"t": t}).visit(expression(type(self)))
        except Unreadable:
            values = {f.name: getattr(self, f.name) for f in fields(self)}
            values = {name: value for name, value in values.items() if _is_number(value)}
            own = [
                symbol(n, index) + (f" = {shown(n, v)}" if numbers else "")
                for n, v in values.items()
            ]
            name = type(self).__name__.replace("_", r"\_")
            return rf"\mathrm{{{name}}}({t}" + (r";\ " + r",\ ".join(own) if own else "") + ")"

    def explain(self, t):
        """One sentence: where step `t` falls, the formula with its numbers, the value."""
        value = self(t)
        if not isinstance(value, float):
            raise TypeError(f"explain takes one step at a time, not {t!r}")
        place = f"t = {plain_number(t)}"
        if t > self.T:
            return (
                f"{place}: the schedule ended at T = {plain_number(self.T)}; "
                f"it holds its last value, {value:.6g}."
            )
        return f"{place}: {self._words(t)} = {value:.6g}."

    def _words(self, t):
        name = type(self).__name__
        try:
            texts = {n: plain_number(v) for n, v in (parameters(self) | {"t": t}).items()}
            return f"{name}, eta = {code(type(self), texts)}"
        except Unreadable:
            return f"{name}, eta"

    def _ipython_display_(self):
        from ..figures import show_schedule  # only a notebook needs matplotlib

        show_schedule(self)
