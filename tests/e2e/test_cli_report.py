"""`dualhome report` on the deployed stack."""

from pathlib import Path

from tests.support.deployed.command import dualhome
from tests.support.deployed.stack import Stack
from tests.support.deployed.world import World
from tests.support.readers.pages import read_page


def test_the_page_shows_who_has_what_and_who_has_not(
    stack: Stack, world: World, tmp_path: Path
) -> None:
    """Everything on it was read from AWS by the one command."""
    target = world.target()
    interface = target.interface()
    name = f"<b>{target.name}</b>"
    had = world.launch(targets=target.name)
    world.comes_to("attached", had, target.name)
    lacking = world.launch(targets=target.name)
    world.comes_to("waiting", lacking, target.name)
    stack.ec2.create_tags(Resources=[had], Tags=[{"Key": "Name", "Value": name}])

    done = dualhome(stack, "report", "--html", str(tmp_path / "page.html"))

    assert (0, "") == (done.returncode, done.stdout)
    assert " needing attention; " in done.stderr
    page = read_page((tmp_path / "page.html").read_text("utf-8"))
    assert {had, lacking, interface} <= {it.text for it in page.all("code")}
    assert name in {it.text for it in page.all("bdi")}
    assert target.name in {it.text for it in page.all("bdi")}
    assert _address(stack, interface) in {it.text for it in page.all("td")}
    sign = f"{_address(stack, interface)} {interface} · {target.name} attached on {name} {had}"
    assert sign in {it.text for it in page.all("title")}


def test_a_day_without_moves_has_a_page_too(stack: Stack) -> None:
    """A day in the past, before there was anything; the page goes to standard output."""
    done = dualhome(stack, "report", "--html", "-", "--day", "2020-02-29")

    assert 0 == done.returncode
    assert "0 moves on 2020-02-29." in done.stderr
    assert "Nothing was attached." in read_page(done.stdout).text()


def test_a_file_that_cannot_be_written_is_reported_in_one_sentence(
    stack: Stack, tmp_path: Path
) -> None:
    """A slip in the path is no defect."""
    done = dualhome(stack, "report", "--html", str(tmp_path / "no" / "page.html"))

    assert (2, "") == (done.returncode, done.stdout)
    assert "Traceback" not in done.stderr
    assert "No such file or directory" in done.stderr


def _address(stack: Stack, interface: str) -> str:
    found = stack.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])
    return found["NetworkInterfaces"][0]["PrivateIpAddress"]
