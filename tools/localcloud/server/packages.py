"""Functions' packages unpacked once: the workers that start later find them, and their bytecode."""

import hashlib
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Any

_unpacking = threading.Lock()


class UnpackedOnce:
    """
    The ``zipfile`` module, but equal archives are unpacked to one folder that all share.

    All workers of a function but the first start in a third of the time. AWS shares nothing of the
    kind: a measurement of cold starts must not rely on it.
    """

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the rest of the module
        return _Archive if name == "ZipFile" else getattr(zipfile, name)


class _Archive(zipfile.ZipFile):
    def extractall(self, path: Any = None, *_: Any) -> None:  # noqa: ANN401 - as its base has it
        digest = hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()
        shared = Path(tempfile.gettempdir()) / f"unpacked-{digest}"
        with _unpacking:
            if not shared.exists():
                super().extractall(shared)
        Path(path).rmdir()
        Path(path).symlink_to(shared, target_is_directory=True)
