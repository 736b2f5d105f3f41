"""Servers that name themselves and their caller, callers, and connections that stay open."""

import contextlib
import selectors
import socket
import threading
from types import TracebackType
from typing import Self

from tests.support.guest_lab.netns import Namespace

PORT = 8000
SO_BINDTODEVICE = 25
AN_ANSWER = 3.0
"""Seconds within which a server answers on a busy machine."""
SILENCE = 0.35
"""Seconds without an answer after which a path is taken for cut."""


class Servers:
    """One thread that serves all namespaces of a lab: a greeting, then an echo."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._stop, stopped = socket.socketpair()
        self._selector.register(stopped, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def add(self, namespace: Namespace, name: str, port: int = PORT) -> None:
        """Let ``name`` answer at every address of the namespace, IPv4 and IPv6."""
        listener = namespace.socket(socket.AF_INET6)
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("::", port))
        listener.listen(64)
        self._selector.register(listener, selectors.EVENT_READ, name)

    def close(self) -> None:
        """End the thread, and close every socket."""
        self._stop.close()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr] # all of them are sockets
        self._selector.close()

    def _serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                self._answer(key.fileobj, key.data)  # type: ignore[arg-type]

    def _answer(self, ready: socket.socket, name: str) -> None:
        if name:
            caller, address = ready.accept()
            self._selector.register(caller, selectors.EVENT_READ, "")
            said = f"{name} saw {address[0].removeprefix('::ffff:')}".encode()
        else:
            caller, said = ready, b""
            with contextlib.suppress(OSError):
                said = ready.recv(100)
        with contextlib.suppress(OSError):
            if said:
                caller.sendall(said)
                return
        self._selector.unregister(caller)
        caller.close()


class Connection:
    """A TCP connection that is kept open."""

    def __init__(
        self,
        namespace: Namespace,
        to: str,
        *,
        source: str = "",
        device: str = "",
        port: int = PORT,
        patience: float = AN_ANSWER,
    ) -> None:
        self._socket = namespace.socket(socket.AF_INET6 if ":" in to else socket.AF_INET)
        try:
            if device:
                self._socket.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, device.encode() + b"\0")
            self._socket.settimeout(patience)
            if source:
                self._socket.bind((source, 0))
            self._socket.connect((to, port))
            self.greeting = self._socket.recv(200).decode()
        except OSError:
            self._socket.close()
            raise

    def alive(self, patience: float = AN_ANSWER) -> bool:
        """Return whether the other side still answers."""
        try:
            self._socket.settimeout(patience)
            self._socket.sendall(b"still there?")
            return bool(self._socket.recv(100))
        except OSError:
            return False

    def close(self) -> None:
        """Close it without waiting for the other side."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def ask(
    namespace: Namespace,
    to: str,
    *,
    source: str = "",
    device: str = "",
    port: int = PORT,
    patience: float = AN_ANSWER,
) -> str:
    """Return who answers at ``to`` and whom they see; nothing, if no answer comes."""
    try:
        with Connection(
            namespace, to, source=source, device=device, port=port, patience=patience
        ) as asked:
            return asked.greeting
    except OSError:
        return ""


def silent(namespace: Namespace, to: str, *, source: str = "", device: str = "") -> bool:
    """Return whether no answer comes in a time in which one would have come."""
    return not ask(namespace, to, source=source, device=device, patience=SILENCE)
