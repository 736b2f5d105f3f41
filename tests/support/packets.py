"""TCP between network namespaces, with sockets of this process: no program is started."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from localcloud.packets.commands import inside

PORT = 8000
PATIENCE = 20.0
"""How long a connection may take that is to succeed."""

LOST = 0.6
"""How long to wait for one that is to fail: the counters say that its packets were dropped."""


@contextmanager
def listening(namespace: str, name: str, port: int = PORT) -> Iterator[None]:
    """Answer every connection in ``namespace`` with ``name`` and the address that it comes from."""
    with inside(namespace, lambda: _listener(port)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, name))
        thread.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _listener(port: int) -> socket.socket:
    if socket.has_dualstack_ipv6():
        return socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server(("", port))


def _serve(listener: socket.socket, name: str) -> None:
    while True:
        try:
            connection, peer = listener.accept()
        except OSError:
            return  # it is shut down
        with connection, contextlib.suppress(OSError):
            connection.sendall(f"{name} {peer[0].removeprefix('::ffff:')}".encode())


def answer(
    namespace: str, address: str, *, source: str = "", port: int = PORT, seconds: float = PATIENCE
) -> str:
    """Return what ``address`` answers to a connection from ``namespace``: why not, if it fails."""

    def connect() -> str:
        with socket.create_connection(
            (address, port), seconds, source_address=(source, 0) if source else None
        ) as connection:
            return connection.recv(1000).decode()

    def attempt() -> str:
        try:
            return connect()
        except TimeoutError:
            return "timeout"
        except OSError as error:
            return error.strerror or str(error)

    return inside(namespace, attempt)


def is_lost(namespace: str, address: str, *, source: str = "", port: int = PORT) -> bool:
    """Return whether a connection gets no answer at all, as where packets are dropped."""
    return answer(namespace, address, source=source, port=port, seconds=LOST) == "timeout"
