"""What becomes of complete studies: copied where their header says, run, sent on, converted; and what goes wrong."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dicome.network.actions import DONE, RETRY, STAYS, Job, copy, execute, forward
from dicome.network.config import Config, Convert, Destination, Exec, Forward, Route
from dicome.network.copying import copy_files
from dicome.network.studies import Arriving
from tests.network.test_sending import sent_to
from tests.support.servers import LOOPBACK, Lines, body_of, config, free_port, mr_file, running, stored, wait_for

if TYPE_CHECKING:
    from dicome.network.serving import Running

DESCRIPTION, HISTORY, COMMENTS = 0x00081030, 0x001021B0, 0x00104000
TAGS = (DESCRIPTION, HISTORY, COMMENTS)


def job(folder: Path, files: list[Path], *asks: str) -> Job:
    return Job("1.2.3", folder, files, asks, frozenset(), lambda _: None, threading.Event())


@pytest.fixture
def study(tmp_path: Path) -> tuple[Path, list[Path]]:
    folder = tmp_path / "store" / "1.2.3"
    folder.mkdir(parents=True)
    return folder, [mr_file(folder / f"MR.1.2.3.{n}", f"1.2.3.{n}") for n in range(3)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "g5"
    (folder / "scan_20190502").mkdir(parents=True)
    return folder


@pytest.mark.parametrize("ending", ["scan_20190502", "scan_20190502/subj1"])
def test_the_directory_or_its_parent_must_be_there(ending: str, study: tuple[Path, list[Path]], root: Path) -> None:
    result = copy(job(*study, f"#-#{root}/{ending}"), [root])
    assert (result.state, result.reason) == (DONE, "")
    copied = sorted((root / ending).iterdir())
    assert [body_of(path) for path in copied] == [body_of(path) for path in study[1]]
    assert all(path.exists() for path in study[1])
    assert copy(job(*study, f"#-#{root}/{ending}"), [root]).state == DONE  # the same again


@pytest.mark.parametrize(
    "asked",
    [
        "{root}/missing/subj1",
        "{root}/../outside",
        "{root}/scan_20190502/../../outside",
        "{outside}",
        "{outside}/new",
        "{root}/link/new",
        "{root}/link",
        "relative/path",
        "",
        "/",
        "{root}/scan_20190502/a\x00b",
    ],
)
def test_wrong_paths_leave_the_files_and_say_why(
    asked: str, study: tuple[Path, list[Path]], root: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "link").symlink_to(outside)
    before = sorted(tmp_path.rglob("*"))
    result = copy(job(*study, "#-#" + asked.format(root=root, outside=outside)), [root])
    assert result.state == STAYS
    assert result.reason
    assert str(tmp_path) not in result.reason
    assert sorted(tmp_path.rglob("*")) == before


def test_no_tag_is_nothing_to_do_and_no_roots_allow_nothing(study: tuple[Path, list[Path]], root: Path) -> None:
    assert copy(job(*study), [root]).state == DONE
    assert copy(job(*study, f"#-#{root}/scan_20190502"), []).state == STAYS


def test_objects_that_ask_for_different_places_stay(study: tuple[Path, list[Path]], root: Path) -> None:
    (root / "other").mkdir()
    result = copy(job(*study, f"#-#{root}/scan_20190502", f"#-#{root}/other"), [root])
    assert result.state == STAYS
    assert "different directories" in result.reason
    assert list((root / "other").iterdir()) == []
    result = copy(job(*study, f"#-#{root}/scan_20190502/a", f"#-#{root}/scan_20190502/b"), [root])
    assert result.state == STAYS
    assert list((root / "scan_20190502").iterdir()) == []
    result = copy(job(*study, f"T1 #-#{root}/other", f"T2 #-#{root}/other"), [root])
    assert result.state == DONE
    assert len(list((root / "other").iterdir())) == 3


def test_nothing_is_overwritten_or_copied_in_part(study: tuple[Path, list[Path]], root: Path) -> None:
    place = root / "scan_20190502"
    (place / "MR.1.2.3.2").write_text("somebody's own")
    result = copy(job(*study, f"#-#{place}"), [root])
    assert result.state == STAYS
    assert [path.name for path in place.iterdir()] == ["MR.1.2.3.2"]
    assert (place / "MR.1.2.3.2").read_text() == "somebody's own"


@pytest.mark.skipif(os.name == "nt", reason="no hard links by handle there")
@pytest.mark.parametrize("call", ["fsync", "link"])
def test_a_kill_amid_copying_leaves_nothing_half(call: str, study: tuple[Path, list[Path]], root: Path) -> None:
    place = root / "scan_20190502"
    code = (
        "import os, sys; from pathlib import Path; from dicome.network.copying import copy_files\n"
        f"call = os.{call}\n"
        "def killed(*a, **k):\n    call(*a, **k)\n    os._exit(9)\n"
        f"os.{call} = killed\n"
        "copy_files([Path(name) for name in sys.argv[2:]], Path(sys.argv[1]))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(place), *map(str, study[1])], check=False)
    assert done.returncode == 9
    assert len(list(place.iterdir())) == (2 if call == "link" else 1)
    assert copy_files(study[1], place) == (2 if call == "link" else 3)
    assert sorted(path.name for path in place.iterdir()) == [path.name for path in study[1]]


def test_a_link_put_in_the_way_is_not_followed(study: tuple[Path, list[Path]], root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    place = root / "scan_20190502" / "subj1"
    place.symlink_to(outside)
    with pytest.raises(Exception, match="cannot be copied there"):
        copy_files(study[1], place)
    place.unlink()
    place.mkdir()
    (place / "MR.1.2.3.1").symlink_to(outside / "made by us")
    with pytest.raises(Exception, match="another file called"):
        copy_files(study[1], place)
    assert list(outside.iterdir()) == []


def test_a_program_gets_its_arguments_as_they_are(study: tuple[Path, list[Path]], tmp_path: Path) -> None:
    note = tmp_path / "note; touch oops"
    code = "import sys, os; open(sys.argv[1], 'w').write('|'.join(sys.argv[2:]) + os.environ['DICOME_STUDY'])"
    action = Exec("x", (sys.executable, "-c", code, str(note), "{folder}", "$(touch oops)", "{objects}"))
    assert execute(job(*study), action).state == DONE
    assert note.read_text() == f"{study[0]}|$(touch oops)|31.2.3"
    assert not list(tmp_path.rglob("oops"))


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ((sys.executable, "-c", "print('Patient^Name'); raise SystemExit(3)"), "ended with exit code 3"),
        (("no-such-program",), "ended with exit code 127"),
        ((sys.executable, "-c", "import time; time.sleep(60)"), "took more than 0.3 s"),
    ],
)
def test_a_program_that_fails_is_tried_again(
    command: tuple[str, ...], reason: str, study: tuple[Path, list[Path]]
) -> None:
    result = execute(job(*study), Exec("x", command, timeout=0.3 if "60" in command[-1] else 20.0))
    assert (result.state, result.reason) == (RETRY, reason)


def test_forwarding_sends_what_was_not_sent_yet(study: tuple[Path, list[Path]], tmp_path: Path) -> None:
    with running(config(tmp_path / "far")) as server:
        there = Destination("far", LOOPBACK, server.ports[0].port)
        settings = Config(destinations={"far": there})
        noted: list[str] = []
        task = Job("1.2.3", *study, (), frozenset(["MR.1.2.3.0"]), noted.append, threading.Event())
        assert forward(task, Forward("f", "far"), settings).state == DONE
        assert noted == ["MR.1.2.3.1", "MR.1.2.3.2"]
        assert [path.name for path in stored(tmp_path / "far")] == noted
    assert forward(task, Forward("f", "far"), settings).state == RETRY


def test_forwarding_sends_the_rest_where_one_is_gone(study: tuple[Path, list[Path]], tmp_path: Path) -> None:
    folder, files = study
    files[0].unlink()
    files[1].write_bytes(files[1].read_bytes()[:-10])  # as it came
    with running(config(tmp_path / "far")) as server:
        settings = Config(destinations={"far": Destination("far", LOOPBACK, server.ports[0].port)})
        noted: list[str] = []
        task = Job("1.2.3", folder, files, (), frozenset(), noted.append, threading.Event())
        result = forward(task, Forward("f", "far"), settings)
    assert noted == ["MR.1.2.3.1", "MR.1.2.3.2"]
    assert (result.state, result.reason) == (RETRY, "1 of 3 objects were not sent: MR.1.2.3.0: no such file")


def test_a_study_is_complete_when_nothing_came_and_nobody_is_connected() -> None:
    now = [0.0]
    arriving = Arriving(10.0, lambda: now[0])
    arriving.arrived(1, "a")
    now[0] = 5.0
    arriving.arrived(2, "b")
    now[0] = 100.0
    assert arriving.ripe() == []  # both associations are still open
    arriving.ended(1)
    assert arriving.ripe() == []
    now[0] = 110.0
    assert arriving.ripe() == ["a"]
    arriving.arrived(3, "a")  # more came before it was handed on
    arriving.done("a")
    assert len(arriving) == 2
    arriving.ended(3)
    now[0] = 120.0
    assert arriving.ripe() == ["a"]
    arriving.done("a")
    assert arriving.ripe() == []


def send_study(server: Running, folder: Path, *, asks: str = "", count: int = 3, study: str = "1.2.3") -> None:
    extra: list[tuple[int, str, Any]] = [(DESCRIPTION, "LO", asks)] if asks else []
    files = [mr_file(folder / f"{study}.{n}.dcm", f"{study}.{n}", study, extra=extra) for n in range(count)]
    assert [one.error for one in sent_to(server.ports[0].port, files)] == [""] * count


def settled(server: Running, study: str = "1.2.3") -> bool:
    return any(one.uid == study for one in server.state.studies("settled"))


def routed(tmp_path: Path, **changes: Any) -> Config:
    return config(tmp_path / "store", route=Route(**{"stable": 0.3, "tags": TAGS, "retry": 0.1, "tries": 3, **changes}))


def test_from_the_wire_to_every_action(tmp_path: Path, root: Path) -> None:
    note, lines = tmp_path / "note", Lines()
    code = "import sys; open(sys.argv[1], 'a').write(sys.argv[2] + '\\n')"
    with running(config(tmp_path / "far")) as far:
        actions = (
            Exec("note", (sys.executable, "-c", code, str(note), "{objects}")),
            Forward("on", "far"),
            Convert("nifti", "png", tmp_path / "converted"),
        )
        settings = routed(tmp_path, roots=(root,), actions=actions)
        destinations = {"far": Destination("far", LOOPBACK, far.ports[0].port)}
        settings = Config(
            **{name: getattr(settings, name) for name in settings.__slots__} | {"destinations": destinations}
        )
        with running(settings, lines) as server:
            send_study(server, tmp_path, asks=f"MR brain #-#{root}/scan_20190502/subj1")
            wait_for(lambda: settled(server), 60)
            assert server.state.queue()["done"] == 3
            send_study(server, tmp_path, count=4, asks=f"MR brain #-#{root}/scan_20190502/subj1")  # one more
            wait_for(lambda: note.read_text() == "3\n4\n" and settled(server), 60)
    names = [f"MR.1.2.3.{n}" for n in range(4)]
    assert sorted(path.name for path in (root / "scan_20190502/subj1").iterdir()) == names
    assert [path.name for path in stored(tmp_path / "far")] == names
    assert (tmp_path / "converted/1.2.3/dicome-batch.json").exists()
    assert len(lines.events("complete")) == 2


def test_the_log_tells_no_patient_data(tmp_path: Path, root: Path) -> None:
    lines = Lines()
    with running(routed(tmp_path, roots=(root,)), lines) as server:
        send_study(server, tmp_path, asks=f"DOE^JANE #-#{root}/nowhere/DOE_JANE")
        wait_for(lambda: settled(server))
        assert server.state.reasons()[0][:3] == ("1.2.3", "copy", "stays")
    assert len(lines.events("not routed")) == 1
    assert "neither it nor the directory above it exists" in lines.text
    assert "DOE" not in lines.text
    assert len(stored(tmp_path / "store")) == 3


def test_what_fails_for_good_is_kept_and_can_be_tried_again(tmp_path: Path) -> None:
    switch = tmp_path / "switch"
    code = "import sys, pathlib; sys.exit(not pathlib.Path(sys.argv[1]).exists())"
    action = Exec("flaky", (sys.executable, "-c", code, str(switch)))
    with running(routed(tmp_path, actions=(action,))) as server:
        send_study(server, tmp_path)
        wait_for(lambda: server.state.queue().get("failed"), 30)
        assert not settled(server)
        switch.touch()
        assert server.state.retry_failed() == 1
        wait_for(lambda: settled(server), 30)


def test_a_restart_during_routing_does_it_again(tmp_path: Path) -> None:
    began, note = tmp_path / "began", tmp_path / "note"
    code = (
        "import sys, time, pathlib; p = pathlib.Path(sys.argv[1]); again = p.exists(); p.touch(); "
        "again or time.sleep(60); pathlib.Path(sys.argv[2]).touch()"
    )
    action = Exec("slow", (sys.executable, "-c", code, str(began), str(note)))
    with running(routed(tmp_path, actions=(action,))) as server:
        send_study(server, tmp_path)
        wait_for(began.exists)
    assert not note.exists()
    with running(routed(tmp_path, actions=(action,))) as server:
        wait_for(lambda: settled(server), 30)
    assert note.exists()


def test_a_study_that_was_arriving_at_the_end_is_handed_on_by_the_next_server(tmp_path: Path, root: Path) -> None:
    with running(routed(tmp_path, roots=(root,), stable=600.0)) as server:
        send_study(server, tmp_path, asks=f"#-#{root}/scan_20190502")
    with running(routed(tmp_path, roots=(root,))) as server:
        wait_for(lambda: settled(server))
    assert len(list((root / "scan_20190502").iterdir())) == 3


def test_a_destination_that_is_away_gets_the_study_later(tmp_path: Path) -> None:
    port = free_port()
    settings = routed(tmp_path, actions=(Forward("on", "far"),), tries=50)
    destinations = {"far": Destination("far", LOOPBACK, port)}
    settings = Config(**{name: getattr(settings, name) for name in settings.__slots__} | {"destinations": destinations})
    with running(settings) as server:
        send_study(server, tmp_path)
        wait_for(lambda: any(one[1] == "on" for one in server.state.reasons()), 30)
        far = config(tmp_path / "far")
        from dataclasses import replace

        with running(replace(far, listeners=(replace(far.listeners[0], port=port),))):
            wait_for(lambda: settled(server), 60)
    assert len(stored(tmp_path / "far")) == 3
