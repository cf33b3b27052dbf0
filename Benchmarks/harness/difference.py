"""Costs per request as the difference of two runs, so that start, connecting and warm-up cancel out."""

import sys


def measure(name, count, rows, fewer, more, rounds):
    """`count(row, requests)` gives the cost of a whole run; `name` is what the figure is called."""
    samples = {row: [] for row in rows}
    for number in range(1, rounds + 1):
        for row in rows:
            low, high = (count(row, int(requests * row.scale)) for requests in (fewer, more))
            samples[row].append({name: (high - low) / ((more - fewer) * row.scale)})
        print(f"round {number} of {rounds} done", file=sys.stderr)
    return samples
