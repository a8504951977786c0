"""What a reviewer grants, as the operating system is told it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.building.grants import Granted, read_grants, remove_unused
from reviewer.errors import ReviewerError
from reviewer.sandbox.connect_gate import Place
from reviewer.sandbox.policy import HOME, Bind, Limits, Network, Policy
from reviewer.sandbox.probe import find_sandbox
from reviewer.sandbox.run import run


class Machine:
    """A project, a package of the global cache, and somebody's home."""

    def __init__(self, top: Path) -> None:
        self.project, self.package, self.home = top / "project", top / "packages" / "gen", top / "home"
        self.cached = top / "cache" / "p" / "gen-1.0.0-abc"
        for folder in (self.project / "src", self.package / "data", self.home / ".config", self.cached):
            folder.mkdir(parents=True)
        (self.project / "src" / "main.zig").write_text("main")
        (self.package / "data" / "table").write_text("table")
        (self.home / ".config" / "gen").write_text("settings")
        self.words = {
            "[project]": (Bind(self.project, self.project),),
            "gen:": (Bind(self.package, self.package), Bind(self.package, self.cached)),
            "[home]": (Bind(self.home, HOME), Bind(self.home, self.home)),
        }

    def read(self, grants: Mapping[str, tuple[str, ...]]) -> Granted:
        return read_grants(grants, self.words, self.words["gen:"])

    def shell(self, script: str, **grants: tuple[str, ...]) -> list[str]:
        """Run it with these grants, whose ids are written with `_` for `.`."""
        granted = self.read({name.replace("_", "."): values for name, values in grants.items()})
        policy, made = granted.widen(Policy(limits=Limits(wall_seconds=60)))
        lines = run(policy, ("/bin/sh", "-c", script)).stdout.decode().splitlines()
        remove_unused(made)
        return lines


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    if (found := find_sandbox()).kind is None:
        pytest.skip(f"{found.reason}; {found.cure}")
    yield Machine(tmp_path)


def test_without_grants_nothing_is_there(machine: Machine) -> None:
    assert machine.shell(f"cat {machine.project}/src/main.zig 2>&1 >/dev/null | wc -l") == ["1"]


@pytest.mark.parametrize("form", ["data/table", "gen:data/table", "absolute", "cached"])
def test_a_file_of_the_package_may_be_read_wherever_the_step_sees_it(machine: Machine, form: str) -> None:
    text = {"absolute": f"{machine.package}/data/table", "cached": f"{machine.cached}/data/table"}.get(form, form)
    script = f"cat {machine.package}/data/table {machine.cached}/data/table; echo x >>{machine.package}/data/table"
    assert machine.shell(script, fs_read=(text,)) == ["tabletable"]
    assert (machine.package / "data" / "table").read_text() == "table"


def test_what_was_observed_of_the_home_folder_may_be_read(machine: Machine) -> None:
    script = f"cat $HOME/.config/gen {machine.home}/.config/gen; echo; ls -A $HOME"
    assert machine.shell(script, fs_read=("[home]/.config/gen",)) == ["settingssettings", ".config"]


def test_a_folder_may_be_read_as_a_whole(machine: Machine) -> None:
    assert machine.shell(f"ls {machine.project}; ls {machine.project}/src", fs_read=("[project]/src",)) == [
        "src",
        "main.zig",
    ]


def test_what_is_not_there_may_be_granted_and_stays_missing(machine: Machine) -> None:
    assert machine.shell("echo on", fs_read=("data/missing", "/no/such/file")) == ["on"]
    assert not (machine.package / "data" / "missing").exists()


def test_a_file_may_be_written_and_no_other_beside_it(machine: Machine) -> None:
    script = f"""
echo new >{machine.project}/src/main.zig
(echo x >{machine.project}/src/other) 2>/dev/null && echo other
"""
    assert machine.shell(script, fs_write_source=("[project]/src/main.zig",)) == []
    assert (machine.project / "src" / "main.zig").read_text() == "new\n"
    assert not (machine.project / "src" / "other").exists()


def test_a_file_that_is_not_there_yet_may_be_written(machine: Machine) -> None:
    script = f"echo made >{machine.project}/src/made; (echo x >{machine.project}/src/other) 2>/dev/null && echo other"
    assert machine.shell(script, fs_write=("[project]/src/made",)) == []
    assert (machine.project / "src" / "made").read_text() == "made\n"
    assert machine.shell("true", fs_write=("[project]/src/unused",)) == []
    assert not (machine.project / "src" / "unused").exists(), "nothing was written, so nothing stays"


def test_a_folder_may_be_made_and_filled(machine: Machine) -> None:
    made = ("[project]/made", "[project]/made/a", "[project]/made/b")
    script = f"mkdir -p {machine.project}/made && echo a >{machine.project}/made/a && chmod +x {machine.project}/made/a"
    assert machine.shell(script, fs_write=made, fs_write_exec=("[project]/made/a",)) == []
    assert (machine.project / "made" / "a").stat().st_mode & 0o111


def test_what_is_replaced_by_renaming_needs_its_folder(machine: Machine) -> None:
    """As it is observed: a file beside is written, and gone when it has the other's name."""
    script = f"cd {machine.project}/src && echo new >main.tmp && mv main.tmp main.zig"
    grants = {
        "fs_write": ("[project]/src/main.tmp", "[project]/src/main.zig"),
        "fs_delete": ("[project]/src/main.tmp",),
    }
    assert machine.shell(script, **grants) == []
    assert (machine.project / "src" / "main.zig").read_text() == "new\n"


def test_a_folder_may_be_emptied(machine: Machine) -> None:
    machine.shell(f"rm -rf {machine.package}/data/*", fs_delete=("data",))
    assert list((machine.package / "data").iterdir()) == []


def test_removing_one_file_does_not_open_a_whole_package(machine: Machine) -> None:
    (machine.package / "old").write_text("")
    with pytest.raises(ReviewerError, match="change all that lies beside it"):
        machine.shell("true", fs_delete=("old",))


@pytest.mark.parametrize("grant", ["fs.read", "fs.write", "fs.delete"])
@pytest.mark.parametrize("text", ["link/key", "gen:link/key", "absolute"])
def test_links_of_a_package_do_not_widen_what_was_granted(machine: Machine, grant: str, text: str) -> None:
    (machine.home / "key").write_text("key")
    (machine.package / "link").symlink_to(machine.home)
    (machine.package / "data" / "table-link").symlink_to(machine.home / "key")
    if text == "absolute":
        text = f"{machine.package}/link/key"
    with pytest.raises(ReviewerError, match="leads out of its package"):
        machine.shell("true", **{grant.replace(".", "_"): (text,)})
    assert (machine.home / "key").read_text() == "key"


@pytest.mark.parametrize("text", ["link/new", "link/new/"])
def test_nothing_is_made_where_a_link_leads(machine: Machine, text: str) -> None:
    (machine.package / "link").symlink_to(machine.home)
    with pytest.raises(ReviewerError, match="leads out of its package"):
        machine.shell("true", fs_write=(text,))
    assert [path.name for path in machine.home.iterdir()] == [".config"]


def test_what_was_made_is_not_removed_where_a_link_leads_by_then(machine: Machine) -> None:
    _, made = machine.read({"fs.write": ("made/file",)}).widen(Policy())
    (machine.home / "file").touch()
    (machine.package / "made").rename(machine.package / "moved")
    (machine.package / "made").symlink_to(machine.home)
    remove_unused(made)
    assert (machine.home / "file").exists()


@pytest.mark.parametrize(
    ("grants", "said"),
    [
        ({"fs.read": ()}, "name them: --grant fs.read=PATH"),
        ({"fs.write": ()}, "name them: --grant fs.write=PATH"),
        ({"fs.read": ("../up",)}, "no plain path"),
        ({"fs.read": ("[cache]/table",)}, "have it declared in build.zig"),
        ({"net.out": ("example.org",)}, "grant it as host:port"),
        ({"net.out": ("example.org:443",), "ipc.unix": ("/run/x",)}, "cannot be granted to one step"),
    ],
)
def test_what_no_sandbox_can_hold_to_is_said_before(
    machine: Machine, grants: dict[str, tuple[str, ...]], said: str
) -> None:
    with pytest.raises(ReviewerError) as caught:
        machine.read(grants)
    assert said in str(caught.value)


@pytest.mark.parametrize("path", ["/", "/usr", "/proc/self", "/dev/sda"])
def test_the_sandboxs_own_parts_cannot_be_granted_away(machine: Machine, path: str) -> None:
    policy, _ = machine.read({"fs.write": (path,)}).widen(Policy()) if Path(path).exists() else (None, ())
    if policy is not None:
        with pytest.raises(ReviewerError):
            run(policy, ("/bin/true",))


def test_connections_are_granted_by_address(machine: Machine) -> None:
    granted = machine.read({"net.out": ("example.org:443",), "net.download": ("[2001:db8::1]:80", "example.org:443")})
    assert (granted.network, granted.places) == (
        Network.GATED,
        (Place("example.org", 443), Place("2001:db8::1", 80)),
    )
    assert machine.read({"net.out": ()}).network is Network.HOST
    assert machine.read({"net.listen": ("0.0.0.0:80",)}) == Granted(network=Network.GATED)
    assert machine.read({"ipc.unix": ()}).network is Network.UNIX


def test_variables_are_granted_by_name(machine: Machine) -> None:
    user = {"TOKEN": "x", "OTHER": "y"}
    assert machine.read({"env.read": ("TOKEN", "MISSING")}).environment(user) == {"TOKEN": "x"}
    assert machine.read({"env.read": ()}).environment(user) == user
    assert machine.read({}).environment(user) == {}


def test_what_is_not_restricted_needs_nothing(machine: Machine) -> None:
    assert machine.read({"proc.spawn": ("/usr/bin/gcc",), "sys.info": (), "code.dynamic": ()}) == Granted()
    assert machine.read({"build.hook": ()}).hook
