"""The expression that a shape computes, read from its code.

A shape computes its rates as one expression over `self.<parameter>` and the step: `return` alone,
or after lines that give parts of it a name. Functions and numbers may come from NumPy or `math`,
under any name, or stand in the module. Whatever else a method holds makes it `Unreadable`.
"""

import ast
import inspect
import math
import textwrap
from functools import cache
from numbers import Real
from types import BuiltinFunctionType, FunctionType, ModuleType

import numpy as np


class Unreadable(ValueError):
    """The code of a shape is no single expression."""


def passed(milestones, t):
    """How many of the milestones step `t` has reached."""
    return np.searchsorted(milestones, t, side="right")


NAMES = (
    "sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan", "exp", "log", "sqrt", "floor", "ceil",
    "abs", "minimum", "maximum", "power",
)  # fmt: skip
_MATH = {"arctan": "atan", "abs": "fabs", "power": "pow"}
FUNCTIONS = {getattr(np, name): name for name in NAMES} | {np.fabs: "abs", abs: "abs"}
FUNCTIONS |= {
    getattr(math, _MATH.get(name, name)): name
    for name in NAMES
    if hasattr(math, _MATH.get(name, name))
}
FUNCTIONS[passed] = "passed"
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.Mod, ast.FloorDiv)


@cache
def expression(shape):
    """What `shape._rates` returns, as a syntax tree; raises `Unreadable` where it is none.

    Parameters are attributes of `self`, the step is `t`, functions have NumPy's names.
    """
    owner = next(cls for cls in shape.__mro__ if {"_formula", "_rates"} & vars(cls).keys())
    method = vars(owner).get("_formula", shape._rates)  # `_formula` where `_rates` also repairs it
    definition = _definition(method)
    this, step = (argument.arg for argument in definition.args.args)
    read = _Read(this, {step: ast.Name("t")}, _surroundings(method))
    for statement in definition.body:
        match statement:
            case ast.Expr(value=ast.Constant(value=str())):  # a docstring
                continue
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                read.known[name] = read.visit(value)
            case ast.Return(value=ast.expr() as value):
                return read.visit(value)
            case _:
                raise Unreadable(f"{ast.unparse(statement)!r} is no expression")
    raise Unreadable("it returns nothing")


def _definition(method):
    try:
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(method))).body
    except (OSError, TypeError, SyntaxError, ValueError):
        raise Unreadable("its source is not there") from None
    plain = isinstance(method, FunctionType) and isinstance(definition, ast.FunctionDef)
    if not plain or definition.decorator_list or len(definition.args.args) != 2:
        raise Unreadable("it is no plain method of the step")
    return definition


def _surroundings(method):
    """The names that the method's code can see, besides its own."""
    cells = zip(method.__code__.co_freevars, method.__closure__ or ())
    return {"abs": abs} | method.__globals__ | {name: cell.cell_contents for name, cell in cells}


class _Read(ast.NodeVisitor):
    """Writes an expression anew, with the names explained above."""

    def __init__(self, this, known, around):
        self.this, self.known, self.around = this, known, around

    def generic_visit(self, node):
        raise Unreadable(f"{ast.unparse(node)!r} is not understood")

    def visit_Constant(self, node):
        return self._number(node, node.value)

    def visit_Name(self, node):
        if node.id in self.known:
            return self.known[node.id]
        return self._number(node, self.around.get(node.id))

    def visit_Attribute(self, node):
        if isinstance(node.value, ast.Name) and node.value.id == self.this:
            return ast.Attribute(ast.Name("self"), node.attr)
        return self._number(node, self._thing(node))

    def visit_BinOp(self, node):
        if not isinstance(node.op, OPERATORS):
            self.generic_visit(node)
        return ast.BinOp(self.visit(node.left), node.op, self.visit(node.right))

    def visit_UnaryOp(self, node):
        if not isinstance(node.op, ast.USub):
            self.generic_visit(node)
        return ast.UnaryOp(node.op, self.visit(node.operand))

    def visit_Call(self, node):
        thing = self._thing(node.func)
        known = isinstance(thing, (np.ufunc, FunctionType, BuiltinFunctionType))
        name = FUNCTIONS.get(thing) if known else None
        binary = name in ("minimum", "maximum", "power", "passed")
        if not name or node.keywords or len(node.args) != 1 + binary:
            self.generic_visit(node)
        args = [self.visit(arg) for arg in node.args]
        return ast.BinOp(args[0], ast.Pow(), args[1]) if name == "power" else _call(name, args)

    def _thing(self, node):
        """What a name, or a name in a module, stands for."""
        if isinstance(node, ast.Name):
            return None if node.id in self.known else self.around.get(node.id)
        if isinstance(node, ast.Attribute):
            module = self._thing(node.value)
            return getattr(module, node.attr, None) if isinstance(module, ModuleType) else None
        return None

    def _number(self, node, value):
        if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
            self.generic_visit(node)
        if value == math.pi:
            return ast.Name("pi")
        number = ast.Constant(abs(value) if isinstance(value, int) else abs(float(value)))
        return ast.UnaryOp(ast.USub(), number) if value < 0 else number


def _call(name, args):
    return ast.Call(ast.Name(name), args, [])


@cache
def pieces(shape):
    """The expression as code, cut where a parameter, the step or a function stands.

    A list of texts; every second one is a name: of a parameter, `t`, or of a function with `(`.
    """
    return ast.unparse(_Mark().visit(ast.parse(ast.unparse(expression(shape)), mode="eval"))).split(
        "\0"
    )


class _Mark(ast.NodeTransformer):
    def visit_Attribute(self, node):
        return ast.Name(f"\0{node.attr}\0")

    def visit_Name(self, node):
        return ast.Name("\0t\0") if node.id == "t" else node

    def visit_Call(self, node):
        return _call(f"\0{node.func.id}(\0", [self.visit(arg) for arg in node.args])


@cache
def names(shape):
    """The names of the parameters in the expression."""
    tree = expression(shape)
    return sorted({node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)})


@cache
def functions(shape):
    """The names of the functions in the expression, and `pi` where it stands there."""
    found = {name[:-1] for name in pieces(shape)[1::2] if name.endswith("(")}
    pi = any(isinstance(n, ast.Name) and n.id == "pi" for n in ast.walk(expression(shape)))
    return found | ({"pi"} if pi else set())
