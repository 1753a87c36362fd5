"""Figures to be reached, each as a ratio or a bound, and what a run says about them."""

from __future__ import annotations

from dataclasses import dataclass

from .cases import FLOORS
from .runner import Results
from .tables import markdown, number

MESSAGES = "messages_per_server_cpu_second"
LOGINS = "logins_per_server_cpu_second"
MEMORY = "anonymous_bytes_per_session"


@dataclass(frozen=True)
class Target:
    what: str
    value: float | None
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    hindrance: str = ""  # what is in the way where it is missed

    def row(self) -> list[str]:
        bound = f"≥ {number(self.at_least)}" if self.at_least is not None else f"≤ {number(self.at_most)}"
        return [self.what, f"{bound} {self.unit}".strip(), number(self.value), self.verdict()]

    def verdict(self) -> str:
        if self.value is None:
            return "not measured"
        if self.at_least is not None:
            missing = 1 - self.value / self.at_least
        else:
            missing = self.value / (self.at_most or 1) - 1
        if missing <= 0:
            return "reached"
        return f"**missed by {missing:.0%}**. {self.hindrance}".strip()


def ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one and other else None


def targets(results: Results) -> list[Target]:
    def relay(case: str, peer: str = "Rookery") -> float | None:
        return results.value("relay", case, peer, MESSAGES)

    def better_peer(case: str) -> float | None:
        known = [value for value in (relay(case, "ejabberd"), relay(case, "Prosody")) if value]
        return max(known) if known else None

    def login_ms(case: str, peer: str = "Rookery") -> float | None:
        rate = results.value("login", f"login {case}", peer, LOGINS)
        return 1000 / rate if rate else None

    def idle(carrier: str) -> float | None:
        sessions = max((int(case.split()[1]) for case in results.cases("idle") if case.startswith(carrier)), default=0)
        return results.value("idle", f"{carrier} {sessions}", "Rookery", MEMORY)

    scram, floor_login = login_ms("SCRAM starttls"), login_ms("PLAIN starttls", FLOORS[0])
    above_handshake = scram - floor_login if scram and floor_login else None
    archive = results.value("archive", "chat tcp window 16", "Rookery", MESSAGES)
    archive_rate = results.value("archive", "chat tcp window 16", "Rookery", "messages_per_second")
    resumed = login_ms("PLAIN starttls, TLS resumed", FLOORS[0])
    resumed_text = (f"The floor needs {resumed:.2f} ms for the connection and the resumed handshake alone." if resumed
                    else "Nearly all of it is the TLS library's.")
    one, sixteen = "chat tcp window 1", "chat tcp window 16"
    tls_one, tls_sixteen = "chat starttls window 1", "chat starttls window 16"
    return [
        Target("chat, window 1, share of the floor", ratio(relay(one), relay(one, FLOORS[0])), "", at_least=0.6,
               hindrance="The rest is the server's own work on a message: see the profile below."),
        Target("chat, window 16, share of the floor that writes each message",
               ratio(relay(sixteen), relay(sixteen, FLOORS[1])), "", at_least=0.6),
        Target("chat, window 16, share of the floor that writes in batches",
               ratio(relay(sixteen), relay(sixteen, FLOORS[0])), "", at_least=0.6,
               hindrance="Sixteen messages share one read and one write there, so next to nothing is left for the "
                         "floor to do; a message that is read, checked and addressed cannot be as cheap as a copy "
                         "of its bytes."),
        Target("chat with STARTTLS, window 1, times the better peer", ratio(relay(tls_one), better_peer(tls_one)), "",
               at_least=8),
        Target("chat with STARTTLS, window 16, times the better peer",
               ratio(relay(tls_sixteen), better_peer(tls_sixteen)), "", at_least=8),
        Target("chat with archive, durable against power loss, window 16", archive, "messages/CPU s", at_least=60_000,
               hindrance="See the profile below."),
        Target("the same, wall clock", archive_rate, "messages/s", at_least=50_000,
               hindrance="Generator, server and everything else on the machine share two cores, and each group "
                         "of messages waits for the disk."),
        Target("memory per idle session, plain", idle("tcp"), "bytes", at_most=2500),
        Target("memory per idle session, TLS", idle("starttls"), "bytes", at_most=18_000),
        Target("login by SCRAM, plain", login_ms("SCRAM tcp"), "ms CPU", at_most=0.15),
        Target("login by SCRAM with a full TLS handshake, above what the floor needs with the same handshake",
               above_handshake, "ms CPU", at_most=0.15),
        Target("login by token with resumed TLS", login_ms("token starttls, TLS resumed"), "ms CPU", at_most=0.4,
               hindrance=resumed_text),
    ]


def table(results: Results) -> str:
    return markdown(["figure", "wanted", "measured", ""], [target.row() for target in targets(results)])
