"""Writes docs/performance.md and its plots from the results."""

from __future__ import annotations

import datetime
import os
import pathlib
import platform
import re
import subprocess

from peers.peer import ROOT

from . import tables, targets
from .plot import Line, plot
from .runner import Results

DOCS = ROOT / "docs"
PACKAGES = ("ejabberd", "erlang-base", "prosody", "lua5.4", "postgresql-15", "libssl3")

HEAD = """# Performance

Rookery beside ejabberd and Prosody, as Debian packages them, and beside a *floor* (`bench/floor`) that does only the system
calls for the same traffic. Written by `bench/compare` on {date}; everything between here and the end can be made again with

    bench/compare             # 20 to 40 minutes
    bench/compare --quick     # about 8, for a look

**The machine.** {machine}

**How.** All servers of a table live at the same time and take turns, case by case; a figure is the median of {repeats} rounds of {seconds} s.
100 pairs write to each other in stanzas of 100 bytes (longer where the addresses alone are), a sender having at most *window*
messages under way. What counts is **work per second of computing time** of the server's processes, a database included, in user and
kernel mode: other programs on the machine disturb it least. Configurations are in `bench/peers/`. Scenarios are explained in `bench/README.md`.

**What does not compare exactly.** Rookery's figures with an archive are with `fdatasync` before a message is acknowledged or delivered;
ejabberd's SQL insert is synchronous, too; Prosody's own files are not synced at all. Prosody uses one core. Passwords are kept as SCRAM keys
everywhere (4,096 rounds), so PLAIN costs each server the hashing. Debian's versions of ejabberd and Prosody have no SASL 2 and no tokens (XEP-0484).
"""


def version(package: str) -> str:
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True, check=False)
    return done.stdout or "missing"


def machine() -> str:
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text())
    gigabytes = int(memory.group(1)) / 2 ** 20 if memory else 0
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (f"{os.cpu_count()} cores ({model.group(1) if model else 'unknown'}), {gigabytes:.0f} GB, Linux "
            f"{platform.release()}, loopback; load average {os.getloadavg()[0]:.1f} when this was written. {packages}.")


def idle_lines(results: Results, carrier: str) -> list[Line]:
    lines = []
    for peer in results.peers("idle"):
        points = []
        for case in results.cases("idle"):
            kind, count = case.split()
            value = results.value("idle", case, peer, "anonymous_bytes_per_session")
            if kind == carrier and value:
                points.append((float(count), value * float(count)))
        if points:
            lines.append(Line(peer, points))
    return lines


def thread_lines(results: Results) -> list[Line]:
    lines = {}
    for peer in results.peers("threads"):
        name, threads = peer.split(", ")
        value = results.value("threads", "chat tcp window 16", peer, "messages_per_second")
        if value:
            lines.setdefault(name, []).append((float(threads.split()[0]), value))
    return [Line(name, points) for name, points in lines.items()]


def write_plots(results: Results) -> list[str]:
    """The names of those for which there are results."""
    folder = DOCS / "performance"
    folder.mkdir(exist_ok=True)
    written = []
    for carrier, title in (("tcp", "Memory of idle sessions, plain"), ("starttls", "Memory of idle sessions, TLS")):
        lines = idle_lines(results, carrier)
        if lines:
            ticks = sorted({x for line in lines for x, _ in line.points})
            (folder / f"memory-{carrier}.svg").write_text(
                plot(title, "sessions", "bytes above those of 100 sessions", lines, ticks))
            written.append(f"![{title}](performance/memory-{carrier}.svg)")
    lines = thread_lines(results)
    if lines:
        title = "Messages per second, window 16, no archive"
        (folder / "cores.svg").write_text(
            plot(title, "threads (the generator needs a share of the same cores)", "messages/s", lines, [1, 2]))
        written.append(f"![{title}](performance/cores.svg)")
    return written


def kilobytes(value: float | None) -> str:
    return tables.ABSENT if value is None else f"{value / 1000:,.1f} kB"


def megabytes(value: float | None) -> str:
    return tables.ABSENT if value is None else f"{value / 1e6:,.0f} MB"


def seconds_late(value: float | None) -> str:
    return tables.ABSENT if value is None else f"{value / 1000:,.1f} s"


def milliseconds(value: float | None) -> str:
    return tables.ABSENT if not value else f"{1000 / value:.3f} ms"


def sections(results: Results) -> list[str]:
    work, logins = targets.MESSAGES, targets.LOGINS
    table, latency = tables.figures, tables.latencies

    def others(group: str) -> list[str]:
        return [peer for peer in results.peers(group) if peer != "Rookery"]

    return [
        "## What was to be reached\n", targets.table(results),
        "## Chat without archive\n\nMessages per CPU-second of the server.\n",
        table(results, "relay", work, ["ejabberd", "Prosody", "floor", "floor, a write each"]),
        "Messages per second by the clock, with the generator on the same two cores:\n",
        table(results, "relay", "messages_per_second", ["ejabberd", "Prosody"]),
        "Latency in ms at full load (it is mostly the queue), p50 / p99 / p99.9:\n", latency(results, "relay", "latency"),
        "## Chat with archive\n\nMessages per CPU-second of the server and its database; then per second.\n",
        table(results, "archive", work, others("archive")),
        table(results, "archive", "messages_per_second", others("archive")),
        latency(results, "archive", "latency"),
        "With 20 messages under way in all, which every server can answer:\n",
        table(results, "archive, 5 pairs", work, others("archive, 5 pairs")),
        table(results, "archive, 5 pairs", "messages_per_second", others("archive, 5 pairs")),
        latency(results, "archive, 5 pairs", "latency"),
        "## History\n\nPages of the newest 50 per CPU-second; latency of a page in ms, p50 / p99 / p99.9. Ten accounts with 200 "
        "messages each: the others cannot be filled with many in reasonable time. Rookery's large stores are below.\n",
        table(results, "history", "pages_per_server_cpu_second", others("history")),
        latency(results, "history", "page"),
        "## Presence\n\nDeliveries of changed presence to contacts per CPU-second; latency in ms.\n",
        table(results, "presence", "deliveries_per_server_cpu_second", others("presence")),
        latency(results, "presence", "delivery"),
        "## A day in the life\n\nSimulated hours of one user that a CPU-second of the server and its database carries; what a user "
        "does in its day is in `bench/README.md`. ejabberd and Prosody get 500 users: 10,000 would take them longer than anyone waits.\n",
        table(results, "mixed", "user_hours_per_server_cpu_second", others("mixed")),
        table(results, "mixed, 10,000 users", "user_hours_per_server_cpu_second", []),
        "Most memory that the server held, resident, in MB:\n",
        table(results, "mixed", "resident_bytes_peak", [], megabytes),
        table(results, "mixed, 10,000 users", "resident_bytes_peak", [], megabytes),
        "From writing a message to having it, in ms, p50 / p99 / p99.9, a day passing in a minute; then how late, at most, a user "
        "signed in or out because the server could not follow, in s:\n",
        latency(results, "mixed", "delivery"), latency(results, "mixed, 10,000 users", "delivery"),
        table(results, "mixed", "behind_ms", [], seconds_late), table(results, "mixed, 10,000 users", "behind_ms", [], seconds_late),
        "## Rooms\n\nDeliveries per CPU-second, four occupants writing. Rookery has no rooms yet.\n",
        table(results, "group", "deliveries_per_server_cpu_second", []), latency(results, "group", "delivery"),
        "## Signing in\n\nComputing time of a login, TLS handshake included where there is one; ratios are other : Rookery.\n",
        table(results, "login", logins, ["ejabberd", "Prosody", "floor"], milliseconds),
        "Latency in ms, p50 / p99 / p99.9 (64 at a time; all 200 in the storm):\n", latency(results, "login", "login"),
        "## Memory of idle sessions\n\nGrowth of the server's own memory per session, beyond the first 100; "
        "roster fetched, presence sent. Ratios are other : Rookery.\n",
        table(results, "idle", targets.MEMORY, ["ejabberd", "Prosody", "floor"], kilobytes, invert=True),
        "\n".join(write_plots(results)) + "\n",
        "## Cores\n", table(results, "threads", "messages_per_second", []), table(results, "threads", work, []),
        "## What could not be measured, and warnings\n", tables.errors(results),
    ]


def write(results: Results, seconds: int, repeats: int) -> pathlib.Path:
    """What stands below the marker was written by hand, and is kept."""
    path = DOCS / "performance.md"
    marker = "<!-- Below: by hand. -->\n"
    by_hand = path.read_text().partition(marker)[2] if path.exists() else ""
    head = HEAD.format(date=datetime.date.today().isoformat(), machine=machine(), seconds=seconds, repeats=repeats)
    path.write_text("\n".join([head, *sections(results), marker]) + by_hand)
    return path
