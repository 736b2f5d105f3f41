"""
The instance metadata service (IMDSv2) of each VPC, at its link-local address.

Source of paths, tokens and answers: EC2 User Guide, "Instance metadata categories" and "Use the
Instance Metadata Service to access instance metadata". Here a token's lifetime does not end, and
there is no version 1.
"""

import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from localcloud.packets.commands import inside
from localcloud.packets.ruleset import METADATA

PORT = 80
ROOT = "/latest/meta-data/"
TOKEN = "/latest/api/token"  # noqa: S105 - a path
TTL_HEADER, TOKEN_HEADER = "X-aws-ec2-metadata-token-ttl-seconds", "X-aws-ec2-metadata-token"
LONGEST_TTL = 21600

Tree = Mapping[str, str]
"""What one instance may read: values by their paths below ``ROOT``."""


class MetadataService:
    """Answers instances of one VPC by the address that they ask from."""

    def __init__(self, namespace: str, tree_of: Callable[[str], Tree | None]) -> None:
        """Listen in ``namespace``, which has the address; ``tree_of`` finds what each may read."""
        handler = partial(_Handler, tree_of=tree_of, tokens=set())
        self._server = _Server((METADATA, PORT), handler, bind_and_activate=False)
        self._server.socket.close()
        self._server.socket = inside(namespace, lambda: socket.create_server((METADATA, PORT)))
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Stop at once; a namespace with an open socket would outlive its name."""
        self._server.socket.shutdown(socket.SHUT_RDWR)
        self._server.server_close()

    def _serve(self) -> None:
        # ``serve_forever`` would notice the end half a second later only.
        while True:
            try:
                request, address = self._server.get_request()
            except OSError:
                return
            self._server.process_request(request, address)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


class _Handler(BaseHTTPRequestHandler):
    def __init__(
        self,
        *args: Any,
        tree_of: Callable[[str], Tree | None],
        tokens: set[str],
    ) -> None:
        self._tree_of, self._tokens = tree_of, tokens
        super().__init__(*args)

    def do_PUT(self) -> None:
        """Give a token."""
        seconds = self.headers.get(TTL_HEADER, "")
        if self.path != TOKEN:
            self._answer(HTTPStatus.NOT_FOUND)
        elif not seconds.isdigit() or not 1 <= int(seconds) <= LONGEST_TTL:
            self._answer(HTTPStatus.BAD_REQUEST)
        else:
            token = secrets.token_urlsafe(40)
            self._tokens.add(token)
            self._answer(HTTPStatus.OK, token)

    def do_GET(self) -> None:
        """Tell a value, or what is in a folder."""
        tree = self._tree_of(self.client_address[0])
        if self.headers.get(TOKEN_HEADER) not in self._tokens:
            self._answer(HTTPStatus.UNAUTHORIZED)
        elif tree is None or not self.path.startswith(ROOT):
            self._answer(HTTPStatus.NOT_FOUND)
        else:
            found = read(tree, self.path.removeprefix(ROOT))
            self._answer(HTTPStatus.NOT_FOUND if found is None else HTTPStatus.OK, found or "")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's word
        """Say nothing."""

    def _answer(self, status: HTTPStatus, text: str = "") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def read(tree: Tree, path: str) -> str | None:
    """Return the value at ``path``, or the names in that folder, a line each; None if not there."""
    path = path.rstrip("/")
    if path in tree:
        return tree[path]
    within = f"{path}/" if path else ""
    names = [name.removeprefix(within).partition("/") for name in tree if name.startswith(within)]
    return "\n".join(sorted({name + slash for name, slash, _ in names})) or None
