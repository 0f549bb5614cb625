"""How the benchmarks time: alternatives in turn, several rounds, the best of each."""

import time


def interleaved(calls, rounds=7):
    """Seconds of processor time: a dict from a name to the best of `rounds`, taken in turn."""
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.process_time()
            call()
            best[name] = min(best[name], time.process_time() - start)
    return best


def ratio(ours, theirs):
    """'12 x' for a speed-up, to two digits."""
    return f"{theirs / ours:.2g} ×" if theirs / ours < 10 else f"{theirs / ours:.0f} ×"
