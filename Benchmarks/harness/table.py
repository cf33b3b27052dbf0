"""Medians with minimum and maximum, as a Markdown table."""

from statistics import median

COLUMNS = {
    "cpu_per_10k": ("CPU s / 10,000", lambda value: f"{value:.3f}" if value >= 0.01 else f"{value:.5f}"),
    "rps": ("rps", "{:,.0f}".format),
    "switches": ("context switches / request", "{:.2f}".format),
    "max_rss_mb": ("max RSS MB", "{:.1f}".format),
    "private_mb": ("of that private MB", "{:.1f}".format),
    "others": ("others on the core", "{:.0%}".format),
    "instructions": ("instructions / request", "{:,.0f}".format),
    "allocations": ("allocations / request", "{:.2f}".format),
}


def summarize(samples):
    """Per row: name of the figure -> median, min and max."""
    return [
        {
            "row": row.name,
            "concurrency": row.concurrency,
            "samples": values,
            **{
                key: dict(zip(("median", "min", "max"), _spread([value[key] for value in values])))
                for key in values[0]
            },
        }
        for row, values in samples.items()
    ]


def render(summaries):
    keys = [key for key in COLUMNS if any(key in summary for summary in summaries)]
    lines = [
        "| row | C | " + " | ".join(COLUMNS[key][0] for key in keys) + " |",
        "|---|---|" + "---|" * len(keys),
    ]
    for summary in summaries:
        cells = [_cell(summary[key], COLUMNS[key][1]) if key in summary else "–" for key in keys]
        lines.append(f"| {summary['row']} | {summary['concurrency']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(spread, style):
    middle, low, high = (style(spread[key]) for key in ("median", "min", "max"))
    return middle if low == high else f"{middle} ({low}–{high})"


def _spread(values):
    return median(values), min(values), max(values)
