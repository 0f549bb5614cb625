"""What the reviews of the lessons settled: the controls, the other noise, other lengths."""

import numpy as np

from ...schedules import Constant, Cosine, Linear, warmup_constant, warmup_linear
from ..experiment import Averaged
from ..optimizers import SGD, Adam
from ..tasks import Copying, RandomLabels
from .bowl import exact, frozen, greedy
from .claim import (
    HIGHER, LOWER, NO_HARM, TIE, Verdict, about, difference, edge_of_stability, lost,
    snapshot_ensemble,
)  # fmt: skip
from .controls import (
    Forgetting, TrainingLoss, apart, halved, one_problem, rising, spread, stopped,
    told_by_sharpness,
)  # fmt: skip
from .entries import (
    CONSTANT, DIGITS, STREAM, clean, clipped, cosine, cycles, digits, dropped, fragile,
    inverse_sqrt, linear, plain_sgd, step, stream, three_cycles, to_a_tenth, warmup,
)  # fmt: skip

FALLS = Verdict("falls", lambda values: values.parts[1].value < values.parts[0].value)
ALIKE = Verdict("alike", lambda v: abs(v.parts[0].value - v.parts[1].value) < 0.1)
ALL_BUT_TWO = Verdict("18", lambda values: values.parts[0].value == 18)

HIGH = (0.02, 0.03, 0.045, 0.07, 0.1)  # averaging wants higher rates
CLEAN = (0.03, 0.045, 0.07)
WARM, COLD = (0.16, 0.32, 0.64, 1.28, 2.56), (0.04, 0.08, 0.16, 0.32, 0.64)
averaged = "constant, last half averaged", Averaged(Constant)
mostly = "constant, last 90 % averaged", Averaged(Constant, 0.9)

PROBLEM = (
    spread(Cosine(0.04, 0, 400), FALLS, 400),
    one_problem(CONSTANT, cosine(400), ALIKE, 400, STREAM[:4]),
)

AVERAGING = (
    exact("white", averaged, CONSTANT, LOWER, 200),
    exact("white", averaged, linear(200), HIGHER, 200),  # but by little
    exact("white", mostly, linear(200), LOWER, 200),
    exact("like the curvature", averaged, linear(200), LOWER, 200),
    apart(stream, (*averaged, HIGH, {}), (*CONSTANT, STREAM[:3], {}), LOWER, 600),
    apart(digits, (*averaged, HIGH, {}), (*CONSTANT, DIGITS[:3], {}), LOWER, 600),
    apart(stream, (*averaged, HIGH, {}), (*linear(600), STREAM[1:], {}), LOWER, 600, sure=False),
    apart(digits, (*averaged, HIGH, {}), (*linear(600), DIGITS[2:], {}), TIE, 600, sure=False),
)

NOISES = (
    exact("white", step(200), CONSTANT, HIGHER, 200),
    exact("like the curvature", step(200), CONSTANT, LOWER, 200),
    difference(stream, step(400), CONSTANT, LOWER, 400, STREAM),
    difference(digits, step(400), CONSTANT, LOWER, 400, DIGITS),
    exact("white", cosine(100), to_a_tenth(100, Cosine), HIGHER, 100),
    exact("white", cosine(6400), to_a_tenth(6400, Cosine), HIGHER, 6400),
    exact("like the curvature", cosine(100), to_a_tenth(100, Cosine), HIGHER, 100),
    exact("like the curvature", cosine(6400), to_a_tenth(6400, Cosine), LOWER, 6400, sure=False),
    exact("calm", cosine(100), to_a_tenth(100, Cosine), HIGHER, 100),
    exact("calm", cosine(6400), to_a_tenth(6400, Cosine), LOWER, 6400),
    *(exact("white", cycles(400, n), CONSTANT, says, 400) for n, says in ((1, LOWER), (4, HIGHER))),
    *(
        exact("like the curvature", cycles(400, n), CONSTANT, says, 400)
        for n, says in ((1, LOWER), (4, LOWER), (16, HIGHER))
    ),
    frozen("white", ALL_BUT_TWO),
    greedy("white", HIGHER),
    greedy("like the curvature", HIGHER),
)

EDGE = (
    halved(rising((0.25, 0.5), about(0.11, 0.45), 1500)),
    edge_of_stability(RandomLabels(batch=8), (0.25, 0.5), about(0.83, 0.94), 1500),
    edge_of_stability(RandomLabels(batch=4), (0.25, 0.5), about(0.63, 0.73), 1500),
)

STEPS = (
    difference(digits, dropped(350), dropped(200), HIGHER, 400, [0.04]),
    difference(digits, dropped(200), dropped(400), HIGHER, 800, [0.04]),
    difference(digits, dropped(700), dropped(400), HIGHER, 800, [0.04]),
    difference(stream, dropped(200), dropped(500), HIGHER, 1600, [0.045], sure=False),
    difference(stream, step(400), step(400, 0.5), HIGHER, 400, STREAM),
    difference(stream, step(400), step(400, 0.3), HIGHER, 400, STREAM),
    *(
        difference(stream, step(6400), step(6400, g), says, 6400, STREAM[:3], sure=False, slow=True)
        for g, says in ((0.5, LOWER), (0.3, HIGHER))
    ),
    difference(stream, step(400, 0.5), cosine(400), TIE, 400, STREAM, sure=False),
    difference(digits, step(400, 0.5), cosine(400), TIE, 400, DIGITS, sure=False),
)

TRIANGLES = (
    difference(stream, cycles(400, 4, low=4), CONSTANT, LOWER, 400, STREAM, sure=False),
    difference(
        stream, ("linear to 10 %", to_a_tenth(400, Linear)[1]), cycles(400, 4, low=4), LOWER, 400,
        STREAM,
    ),
    difference(
        stream, ("Smith's decay", lambda p: Linear(p, p / 4, 50) >> Constant(p / 4)),
        cycles(400, 4, low=4), HIGHER, 400, STREAM, sure=False,
    ),
)  # fmt: skip

RISE = (
    lost(
        fragile, clipped(warmup(100)), clipped(linear(100)), about(0, 0), 100, 1.28, 2.0, plain_sgd,
        max_norm=1.0,
    ),
    apart(
        fragile, (*clipped(linear(100)), WARM, {"optimizer": plain_sgd, "max_norm": 1.0}),
        (*warmup(100), COLD, {"optimizer": plain_sgd}), LOWER, 100,
    ),
    difference(
        fragile, clipped(warmup(100)), clipped(linear(100)), TIE, 100, WARM, plain_sgd, sure=False,
        max_norm=1.0,
    ),
    lost(
        Copying(), clipped(warmup(200)), clipped(linear(200)), about(0, 0.5), 200, 0.045,
        Copying.not_learned, Adam(), max_norm=1.0,
    ),
    lost(
        Copying(), ("rise", lambda p: warmup_constant(p, 25)), CONSTANT, about(0, 0), 100, 0.015,
        Copying.not_learned, Adam(),
    ),
    apart(
        Copying(), ("none at its best peak", Constant, (0.01, 0.015), {"optimizer": Adam()}),
        ("rise at 0.045", lambda p: warmup_constant(p, 25), (0.045,), {"optimizer": Adam()}),
        LOWER, 100, sure=False,
    ),
    difference(
        Copying("pre"), ("rise", lambda p: warmup_constant(p, 25)), CONSTANT, HIGHER, 100,
        (0.01, 0.015, 0.02), Adam(), sure=False, slow=True,
    ),
    told_by_sharpness(fragile, about(0.51, 0.62), sure=False),
    *(
        difference(
            Forgetting(),
            (f"10 of warmup at {peak}, momentum {momentum}", lambda p: warmup_linear(p, 10, 200)),
            linear(200), says, 200, [peak], SGD(momentum), sure,
        )
        for peak, momentum, says, sure in (
            (0.01, 0.9, HIGHER, True), (0.12, 0.9, HIGHER, False),
            (0.1, 0.0, NO_HARM, True), (1.2, 0.0, NO_HARM, False),
        )
    ),
)  # fmt: skip

ENDS = (
    *(
        difference(
            stream, ("linear to 0", linear(T)[1]), to_a_tenth(T, Linear), NO_HARM, T, STREAM,
            sure=T > 100,
        )
        for T in (100, 400, 1600)
    ),
    difference(
        digits, ("linear to 0", linear(400)[1]), to_a_tenth(400, Linear), NO_HARM, 400, DIGITS
    ),
    difference(stream, linear(480), cosine(480), TIE, 480, STREAM, sure=False),
    *(
        difference(task, CONSTANT, cosine(2000), says, 2000, CLEAN, sure=False, slow=True)
        for task, says in ((clean, TIE), (TrainingLoss(), LOWER))
    ),
)  # fmt: skip

STOPS, ANY = list(range(60, 481, 20)), np.geomspace(60, 1920, 16).round().astype(int).tolist()
ANYTIME = (
    stopped(stream, inverse_sqrt(), cosine(480), TIE, 480, STOPS, STREAM, sure=False),
    stopped(stream, inverse_sqrt(), cosine(1920), LOWER, 1920, ANY, STREAM[:5]),
    stopped(
        stream, ("SGDR", lambda p: three_cycles(p, 480)), inverse_sqrt(), HIGHER, 480, STOPS, STREAM
    ),
    *(
        halved(snapshot_ensemble(
            digits, lambda p, T=T: three_cycles(p, T), cosine(T), says, T, DIGITS[2:5], sure=False,
            slow=True,
        ))
        for T, says in ((1920, HIGHER), (4800, TIE))
    ),
)  # fmt: skip

SETTLED = PROBLEM + AVERAGING + NOISES + EDGE + STEPS + TRIANGLES + RISE + ENDS + ANYTIME
