"""What a running server tells of itself: the page, the metrics, and the command."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from dicome import network
from dicome.network.metrics import Metrics
from dicome.network.status import as_text, read_status
from tests.network.test_sending import sent_to
from tests.support.servers import config, mr_file, running, wait_for

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable


def test_counts_rates_disk_and_queue(tmp_path: Path) -> None:
    settings = config(tmp_path / "store", status=("127.0.0.1", 0))
    with running(settings) as server:
        files = [mr_file(tmp_path / f"{n}", f"1.2.3.{n}", "1.2.3.DOE^JANE") for n in range(3)]
        sent_to(server.ports[0].port, [*files, files[0]])
        wait_for(lambda: server.state.studies("settled"))
        about = json.loads((tmp_path / "store/.dicome/server.json").read_text())
        host, port = about["status"]
        assert about["ports"]["enhanced"] == server.ports[0].port
        found = json.loads(urlopen(f"http://{host}:{port}/status.json").read())
        assert found["metrics"]["objects_stored"] == 3
        assert found["metrics"]["duplicates"] == 1
        assert found["metrics"]["objects_per_second"] > 0
        assert found["objects"] == 3
        assert found["studies"] == {"total": 1, "settled": 1}
        assert found["actions"] == {"done": 1}
        assert 0 < found["disk"]["free"] < found["disk"]["total"]
        metrics = urlopen(f"http://{host}:{port}/metrics").read().decode()
        assert "dicome_objects_stored 3\n" in metrics
        assert 'dicome_studies{state="settled"} 1\n' in metrics
        page = urlopen(f"http://{host}:{port}/").read().decode()
        assert "3 stored, 1 duplicates" in page
        assert "DOE" not in page + metrics + json.dumps(found)
        with pytest.raises(HTTPError):
            urlopen(f"http://{host}:{port}/../../etc/passwd").read()
        assert read_status(tmp_path / "store")["running"]
    after = read_status(tmp_path / "store")
    assert not after["running"]
    assert "not running" in as_text(after)


def test_the_command_asks_the_running_server(
    tmp_path: Path, dicome: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    path = tmp_path / "c.toml"
    path.write_text(f'[store]\nfolder = "{tmp_path / "store"}"\n[listeners.enhanced]\nport = 0\n')
    with running(config(tmp_path / "store", status=("127.0.0.1", 0))) as server:
        sent_to(server.ports[0].port, [mr_file(tmp_path / "a", "1.2.3.1")])
        done = dicome("serve", "--config", path, "--status")
        assert done.returncode == 0, done.stderr
        assert "server      running" in done.stdout
        assert "since start 1 stored" in done.stdout
        assert json.loads(dicome("serve", "--config", path, "--status", "--json").stdout)["running"] is True
    assert dicome("serve", "--config", path, "--status").returncode == 1


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_the_number_of_a_dead_server_on_another_process_is_no_server(tmp_path: Path) -> None:
    with running(config(tmp_path / "store", status=None)):
        about = tmp_path / "store/.dicome/server.json"
        kept = json.loads(about.read_text())
        assert read_status(tmp_path / "store")["running"]
    # Killed, it would have left this; then the machine started anew, and process numbers with it.
    about.write_text(json.dumps({**kept, "started": "5"}))
    assert not read_status(tmp_path / "store")["running"]


def test_rates_are_those_of_the_last_minute() -> None:
    now = [0.0]
    metrics = Metrics(lambda: now[0])
    for second in range(120):
        now[0] = float(second)
        metrics.stored(1000)
    now[0] = 120.0
    assert metrics.snapshot()["objects_per_second"] == pytest.approx(1.0)
    assert metrics.snapshot()["bytes_per_second"] == pytest.approx(1000)
    now[0] = 1000.0
    assert metrics.snapshot()["objects_per_second"] == 0
    assert metrics.snapshot()["objects_stored"] == 120


def test_every_count_is_there_from_the_start() -> None:
    found = Metrics().snapshot()
    sources = Path(network.__file__).parent.glob("*.py")
    counted = {name for source in sources for name in re.findall(r'metrics\.add\(\s*"(\w+)"', source.read_text())}
    assert len(counted) > 10
    assert {name: found.get(name) for name in counted} == dict.fromkeys(counted, 0)
    assert found["actions_failed"] == found["actions_waiting"] == found["bytes_stored"] == 0
