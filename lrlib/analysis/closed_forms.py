"""The closed forms of a schedule's parts as Python functions, for PyTorch or for JAX."""

from fractions import Fraction

from ..checks import INF
from ..schedules import (
    Clip, Constant, Difference, Drop, First, Product, Repeat, Reverse, Sequence, Stretch, Sum,
    formula,
)  # fmt: skip
from ..schedules.expression import Unreadable, functions

MANY = 100  # terms; Python cannot read an operation of thousands

PASSED = """\
def passed(milestones, t):
    return jnp.searchsorted(jnp.array(milestones), t, side="right")


"""

PYTHON = {
    "module": "math",
    "functions": {"arctan": "atan", "minimum": "min", "maximum": "max"},
    "builtin": {"abs", "min", "max"},
    "passed": "from bisect import bisect_right as passed\n",
    "within": "    t = min(t, {T})\n",
    "at least 0": "",
    "choice": "{a} if {if_} else {b}",
    "row": "    if t < {end}:\n        return {value}\n",
    "last": "    return {value}\n",
    "clip": "min(max({value}, {low}), {high})",
    "positive": "max({value}, 0.0)",
}
JAX = {  # computes what is not chosen, too, so every part keeps its own step within itself
    "module": "jax.numpy",
    "functions": {},
    "builtin": {"abs"},
    "passed": "",
    "within": "    t = jnp.clip(t, 0, {T})\n",
    "at least 0": "    t = jnp.maximum(t, 0)\n",
    "choice": "jnp.where({if_}, {a}, {b})",
    "row": "    rate = jnp.where(t < {start}, rate, {value})\n",
    "last": "    return rate\n",
    "clip": "jnp.clip({value}, {low}, {high})",
    "positive": "jnp.maximum({value}, 0.0)",
}


class ClosedForms:
    """Function definitions, one for each part of a schedule that needs one, in a language."""

    def __init__(self, language):
        self.language, self.number = language, exact if language is PYTHON else short
        self.names, self.definitions, self.used = {}, [], set()

    def text(self):
        return "".join(self.definitions)

    def imports(self):
        names = {self.language["functions"].get(name, name) for name in self.used - {"passed"}}
        names = ", ".join(sorted(names - self.language["builtin"]))
        passed = self.language["passed"] if "passed" in self.used else ""
        return passed + (f"from {self.language['module']} import {names}\n" if names else "")

    def part(self, schedule, name=None):
        """Define a schedule as a function of its own step, which holds after its end: the name."""
        if schedule not in self.names:
            body = self._body(schedule)
            name = name or f"part_{len(self.names) + 1}"
            self.definitions.append(f"def {name}(t):\n{self._within(schedule)}{body}\n\n")
            self.names[schedule] = name
        return self.names[schedule]

    def _within(self, schedule):
        if type(schedule) is Constant:
            return ""
        if schedule.T == INF or isinstance(schedule, Repeat):  # which looks at its end itself
            return self.language["at least 0"]
        return self.language["within"].format(T=self.number(schedule.T))

    def _body(self, schedule):
        if isinstance(schedule, Sequence):
            return self._row(schedule)
        if isinstance(schedule, (Sum, Product)):
            sign = "+" if isinstance(schedule, Sum) else "*"
            first, *rest = [f"{self.part(part)}(t)" for part in schedule.parts]
            if len(rest) < MANY:
                return f"    return {f' {sign} '.join([first, *rest])}\n"
            lines = "".join(f"    rate = rate {sign} {part}\n" for part in rest)
            return f"    rate = {first}\n{lines}    return rate\n"
        return f"    return {self._value(schedule)}\n"

    def _value(self, schedule):
        if type(schedule) is Constant:
            return repr(schedule.eta)
        if isinstance(schedule, First):
            return f"{self.part(schedule.schedule)}(t)"
        if isinstance(schedule, Reverse):
            return f"{self.part(schedule.schedule)}({self.number(schedule.T)} - t)"
        if isinstance(schedule, Drop):
            own = f"t + {self.number(schedule.k)}"
            return self._up_to_its_end(schedule.schedule, own, schedule.T, schedule.k)
        if isinstance(schedule, Stretch):
            return self._up_to_its_end(schedule.schedule, self._stretched(schedule), schedule.T)
        if isinstance(schedule, Repeat):
            return f"{self.part(schedule.schedule)}({self._own_step(schedule)})"
        if isinstance(schedule, Clip):
            value, low, high = f"{self.part(schedule.schedule)}(t)", schedule.low, schedule.high
            return self.language["clip"].format(value=value, low=exact(low), high=exact(high))
        if isinstance(schedule, Difference):
            a, b = (f"{self.part(part)}(t)" for part in schedule.parts)
            return self.language["positive"].format(value=f"{a} - {b}")
        return self._formula(schedule)

    def _up_to_its_end(self, part, own, T, start=0):
        """A part at its own step, and at its own end from `T` on, if rounding might miss that."""
        if part.T < INF and (part.T % 1 or T % 1 or start % 1):
            own = self.language["choice"].format(
                if_=f"t < {self.number(T)}", a=own, b=self.number(part.T)
            )
        return f"{self.part(part)}({own})"

    def _formula(self, schedule):
        shape = type(schedule)
        try:
            texts = {name: self.number(v) for name, v in formula.parameters(schedule).items()}
            self.used |= functions(shape)
            return formula.code(shape, texts | {"t": "t"}, self.language["functions"])
        except Unreadable as error:
            raise ValueError(
                f"{shape.__name__} cannot be written for another framework: its _rates must be one "
                f"expression of t, its numbers and NumPy's functions, and {error}"
            ) from None

    def _row(self, schedule):
        starts = schedule.starts.tolist()
        lines = []
        for part, start, end in zip(schedule.parts, starts, [*starts[1:], INF]):
            own = f"t - {self.number(start)}" if start else "t"
            value = f"{self.part(part)}({own})"
            if end == INF:
                value = self._up_to_its_end(part, own, schedule.T, start)
            row = "row"
            if self.language is PYTHON and end == INF:
                row = "last"
            elif self.language is JAX and not start:
                lines.append(f"    rate = {value}\n")
                continue
            texts = {"start": self.number(start), "end": self.number(end), "value": value}
            lines.append(self.language[row].format(**texts))
        return "".join(lines) + (self.language["last"] if self.language is JAX else "")

    def _own_step(self, repeat):
        period, T = repeat.schedule.T, repeat.T
        number = self.number(period)
        p, q = _whole(T, repeat.n) if T < INF else _whole(period, 1)
        if period % 1 == 0:
            p, q = period, 1
        elif self.language is PYTHON:  # its floats have the digits
            q = 0
        if q == 1:
            own = f"t % {self.number(p)}"
        elif q:
            own = f"(t % {p} * {q} % {p}) / {q}"
        else:  # no border may be missed by rounding: see Repeat
            self.used.add("floor")
            own = f"abs(t - floor(t / {number} * (1 + 2**-52)) * {number})"
        if T == INF:
            return own
        return self.language["choice"].format(if_=f"t < {self.number(T)}", a=own, b=number)

    def _stretched(self, stretch):
        a, b = stretch.schedule.T, stretch.T
        p, q = _whole(a, b)
        if q == 1:
            return f"t * {p}"
        return f"t // {q} * {p} + t % {q} * {p} / {q}" if q else f"t * {a / b!r}"


def _whole(a, b):
    """a / b as small whole numbers, p and q, which 32 bits can multiply; else 0, 0."""
    exact = Fraction(a) / Fraction(b)
    near = exact.limit_denominator(10**4)
    p, q = near.numerator, near.denominator
    return (p, q) if abs(near - exact) <= exact / 2**50 and p * q < 2**31 else (0, 0)


def exact(value):
    """A number as code that gives the same number: 10, 0.1, (30, 60)."""
    if isinstance(value, tuple):
        return f"({', '.join(map(exact, value))}{',' * (len(value) == 1)})"
    if value == INF:
        return 'float("inf")'
    return repr(int(value)) if value % 1 == 0 and abs(value) < 1e15 else repr(float(value))


def short(value):
    """The same, but a float where the whole number would need more than the 32 bits of JAX's."""
    if isinstance(value, tuple):
        return f"({', '.join(map(short, value))}{',' * (len(value) == 1)})"
    return repr(float(value)) if 2**31 <= abs(value) < INF else exact(value)
