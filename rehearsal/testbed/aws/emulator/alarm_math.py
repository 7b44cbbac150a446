"""Evaluates alarms: sums of metrics, periods, M of N, and what a missing period counts for.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

Series = list[float | None]
TERM = re.compile(r"^(?:FILL\(\s*(?P<filled>\w+)\s*,\s*(?P<value>-?[\d.]+)\s*\)|(?P<plain>\w+))$")

BREACHES: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


class NotUnderstood(ValueError):
    """An expression that is more than a sum of metrics and FILLs."""


def terms_of(expression: str) -> list[tuple[str, float | None]]:
    """`FILL(m0, 0) + m1` as [(m0, 0.0), (m1, None)]. @raises NotUnderstood"""
    terms = []
    for text in expression.split("+"):
        match = TERM.match(text.strip())
        if not match:
            raise NotUnderstood(f"metric math: only sums of metrics and FILL(metric, number), not {expression!r}")
        filled, value, plain = match.group("filled"), match.group("value"), match.group("plain")
        terms.append((filled or plain, float(value) if filled else None))
    return terms


def add(terms: Iterable[tuple[str, float | None]], series: dict[str, Series]) -> Series:
    filled = [[fill if value is None else value for value in series[name]] for name, fill in terms]
    return [None if any(value is None for value in point) else sum(point) for point in zip(*filled, strict=True)]


def state_of(alarm: dict[str, Any], series: Series) -> str | None:
    """ALARM, OK or INSUFFICIENT_DATA for the periods of one evaluation; None when the state stays as it is."""
    missing = alarm.get("TreatMissingData", "missing")
    known = [value for value in series if value is not None]
    if not known and missing == "ignore":
        return None
    if not known and missing == "missing":
        return "INSUFFICIENT_DATA"
    breaches = BREACHES[alarm["ComparisonOperator"]]
    count = sum(breaches(value, alarm["Threshold"]) for value in known)
    if missing == "breaching":
        count += len(series) - len(known)
    needed = int(alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"])
    # With fewer periods known than needed, those that are known decide.
    if missing == "missing":
        needed = min(needed, len(known))
    return "ALARM" if count >= needed else "OK"
