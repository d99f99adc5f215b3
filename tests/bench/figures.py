"""What a row finds out, and how two things are compared: in turn, the order changing with each pair, told as medians."""
import dataclasses
import json
import statistics
import sys


@dataclasses.dataclass
class Figure:
    """`limit` is the goal: at most so much, or at least so much where `at_least` says so. None: it is told for comparison."""

    row: str
    what: str
    measured: float
    limit: float | None
    unit: str = ""
    at_least: bool = False
    details: dict = dataclasses.field(default_factory=dict)

    @property
    def reached(self):
        if self.limit is None:
            return None
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    def cells(self):
        unit = f" {self.unit}" if self.unit else ""
        goal = "" if self.limit is None else f"{'>=' if self.at_least else '<='} {self.limit:g}{unit}"
        return self.what, f"{shown(self.measured)}{unit}", goal, {True: "yes", False: "no", None: ""}[self.reached]

    def json(self):
        return json.dumps({"row": self.row, "what": self.what, "measured": self.measured, "unit": self.unit,
                           "goal": ("at least" if self.at_least else "at most"), "limit": self.limit,
                           "reached": self.reached, **self.details})


def shown(value):
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def table(figures):
    rows = [("what", "measured", "goal", "reached"), *(figure.cells() for figure in figures)]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    rows.insert(1, tuple("-" * width for width in widths))
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows)


def say(text):
    """Progress; the figures alone go to standard output."""
    print(text, file=sys.stderr, flush=True)


def in_turn(pairs, one, other, about):
    """[(what `one` gave, what `other` gave)]: who comes first changes, so that a drift of the machine favours neither."""
    rows = []
    for i in range(pairs):
        if i % 2 == 0:
            first, second = one(), other()
        else:
            second, first = other(), one()
        rows.append((first, second))
        say(f"  {about} {i + 1}/{pairs}: {short(first)} {short(second)}")
    return rows


def short(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {short(part)}" for name, part in value.items()) + "}"
    return f"{statistics.median(value) if isinstance(value, list) else value:.6g}"


def spread(values):
    """For the details of a figure."""
    return {"min": round(min(values), 4), "median": round(statistics.median(values), 4), "max": round(max(values), 4)}


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
