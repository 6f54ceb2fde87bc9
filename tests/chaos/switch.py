"""Network namespaces joined by a switch of our own, which delays, loses and cuts: kernels are often built without the means for it.

Each namespace has one device whose packets this process carries. Nothing else is connected to it: no packet leaves the machine."""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import os
import random
import selectors
import struct
import subprocess
import threading
import time
from collections.abc import Iterable

from tests.chaos.faults import NotHere

_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_CLONE_NEWNET = 0x40000000
NETWORK = "10.77.0."


class Switch:
    """Namespaces by role, numbered from 1: role n has the address 10.77.0.n. Raises NotHere where namespaces are not allowed."""

    def __init__(self, roles: Iterable[str], seed: int) -> None:
        self.delay, self.loss = 0.0, 0.0
        self.cut: set[frozenset[str]] = set()
        self.carried = self.lost = 0
        self._chance = random.Random(seed)
        self._names = {role: f"chaos-{os.getpid()}-{role}" for role in roles}
        self._place = {role: number for number, role in enumerate(self._names, 1)}
        self._files: dict[str, int] = {}
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        try:
            for role, name in self._names.items():
                _ip("netns", "add", name)
                self._files[role] = _device(name)
                _ip("-n", name, "link", "set", "lo", "up")
                _ip("-n", name, "addr", "add", f"{self.address(role)}/24", "dev", "line")
                _ip("-n", name, "link", "set", "line", "up")
        except BaseException:
            self.close()
            raise
        self._thread.start()

    def address(self, role: str) -> str:
        return f"{NETWORK}{self._place[role]}"

    def within(self, role: str) -> list[str]:
        """What a command begins with to run in the role's namespace."""
        return ["ip", "netns", "exec", self._names[role]]

    def close(self) -> None:
        self._ends.set()
        if self._thread.is_alive():
            self._thread.join(5)
        for file in self._files.values():
            os.close(file)
        for name in self._names.values():
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)

    def _carry(self) -> None:
        """Take each packet, and give it to whom it is for when its time has come."""
        roles = {f"{NETWORK}{place}": role for role, place in self._place.items()}
        waiting: list[tuple[float, int, int, bytes]] = []
        number = 0
        with selectors.DefaultSelector() as ready:
            for role, file in self._files.items():
                ready.register(file, selectors.EVENT_READ, role)
            while not self._ends.is_set():
                pause = max(0.0, min(0.05, waiting[0][0] - time.monotonic())) if waiting else 0.05
                for key, _ in ready.select(pause):
                    packet = os.read(key.fd, 65_535)
                    to = roles.get(".".join(map(str, packet[16:20]))) if packet[0] >> 4 == 4 else None
                    if to is None:
                        continue
                    if frozenset((key.data, to)) in self.cut or self._chance.random() < self.loss:
                        self.lost += 1
                        continue
                    number += 1
                    heapq.heappush(waiting, (time.monotonic() + self.delay, number, self._files[to], packet))
                while waiting and waiting[0][0] <= time.monotonic():
                    _, _, file, packet = heapq.heappop(waiting)
                    os.write(file, packet)
                    self.carried += 1


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, check=False)
    if done.returncode:
        raise NotHere("network namespaces cannot be made here")


def _device(namespace: str) -> int:
    """The file of a new device `line` within a namespace, made by a thread that enters it and ends."""
    found: list[int] = []

    def enter() -> None:
        with open(f"/run/netns/{namespace}", "rb") as place:
            if ctypes.CDLL(None, use_errno=True).setns(place.fileno(), _CLONE_NEWNET):
                return
        file = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(file, _TUNSETIFF, struct.pack("16sH22x", b"line", _IFF_TUN | _IFF_NO_PI))
        os.set_blocking(file, False)
        found.append(file)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    if not found:
        raise NotHere("devices cannot be made here")
    return found[0]
