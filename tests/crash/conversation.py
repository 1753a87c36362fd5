"""What two people have said to each other, and what must be true of it whatever happened meanwhile."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


def message_id(sender: str, number: int) -> str:
    return f"{sender}#{number}"


@dataclass
class Conversation:
    """One direction: `sender` numbers its messages from 1. Names are bare JIDs."""

    sender: str
    receiver: str
    sent: int = 0
    acknowledged: set[int] = field(default_factory=set)
    arrived: list[int] = field(default_factory=list)  # each number once, as it first came
    stanza_ids: dict[int, str] = field(default_factory=dict)
    repeats: int = 0
    wrong: list[str] = field(default_factory=list)

    def next_id(self) -> str:
        self.sent += 1
        return message_id(self.sender, self.sent)

    def number_of(self, ident: str | None) -> int | None:
        """None for what is not a message of this conversation."""
        sender, _, number = (ident or "").partition("#")
        return int(number) if sender == self.sender and number.isdigit() else None

    def note_arrival(self, number: int, stanza_id: str | None) -> None:
        """The receiver was handed message `number`; a repeat must carry the id it had before."""
        if stanza_id is None:
            self.wrong.append(f"{self}: {number} came without a stanza-id")
            return
        before = self.stanza_ids.get(number)
        if before is not None:
            self.repeats += 1
            if before != stanza_id:
                self.wrong.append(f"{self}: {number} came as {before}, and again as {stanza_id}")
            return
        self.stanza_ids[number] = stanza_id
        if self.arrived and number < self.arrived[-1]:
            self.wrong.append(f"{self}: {number} came after {self.arrived[-1]}")
        self.arrived.append(number)

    def everything_arrived(self) -> bool:
        return len(self.arrived) == self.sent

    def check_archive(self, owner: str, found: list[tuple[int, str]]) -> list[str]:
        """`found` are (number, archive id) in the order of `owner`'s archive, from the first on."""
        numbers = [number for number, _ in found]
        wrong = []
        for number, times in sorted(Counter(numbers).items()):
            if times > 1:
                wrong.append(f"{self}: {number} is {times} times in {owner}'s archive")
        if lost := sorted(self.acknowledged - set(numbers)):
            wrong.append(f"{self}: acknowledged, and not in {owner}'s archive: {lost}")
        if missing := sorted(set(range(1, self.sent + 1)) - set(numbers) - self.acknowledged):
            wrong.append(f"{self}: sent until acknowledged, and not in {owner}'s archive: {missing}")
        for before, after in zip(numbers, numbers[1:]):
            if after < before:
                wrong.append(f"{self}: {after} follows {before} in {owner}'s archive")
        if owner == self.receiver:
            for number, ident in found:
                if self.stanza_ids.get(number, ident) != ident:
                    wrong.append(f"{self}: {number} came as {self.stanza_ids[number]}, "
                                 f"and is {ident} in the archive")
        return wrong

    def __str__(self) -> str:
        return f"{self.sender} to {self.receiver}"
