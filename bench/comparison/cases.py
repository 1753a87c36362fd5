"""Which peers do what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from peers.ejabberd import Ejabberd
from peers.peer import Peer
from peers.prosody import Prosody
from peers.rookery import Floor, Rookery

FLOORS = ("floor", "floor, a write each")
RELAY_PAIRS = 100
QUICK_SECONDS_MAX = 5


@dataclass(frozen=True)
class Case:
    """One run of the load generator. `only`: peers that take part; all others cannot, or it would say nothing."""

    name: str
    words: list[str]
    figure: str = "messages_per_server_cpu_second"
    only: Callable[[str], bool] = lambda name: name not in FLOORS
    seconds: int = 0  # its own, where --seconds says nothing about it
    quick_words: list[str] = field(default_factory=list)  # instead of `words`, for --quick
    words_of: dict[str, list[str]] = field(default_factory=dict)  # added for peers whose name begins so
    timeout_s: float = 180.0

    def arguments(self, name: str, seconds: int, quick: bool) -> list[str]:
        words = [*(self.quick_words if quick and self.quick_words else self.words),
                 *(word for peer, more in self.words_of.items() if name.startswith(peer) for word in more)]
        own = min(self.seconds, QUICK_SECONDS_MAX) if quick else self.seconds
        return [*words, "--existing", "--seconds", str(own or seconds)]


@dataclass(frozen=True)
class Group:
    name: str
    peers: dict[str, Callable[[], Peer]]
    cases: list[Case]
    accounts: int = 2 * RELAY_PAIRS
    repeats: int = 2


def everyone(_: str) -> bool:
    return True


def without_websocket(name: str) -> bool:
    return name != FLOORS[1]


def chats(windows: tuple[int, ...], carriers: tuple[str, ...], only: Callable[[str], bool]) -> list[Case]:
    return [Case(f"chat {carrier} window {window}", ["chat", "--window", str(window), "--via", carrier],
                 only=lambda name, c=carrier: only(name) and (name not in FLOORS or c == "tcp" or
                                                              (c == "starttls" and name == FLOORS[0])))
            for carrier in carriers for window in windows]


def login(name: str, *words: str, only: Callable[[str], bool] = lambda name: name not in FLOORS) -> Case:
    accounts = [] if "--at-once" in words else ["--accounts", "100"]
    return Case(f"login {name}", ["login", *accounts, *words], "logins_per_server_cpu_second", only)


def only_rookery(name: str) -> bool:
    return name == "Rookery"


def plain_only(name: str) -> bool:
    """The floor believes everyone who says PLAIN."""
    return name != FLOORS[1]


LOGINS = [
    login("PLAIN tcp", "--by", "plain", only=plain_only),
    login("PLAIN starttls", "--by", "plain", "--via", "starttls", only=plain_only),
    login("PLAIN starttls, TLS resumed", "--by", "plain", "--via", "starttls", "--tickets",
          only=lambda name: name == FLOORS[0]),
    login("SCRAM tcp", "--by", "scram"),
    login("SCRAM starttls", "--by", "scram", "--via", "starttls"),
    login("SCRAM websocket", "--by", "scram", "--via", "websocket"),
    login("token starttls, TLS resumed", "--by", "token", "--via", "starttls", "--tickets", only=only_rookery),
    login("resume tcp", "--by", "resume"),
    login("SCRAM storm", "--by", "scram", "--at-once", "200"),
]

BOTH_FLOORS = {FLOORS[0]: lambda: Floor("--tls"), FLOORS[1]: lambda: Floor("--write-each")}

GROUPS = [
    Group("relay", {"Rookery": Rookery, "ejabberd": Ejabberd, "Prosody": Prosody, **BOTH_FLOORS},
          chats((1, 16), ("tcp", "starttls", "websocket"), everyone)),
    Group("login", {"Rookery": Rookery, "ejabberd": Ejabberd, "Prosody": Prosody, FLOORS[0]: lambda: Floor("--tls")},
          LOGINS, repeats=1),
    Group("archive", {"Rookery": lambda: Rookery("all"), "ejabberd, PostgreSQL": lambda: Ejabberd("postgresql")},
          chats((16,), ("tcp", "starttls", "websocket"), everyone)),
    # The others answer 1,600 messages under way only after many seconds: fewer of them, for all.
    Group("archive, 5 pairs", {
        "Rookery": lambda: Rookery("all"),
        "ejabberd, PostgreSQL": lambda: Ejabberd("postgresql"),
        "ejabberd, SQLite": lambda: Ejabberd("sqlite"),
        "Prosody, files": lambda: Prosody("internal"),
        "Prosody, SQLite": lambda: Prosody("sqlite"),
    }, [Case("chat tcp, 5 pairs, window 4", ["chat", "--window", "4", "--pairs", "5"], only=everyone)],
          accounts=10, repeats=1),
    Group("history", {
        "Rookery": lambda: Rookery("all"),
        "ejabberd, PostgreSQL": lambda: Ejabberd("postgresql"),
        "Prosody, files": lambda: Prosody("internal"),
    }, [Case("newest 50", ["history", "--accounts", "10", "--messages", "1000"], "pages_per_server_cpu_second")],
          accounts=10, repeats=1),
    Group("presence", {"Rookery": Rookery, "ejabberd": Ejabberd, "Prosody": Prosody},
          [Case("100 users, 20 contacts each", ["presence", "--users", "100", "--contacts", "19"],
                "deliveries_per_server_cpu_second")], accounts=100, repeats=1),
    Group("group", {"ejabberd": Ejabberd, "Prosody": Prosody},
          [Case(f"{n} occupants", ["group", "--occupants", str(n)], "deliveries_per_server_cpu_second")
           for n in (50, 200)], accounts=200, repeats=1),
    # 10,000 users are a day that the others cannot live in bearable time: they get 500, and Rookery both.
    Group("mixed", {
        "Rookery": lambda: Rookery("all"),
        "ejabberd, PostgreSQL": lambda: Ejabberd("postgresql"),
        "Prosody, files": lambda: Prosody("internal"),
    }, [Case("500 users, a day in 60 s", ["mixed", "--users", "500"], "user_hours_per_server_cpu_second",
             seconds=60, quick_words=["mixed", "--users", "50"], timeout_s=240,
             # ejabberd has what waited offline overtaken by what comes live. Prosody, where many sessions are
             # resumed, ends some streams as not well-formed.
             words_of={"ejabberd": ["--count-mistakes"], "Prosody": ["--count-mistakes", "--steady"]})], accounts=500, repeats=1),
    Group("mixed, 10,000 users", {"Rookery": lambda: Rookery("all", filled=10_000)},
          [Case("10,000 users, a day in 60 s", ["mixed", "--users", "10000", "--password", "password"],
                "user_hours_per_server_cpu_second", seconds=60, quick_words=["mixed", "--users", "500", "--password", "password"], timeout_s=300)],
          accounts=0, repeats=1),
    Group("threads", {
        "Rookery, 1 thread": lambda: Rookery(threads=1), "Rookery, 2 threads": lambda: Rookery(threads=2),
        "ejabberd, 1 thread": lambda: Ejabberd(threads=1), "ejabberd, 2 threads": lambda: Ejabberd(threads=2),
    }, chats((16,), ("tcp",), everyone)),
]


@dataclass(frozen=True)
class IdlePeer:
    peer: Callable[[], Peer]
    carriers: tuple[str, ...]
    sessions: list[int] = field(default_factory=lambda: [250, 1000, 2000])


IDLE = {
    "Rookery": IdlePeer(Rookery, ("tcp", "starttls", "websocket")),
    "ejabberd": IdlePeer(Ejabberd, ("tcp", "starttls")),
    "Prosody": IdlePeer(Prosody, ("tcp", "starttls")),
    FLOORS[0]: IdlePeer(lambda: Floor("--tls"), ("tcp", "starttls")),
}
