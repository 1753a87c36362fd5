"""Runs the load generator against peers."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from peers.peer import ROOT, Peer, PeerError
from peers.rookery import Floor

from .cases import Case, Group, IdlePeer

GENERATOR = ROOT / "build/bench/rookery-bench"
TIMEOUT_S = 180.0
WARM_UP_SESSIONS = 100
IDLE_AT_ONCE = 4


@dataclass
class Result:
    group: str
    case: str
    peer: str
    figures: dict = field(default_factory=dict)
    error: str = ""


class Results:
    """All runs; a figure is the median of its repetitions."""

    def __init__(self, runs: list[Result]) -> None:
        self.runs = runs

    def value(self, group: str, case: str, peer: str, figure: str) -> float | None:
        found = [run.figures[figure] for run in self.runs
                 if (run.group, run.case, run.peer) == (group, case, peer) and figure in run.figures]
        return statistics.median(found) if found else None

    def cases(self, group: str) -> list[str]:
        return list(dict.fromkeys(run.case for run in self.runs if run.group == group))

    def peers(self, group: str) -> list[str]:
        return list(dict.fromkeys(run.peer for run in self.runs if run.group == group))

    def dump(self) -> str:
        return "[\n" + ",\n".join(json.dumps(asdict(run)) for run in self.runs) + "\n]\n"

    @staticmethod
    def parse(text: str) -> "Results":
        return Results([Result(**run) for run in json.loads(text)])


def generate(peer: Peer, words: list[str], timeout_s: float = TIMEOUT_S) -> dict:
    """The figures, or an error as text under 'error'."""
    where = ["--port", str(peer.port), "--http-port", str(peer.http_port), "--json",
             *(word for pid in peer.pids for word in ("--pid", str(pid)))]
    if isinstance(peer, Floor):
        where += ["--plain"]  # it believes everyone, and knows nobody
    try:
        done = subprocess.run([str(GENERATOR), *words, *where], capture_output=True, text=True,
                              check=False, timeout=timeout_s)
    except subprocess.TimeoutExpired:
        return {"error": f"not done after {timeout_s:.0f} s"}
    if done.returncode != 0:
        return {"error": done.stderr.strip()[-500:]}
    return json.loads(done.stdout)


def register(peer: Peer, accounts: int) -> None:
    if isinstance(peer, Floor) or accounts == 0:
        return
    answer = generate(peer, ["register", "--accounts", str(accounts)], 600)
    if "error" in answer:
        raise RuntimeError(f"{peer.name}: {answer['error']}\n{peer.log_tail()}")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run_case(group: Group, case: Case, name: str, peer: Peer, seconds: int, quick: bool) -> Result:
    figures = generate(peer, case.arguments(name, seconds, quick), case.timeout_s)
    error = str(figures.pop("error", ""))
    value = figures.get(case.figure)
    say(f"  {group.name:<16} {case.name:<32} {name:<24} {error if value is None else f'{value:,.0f}'}")
    return Result(group.name, case.name, name, figures, error)


def begin(stack: contextlib.ExitStack, group: Group) -> tuple[dict[str, Peer], dict[str, str]]:
    """The peers that live and have their accounts, and what is wrong with the others."""
    peers, problems = {}, {}

    def failed(name: str, error: Exception) -> None:
        problems[name] = str(error)
        say(f"  {group.name:<16} {name}: {error}")

    for name, make in group.peers.items():  # on this thread: a peer ends with the thread that started it
        try:
            peers[name] = stack.enter_context(make())
        except (PeerError, OSError, subprocess.SubprocessError) as error:
            failed(name, error)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        registered = {name: pool.submit(register, peer, group.accounts) for name, peer in peers.items()}
    for name, future in registered.items():
        try:
            future.result()
        except RuntimeError as error:
            failed(name, error)
            del peers[name]
    return peers, problems


def run_group(group: Group, seconds: int, repeats: int, quick: bool) -> list[Result]:
    """What fails is a result, too; the others go on."""
    found = []
    with contextlib.ExitStack() as stack:
        peers, problems = begin(stack, group)
        for _ in range(repeats):
            for case in group.cases:
                for name in filter(case.only, group.peers):
                    found.append(run_case(group, case, name, peers[name], seconds, quick) if name in peers
                                 else Result(group.name, case.name, name, {}, problems[name]))
    return found


def run_idle(name: str, idle: IdlePeer, carrier: str, settle_s: int, sessions: list[int]) -> list[Result]:
    """A peer of its own for each carrier; started anew for each number of sessions."""
    found = []
    with idle.peer() as peer:
        register(peer, WARM_UP_SESSIONS + max(sessions))
        for count in sessions:
            peer.restart()
            figures = generate(peer, ["idle", "--existing", "--via", carrier, "--sessions", str(count),
                                      "--settle", str(settle_s)], 900)
            error = str(figures.pop("error", ""))
            say(f"  idle {count:>6} {carrier:<10} {name:<10} "
                f"{error or format(figures['anonymous_bytes_per_session'], ',.0f')}")
            found.append(Result("idle", f"{carrier} {count}", name, figures, error))
    return found


def run_all_idle(peers: dict[str, IdlePeer], settle_s: int, quick: bool) -> list[Result]:
    """Several at the same time: memory does not mind. One that fails is told, and the others go on."""
    found = []
    jobs = [(name, idle, carrier) for name, idle in peers.items() for carrier in idle.carriers]
    with concurrent.futures.ThreadPoolExecutor(IDLE_AT_ONCE) as pool:
        runs = {(name, carrier): pool.submit(run_idle, name, idle, carrier, settle_s,
                                             [100] if quick else idle.sessions)
                for name, idle, carrier in jobs}
        for (name, carrier), run in runs.items():
            try:
                found += run.result()
            except (RuntimeError, PeerError) as error:
                found.append(Result("idle", f"{carrier} 0", name, {}, str(error)))
    return found
