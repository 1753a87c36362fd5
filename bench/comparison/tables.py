"""Results as tables in Markdown."""

from __future__ import annotations

from collections.abc import Callable

from .runner import Results

ABSENT = "–"


def number(value: float | None) -> str:
    if value is None:
        return ABSENT
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"


def markdown(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join(["| " + " | ".join(head) + " |", "|---" * len(head) + "|",
                      *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def figures(results: Results, group: str, figure: str, against: list[str],
            shown: Callable[[float | None], str] = number, invert: bool = False) -> str:
    """A row a case, a column a peer; then Rookery divided by each of `against`."""
    peers = results.peers(group)
    head = ["", *peers, *(f"Rookery : {peer}" for peer in against)]
    rows = []
    for case in results.cases(group):
        values = {peer: results.value(group, case, peer, figure) for peer in peers}
        ratios = []
        for peer in against:
            own, other = values.get("Rookery"), values.get(peer)
            ratio = None if not own or not other else (other / own if invert else own / other)
            ratios.append(ABSENT if ratio is None else f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}")
        rows.append([case, *(shown(values[peer]) for peer in peers), *ratios])
    return markdown(head, rows)


def latencies(results: Results, group: str, prefix: str) -> str:
    """Milliseconds: p50 / p99 / p99.9."""
    peers = results.peers(group)
    rows = []
    for case in results.cases(group):
        cells = [case]
        for peer in peers:
            found = [results.value(group, case, peer, f"{prefix}_{q}_us") for q in ("p50", "p99", "p999")]
            cells.append(ABSENT if None in found else " / ".join(f"{v / 1000:.1f}" for v in found))
        rows.append(cells)
    return markdown(["", *peers], rows)


def errors(results: Results) -> str:
    """What could not be measured, and why; what the generator warned of."""
    lines = [f"- {run.peer}, {run.group}, {run.case}: {run.error.splitlines()[-1]}" for run in results.runs if run.error]
    warned = [f"- {run.peer}, {run.group}, {run.case}: {text}" for run in results.runs
              for text in run.figures.get("warnings", [])]
    return "\n".join(dict.fromkeys(lines + warned)) + "\n" if lines or warned else "Everything was measured.\n"
