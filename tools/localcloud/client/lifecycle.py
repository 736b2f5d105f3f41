"""A local cloud of one's own for a test, a demo or a benchmark: it ends when its owner does."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

from localcloud.client.connect import client
from localcloud.client.control import ControlClient
from localcloud.client.deploy import deploy
from localcloud.client.environment import REGION, client_environment
from localcloud.client.server_process import ServerOptions, ServerProcess, free_port


@dataclass(frozen=True)
class LocalCloud(ControlClient):
    """A running local cloud and what one does with it."""

    directory: Path
    region: str

    @staticmethod
    @contextmanager
    def start(
        directory: Path, *, port: int | None = None, **options: Unpack[ServerOptions]
    ) -> Iterator["LocalCloud"]:
        """
        Start a local cloud that ends with the ``with`` block, and with this process at the latest.

        Args:
            directory: log, temporary files and build results go here.
            port: the port wanted; another one is taken when it is in use.
            options: see ``ServerOptions``.

        Raises:
            ServerError: it did not start; the message ends with its log.
        """
        server = ServerProcess(directory, free_port(port), options, tied=True)
        try:
            server.wait_until_ready()
            yield LocalCloud(server.endpoint, directory, options.get("region", REGION))
        finally:
            server.stop()

    def environment(self) -> dict[str, str]:
        """Return the variables that bind any AWS client to this cloud."""
        return client_environment(self.endpoint, self.region)

    def client(self, service: str) -> Any:  # noqa: ANN401 - the caller names the client's type
        """Return a boto3 client bound to this cloud, whatever the environment says."""
        return client(service, self.endpoint, self.region)

    def deploy(
        self,
        template: Path,
        stack_name: str,
        parameters: Mapping[str, str] | None = None,
        caller: Mapping[str, str] | None = None,
    ) -> dict[str, str]:
        """
        Build ``template`` and deploy it; return the stack's outputs.

        ``caller`` are the variables of credentials other than the administrator's.

        Raises:
            SamError: the build or the deployment failed.
        """
        return deploy(
            template,
            stack_name,
            parameters or {},
            endpoint=self.endpoint,
            region=self.region,
            log=self.directory / "sam.log",
            caller=caller,
        )
