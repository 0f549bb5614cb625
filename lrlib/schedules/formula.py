"""From the code of a shape to its formula: the text that is shown is the code that runs.

A shape computes its rate in one `return` expression over `self.<parameter>` and `t`. This file
reads that expression and writes it as LaTeX (with symbols or numbers) or as plain text.
"""

import ast
import inspect
import textwrap
from dataclasses import fields
from functools import cache

SYMBOLS = {
    "eta": r"\eta",
    "eta_max": r"\eta_{\max}",
    "eta_min": r"\eta_{\min}",
    "start": r"\eta_{\mathrm{start}}",
    "end": r"\eta_{\mathrm{end}}",
    "gamma": r"\gamma",
    "step_size": "s",
    "milestones": "M",
    "power": "p",
    "timescale": r"\tau",
    "pi": r"\pi",
}
PRECEDENCE = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.Pow: 4}


@cache
def expression(shape):
    """The expression that `shape._rates` returns, as a syntax tree."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(shape._rates)))
    return next(node.value for node in ast.walk(tree) if isinstance(node, ast.Return))


def symbol(name, index=None):
    """The LaTeX symbol of a parameter, with the number of its segment where one is given."""
    base = SYMBOLS.get(name, name)
    if index is None:
        return base
    return f"{base[:-1]},{index}}}" if base.endswith("}") else f"{base}_{{{index}}}"


def text(shape, values):
    """The formula as plain text, each name replaced by its value: `0.1 * (1 + cos(...)) / 2`."""
    return code(shape, {name: plain_number(value) for name, value in values.items()})


def code(shape, texts):
    """The formula as Python code, each name replaced by its text; other names, such as t, stay."""
    return ast.unparse(_Substitute(texts).visit(_copy(expression(shape))))


def latex(shape, names):
    """The formula as LaTeX, each name replaced by the LaTeX in `names`."""
    return _Latex(names).visit(expression(shape))


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


def _copy(node):
    return ast.parse(ast.unparse(node), mode="eval").body


class _Substitute(ast.NodeTransformer):
    def __init__(self, texts):
        self.texts = texts

    def _value(self, node, name):
        return ast.parse(self.texts[name], mode="eval").body if name in self.texts else node

    def visit_Attribute(self, node):
        return self._value(node, node.attr)

    def visit_Name(self, node):
        return self._value(node, node.id)


class _Latex(ast.NodeVisitor):
    def __init__(self, names):
        self.names = names

    def visit_Attribute(self, node):
        return self.names[node.attr]

    def visit_Name(self, node):
        return self.names.get(node.id, SYMBOLS.get(node.id, node.id))

    def visit_Constant(self, node):
        return latex_number(node.value)

    def visit_BinOp(self, node):
        left, right = self.visit(node.left), self.visit(node.right)
        level = PRECEDENCE[type(node.op)]
        if isinstance(node.op, ast.Div):
            return rf"\frac{{{left}}}{{{right}}}"
        if isinstance(node.op, ast.Pow):
            simple = isinstance(node.left, (ast.Attribute, ast.Name, ast.Constant))
            plain = simple and not any(c in left for c in r" -^")
            return f"{left if plain else _parens(left)}^{{{right}}}"
        left = self._guard(node.left, left, level)
        right = self._guard(node.right, right, level + isinstance(node.op, ast.Sub))
        if isinstance(node.op, ast.Mult):
            touch = left[-1].isdigit() and right[0].isdigit()
            wide = touch or r"\cdot" in left + right
            return rf"{left} \cdot {right}" if wide else rf"{left}\,{right}"
        return f"{left} {'+' if isinstance(node.op, ast.Add) else '-'} {right}"

    def visit_Call(self, node):
        name = node.func.id
        args = [self.visit(arg) for arg in node.args]
        if name == "floor":
            return rf"\left\lfloor {args[0]} \right\rfloor"
        if name == "sqrt":
            return rf"\sqrt{{{args[0]}}}"
        if name == "passed":  # how many milestones have been reached
            return rf"\#\{{m \in {args[0]} : m \leq {args[1]}\}}"
        return rf"\{name}{_parens(args[0])}"

    def _guard(self, node, latex, level):
        if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Div):
            if PRECEDENCE[type(node.op)] < level:
                return _parens(latex)
        elif level > 1 and isinstance(node, ast.Name) and " - " in latex and latex[0] != "(":
            return _parens(latex)  # a shifted step, t - W, inside a product
        return latex


def _parens(latex):
    return rf"\left({latex}\right)"


def symbolic_edge(i):
    """The LaTeX of the step at which segment i of a sequence ends."""
    return "T_{1}" if i == 1 else "(" + " + ".join(f"T_{{{k + 1}}}" for k in range(i)) + ")"


class Readable:
    """What a schedule says about itself: its formula, a sentence, a picture in a notebook."""

    def latex(self, numbers=False):
        """The piecewise formula as LaTeX, with symbols or, with `numbers`, with its numbers."""
        return rf"\eta(t) = {self._latex('t', numbers)}"

    def _latex(self, t, numbers, index=None):
        names = {f.name: symbol(f.name, index) for f in fields(self)}
        if numbers:
            names = {name: latex_number(getattr(self, name)) for name in names}
        return latex(type(self), names | {"t": t})

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
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return f"{type(self).__name__}, eta = {text(type(self), values | {'t': t})}"

    def _ipython_display_(self):
        from ..figures import show_schedule  # only a notebook needs matplotlib

        show_schedule(self)
