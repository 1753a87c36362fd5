"""What the library of tests/faults is told, and what it tells."""

from __future__ import annotations

import mmap
import pathlib
import struct

from lib.server import ROOT

LIBRARY = pathlib.Path(ROOT) / "build/tests/faults/libfaults.so"
_LEFT, _ALLOCATIONS, _REFUSE_READS, _READS_REFUSED = 0, 8, 16, 24


class Faults:
    """The file it shares with the server, in `directory`."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.path = directory / "faults"
        self.path.write_bytes(bytes(32))
        with open(self.path, "r+b") as file:
            self._orders = mmap.mmap(file.fileno(), 32)

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(LIBRARY), "ROOKERY_FAULTS": str(self.path)}

    def _get(self, at: int) -> int:
        return struct.unpack_from("<q", self._orders, at)[0]

    def refuse_allocation(self, number: int) -> None:
        """The number-th from now on fails, once; 0: none."""
        struct.pack_into("<q", self._orders, _LEFT, number)

    def refuse_reads(self, refuse: bool) -> None:
        struct.pack_into("<q", self._orders, _REFUSE_READS, int(refuse))

    @property
    def allocations(self) -> int:
        return self._get(_ALLOCATIONS)

    @property
    def reads_refused(self) -> int:
        return self._get(_READS_REFUSED)

    @property
    def allocation_was_refused(self) -> bool:
        return self._get(_LEFT) <= 0
