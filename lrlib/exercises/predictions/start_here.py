"""Lesson 00, start here: what is asked before it is shown, and what is recalled."""

from ...widgets import predict


largest_rate = predict(
    "A run on this bowl may take as many updates as it likes. Below which rate does it converge?",
    {
        "0.125": "That is 1/8: there the steep direction lands on the minimum in one update. A larger "
        "rate jumps over the minimum, and still ends nearer to it than it began.",
        "0.25": "Each update multiplies x₂ by 1 − 8η. At 0.25 that is −1: the run jumps from wall to wall "
        "forever. Below it comes nearer, above it is thrown out.",
        "1": "That is the best rate for the flat direction alone, which it brings to the minimum at once. "
        "But both directions get the same rate, and the steep one was thrown out long before.",
        "2": "That is the limit of the flat direction alone, 2/1. The steep direction has its own, and it "
        "is lower.",
    },
    right="0.25",
    sentence="Twelve updates, seen from above: 0.02 creeps, 0.22 jumps from wall to wall and "
    "comes nearer, 0.28 jumps from wall to wall and is thrown out: it diverges.",
)


wrong_winners = predict(
    "You train one network with each schedule, from different seeds. In how many of 100 such "
    "comparisons does the constant rate look better than the cosine?",
    {
        (0, 3): "If all runs were alike, a loss a third higher would show every time. Runs are not alike.",
        (3, 12): "That is what pairing brings it down to when every seed is a problem of its own; without "
        "it, hard and easy problems are compared with each other.",
        (12, 35): "A difference of a third is large, and the seeds differ by almost as much.",
        (35, 100): "So bad would be almost a coin flip. That comes when two schedules are nearly equal.",
    },
    right=21,
    unit="of 100",
    sentence="A dot is a seed. Red, below the diagonal: the constant rate looks better. Left "
    "the dots follow the diagonal, from easy problems to hard ones; right they "
    "hardly do.",
)
