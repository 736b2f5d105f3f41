"""What cannot be done is refused by a sentence in the line, with nothing changed."""

import pytest

from tests.support.guest_lab.guest import Guest, Outcome
from tests.support.guest_lab.lab import Scene

PARAMETERS = (
    *("ENI", "MAC", "INDEX", "CARD", "ADDRESSES", "PREFIXES", "SUBNETS", "GATEWAY", "GATEWAY6"),
    *("TARGET_CIDRS", "PRIMARY_CIDRS", "ROUTES", "PROTECT", "BACKEND", "WAIT", "NATIVE_WAIT"),
)
SHELL = (
    "$(touch /run/owned)",
    "`touch /run/owned`",
    ";touch /run/owned",
    "a\nb",
    "*",
    "'",
    '"',
    "&",
)
WRONG = {
    "ENI": ["", "i-0abc", "eni-", "eni-../../etc", "eni-ABC"],
    "MAC": ["", "06:00:00:00:00", "06:00:00:00:00:zz", "0600.0000.0001"],
    "INDEX": ["", "0", "1000", "one", "-1", "99999999999999999999"],
    "CARD": ["", "100", "x"],
    "ADDRESSES": ["", "10.1.1", "10.1.1.256", "10.1.1.10/24", "2001:db8::1::2", "10.9.9.9"],
    "SUBNETS": ["", "10.1.1.0", "10.1.1.5/24", "10.1.1.0/33", "10.1.1.0/24 10.1.2.0/24"],
    "PREFIXES": ["10.1.1.32", "10.1.1.33/28", "2001:db8::/129"],
    "GATEWAY": ["10.1.1", "fe80::1"],
    "GATEWAY6": ["10.1.1.1", "fe80:::1"],
    "TARGET_CIDRS": ["", "10.1.0.0", "10.1.0.0/16,10.2.0.0/16", "10.01.0.0/16"],
    "PRIMARY_CIDRS": ["", "10.0.0.0/16/2"],
    "ROUTES": ["", " ", "all", "10.1.2.3/16", "none 10.1.0.0/16"],
    "PROTECT": ["ssm.amazonaws.com", "10.1.0.0/16"],
    "BACKEND": ["", "ifupdown"],
    "WAIT": ["", "601", "1.5"],
    "NATIVE_WAIT": ["601", "x"],
}


def failed(done: Outcome) -> tuple[int, str]:
    """Return how it ended."""
    return done.status, done.error


def test_no_parameter_reaches_a_shell(scene: Scene) -> None:
    """The values come from tags, which many may write."""
    before = scene.guest.state()
    calls = [(name, f"x{it}") for name in PARAMETERS for it in SHELL]
    ends = {call: failed(scene.guest.apply(scene.second, **dict([call]))) for call in calls}

    assert dict.fromkeys(calls, (2, "BAD_INPUT")) == ends
    assert not scene.guest.file("/run/owned").exists()
    assert before == scene.guest.state()


def test_what_is_no_value_of_a_parameter_is_named(scene: Scene) -> None:
    """The line says which parameter, and the value."""
    before = scene.guest.state()
    calls = [(name, it) for name, values in WRONG.items() for it in values]
    ends = {call: scene.guest.apply(scene.second, **dict([call])) for call in calls}

    assert {} == {it: end.said for it, end in ends.items() if failed(end) != (2, "BAD_INPUT")}
    assert {} == {
        it: end.said for it, end in ends.items() if it[0] not in end.json["error"]["text"]
    }
    assert before == scene.guest.state()


@pytest.mark.parametrize(
    "words", [(), ("start",), ("apply", "ENI"), ("undo",), ("undo", "ENI=eni-1", "ROUTES=none")]
)
def test_what_is_no_call_is_refused(scene: Scene, words: tuple[str, ...]) -> None:
    """Undo takes no routes: it knows them from its record."""
    assert (2, "BAD_INPUT") == failed(scene.guest.script(*words))


def test_an_unknown_parameter_is_refused(scene: Scene) -> None:
    """A slip of the pen must not mean a default."""
    assert (2, "BAD_INPUT") == failed(scene.guest.apply(scene.second, ROUTE="none"))


def test_a_mac_address_that_never_appears_is_an_error(scene: Scene) -> None:
    """After WAIT seconds."""
    before = scene.guest.state()
    done = scene.guest.apply(scene.second, MAC="06:00:00:00:ff:ff", WAIT="1")

    assert (1, "NO_INTERFACE") == failed(done)
    assert before == scene.guest.state()


def test_two_interfaces_with_one_mac_address_are_an_error(scene: Scene) -> None:
    """Which of them is meant cannot be known."""
    scene.a.attach(
        scene.guest.namespace, "ens7", ("10.0.9.9",), "10.0.9.0/24", mac=scene.second.mac
    )
    before = scene.guest.state()

    done = scene.guest.apply(scene.second)

    assert (2, "AMBIGUOUS_MAC") == failed(done)
    assert before == scene.guest.state()


def test_an_address_of_another_interface_is_refused(scene: Scene) -> None:
    """Two targets of one CIDR may give one instance the same address twice."""
    c = scene.lab.vpc("c", "10.1.0.0/16")
    third = c.attach(scene.guest.namespace, "ens7", ("10.1.1.10",), "10.1.1.0/24")
    scene.guest.apply(scene.second)
    before = scene.guest.state()

    assert (2, "EQUAL_ADDRESS") == failed(scene.guest.apply(third, INDEX="2"))
    assert before == scene.guest.state()


def test_the_primary_itself_is_refused(scene: Scene) -> None:
    """It has the only default route."""
    done = scene.guest.apply(scene.primary, TARGET_CIDRS="10.1.0.0/16")

    assert (2, "NO_PRIMARY") == failed(done)


@pytest.mark.parametrize(
    "there",
    [
        "route add default via 10.0.1.1 dev ens5 table 10001",
        "route add default via 10.0.1.77 dev ens5 table 10000",
    ],
)
def test_a_route_in_one_of_our_tables_is_not_replaced(scene: Scene, there: str) -> None:
    """It is of the owner, who is asked to move it."""
    scene.guest.namespace.change(there)
    before = scene.guest.state()

    done = scene.guest.apply(scene.second)

    assert (2, "ROUTE_IN_THE_WAY") == failed(done)
    assert there.rsplit(maxsplit=1)[-1] in done.json["error"]["text"]
    assert before == scene.guest.state()


def test_a_file_that_is_in_the_way_is_not_replaced(scene: Scene) -> None:
    """Its owner is asked to move it."""
    file = scene.guest.file(f"/etc/systemd/network/01-dualhome-eni-{scene.second.port}.network")
    file.write_text("mine\n", encoding="ascii")
    before = scene.guest.state()

    done = scene.guest.apply(scene.second, BACKEND="networkd")

    assert (2, "FILE_IN_THE_WAY") == failed(done)
    assert before == scene.guest.state()


def fill(guest: Guest, folder: str, kilobytes: int) -> None:
    """Put a small full disk where a folder is; ``kilobytes`` of it are free."""
    guest.run(
        "sh",
        "-c",
        f"mkdir -p {folder}; mount -t tmpfs -o size=64k lab {folder};"
        f" head -c {(64 - kilobytes) * 1024} /dev/zero >{folder}/full",
    )


@pytest.mark.parametrize("shell", [("dash",), ("bash", "--posix")], ids=str)
@pytest.mark.parametrize(
    ("folder", "backend"), [("/var/lib", "none"), ("/etc/systemd/network", "networkd")]
)
def test_a_full_disk_is_an_error(
    scene: Scene, folder: str, backend: str, shell: tuple[str, ...]
) -> None:
    """A line that is cut in the middle is no line of the record."""
    scene.guest.shell = shell
    fill(scene.guest, folder, 0)
    before = scene.guest.state()

    done = scene.guest.apply(scene.second, BACKEND=backend)

    assert (3, "CANNOT_WRITE") == failed(done), done.said
    assert "full" in done.json["error"]["text"]
    assert before == scene.guest.state()
    assert ["full"] == [it.name for it in scene.guest.file(folder).iterdir()]


@pytest.mark.parametrize("folder", ["/etc", "/var/lib"])
def test_a_read_only_folder_is_an_error(scene: Scene, folder: str) -> None:
    """Nothing would be there at the next boot."""
    scene.guest.run("mount", "-o", "remount,ro", folder)
    before = scene.guest.state()

    done = scene.guest.apply(scene.second, BACKEND="networkd")

    assert (3, "CANNOT_WRITE") == failed(done), done.said
    assert "read-only" in done.json["error"]["text"]
    assert before == scene.guest.state()


@pytest.mark.parametrize(
    ("instead", "says"), [("/dev/null", "ip is missing"), ("/usr/bin/busybox", "busybox")]
)
def test_a_host_without_the_ip_of_iproute2_is_an_error(
    scene: Scene, instead: str, says: str
) -> None:
    """That of busybox refuses tables above 1023."""
    guest = scene.guest
    guest.run("sh", "-c", f'mount --bind {instead} "$(realpath "$(command -v ip)")"')
    before = guest.state()

    done = guest.apply(scene.second)

    assert (3, "NO_TOOL") == failed(done)
    assert says in done.json["error"]["text"]
    assert before == guest.state()
