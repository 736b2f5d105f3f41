"""What goes into the Lambda layers: nothing compiled, nothing missing, nothing needless."""

import ast
import importlib.util
import re
import subprocess
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from types import ModuleType

import botocore
import pytest

from tests.support.offenders import offenders
from tests.support.readers.template import ROOT

PINS = re.findall(
    r"^([\w.-]+)==(\S+)",
    (ROOT / "requirements/runtime.txt").read_text(encoding="utf-8"),
    flags=re.MULTILINE,
)
SHIPPED = [*ROOT.glob("layers/dualhome/dualhome/**/*.py"), *ROOT.glob("functions/*/app.py")]


@pytest.fixture
def prune() -> ModuleType:
    """Return the script that trims the dependencies layer."""
    spec = importlib.util.spec_from_file_location("prune", ROOT / "layers/dependencies/prune.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Return a small layer: two services' models, a package and its metadata."""
    for name in (
        "botocore/data/ec2/2016-11-15/service-2.json.gz",
        "botocore/data/s3/2006-03-01/service-2.json.gz",
        "botocore/data/endpoints.json",
        "boto3/data/ec2/2016-11-15/resources-1.json",
        "boto3/data/s3/2006-03-01/resources-1.json",
        "boto3/session.py",
        "boto3/__pycache__/session.pyc",
        "boto3-1.0.dist-info/METADATA",
        "boto3-1.0.dist-info/RECORD",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


def clients_created() -> Iterator[str]:
    """Yield the service of each AWS client that shipped code creates."""
    for path in SHIPPED:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="client" | "resource"),
                    args=[ast.Constant(value=str(service)), *_],
                ):
                    yield service


def test_what_the_functions_import_is_pure_python() -> None:
    """One artifact serves every architecture and the local cloud, whose Python is the host's."""

    def facts(pin: tuple[str, str]) -> dict[str, bool]:
        name, version = pin
        installed = distribution(name)
        return {
            "the tests run against what is deployed": installed.version == version,
            "is pure": "Root-Is-Purelib: true" in (installed.read_text("WHEEL") or ""),
        }

    assert {} == offenders({name: (name, version) for name, version in PINS}, facts)


def test_our_own_layer_is_pure_python(prune: ModuleType) -> None:
    """The same holds for what we write."""
    assert not prune.compiled_files(ROOT / "layers/dualhome")


@pytest.mark.parametrize("name", ["x/fast.so", "x/fast.cpython-313-aarch64-linux-gnu.so", "y.so.1"])
def test_a_layer_with_compiled_code_is_not_built(
    prune: ModuleType, packages: Path, name: str
) -> None:
    """It would fail in the account, at the first import."""
    (packages / name).parent.mkdir(exist_ok=True)
    (packages / name).touch()

    with pytest.raises(prune.CompiledCodeError, match=re.escape(name)):
        prune.prune(packages, frozenset({"ec2"}))


def test_pruning_keeps_the_models_we_use_and_what_importlib_reads(
    prune: ModuleType, packages: Path
) -> None:
    """AWS models of hundreds of services make most of the layer; versions stay readable."""
    prune.prune(packages, frozenset({"ec2"}))

    assert {str(it.relative_to(packages)) for it in packages.rglob("*") if it.is_file()} == {
        "botocore/data/ec2/2016-11-15/service-2.json.gz",
        "botocore/data/endpoints.json",
        "boto3/data/ec2/2016-11-15/resources-1.json",
        "boto3/session.py",
        "boto3-1.0.dist-info/METADATA",
    }


def test_the_layer_has_the_model_of_every_client_we_create(prune: ModuleType) -> None:
    """A missing model raises UnknownServiceError at the first event."""
    created = set(clients_created())

    assert {"dynamodb", "ec2", "events", "sqs", "stepfunctions"} <= created, (
        "clients are no longer found here"
    )
    assert created <= prune.services_kept()


def test_a_service_kept_is_one_that_botocore_knows(prune: ModuleType) -> None:
    """A misspelt name in services.txt would prune what it should keep."""
    models = Path(botocore.__file__).parent / "data"

    assert all((models / service).is_dir() for service in prune.services_kept())


def test_pip_takes_the_pinned_list_as_it_is_whatever_python_it_runs_on() -> None:
    """`sam build` runs where people have an older one: its pip would resolve anew, or refuse."""
    pip, prune = (
        subprocess.run(
            ["make", "-n", "-f", "layers/dependencies/Makefile", "build-DependenciesLayer"],  # noqa: S607 - the owner's make
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        .stdout.replace("\\\n", " ")
        .splitlines()
    )

    assert {"--no-deps", "--ignore-requires-python", "--require-hashes"} <= set(pip.split())
    assert "python3 -m pip install" == " ".join(pip.split()[:4])
    assert prune.startswith("python3 layers/dependencies/prune.py")


def test_the_script_that_prunes_has_the_syntax_of_an_older_python() -> None:
    """It runs on what is first on PATH, when the packages are there already."""
    script = (ROOT / "layers/dependencies/prune.py").read_text(encoding="utf-8")

    assert ast.parse(script, feature_version=(3, 9)).body
