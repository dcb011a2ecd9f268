"""What a server does, as numbers: for the page, for ``dicome serve --status`` and for monitoring. No patient data."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dicome.errors import FileMissingError
from dicome.network.keeping import process_start
from dicome.network.state import FILE, FOLDER, State

SERVER_FILE = "server.json"

Status = dict[str, Any]


def stored_status(root: Path, state: State) -> Status:
    """What is known of a store, whether its server runs or not."""
    studies = state.studies()
    disk = shutil.disk_usage(root)
    rows = state.rows("SELECT count(*), coalesce(sum(conflict), 0), coalesce(sum(size), 0) FROM objects")
    return {
        "folder": str(root),
        "studies": {"total": len(studies), **Counter(one.state for one in studies)},
        "pinned": sum(one.pinned for one in studies),
        "objects": rows[0][0],
        "conflicts": rows[0][1],
        "bytes": rows[0][2],
        "actions": state.queue(),
        "problems": [
            {"study": study, "action": action, "state": how, "reason": reason}
            for study, action, how, reason in state.reasons()
        ],
        "disk": {"total": disk.total, "free": disk.free},
    }


def read_status(root: Path) -> Status:
    """Status of the server of a store: as it tells by itself, or what it left. ``running`` says which.

    Raises FileMissingError where no server has ever worked there.
    """
    about = _server_file(root)
    page = about.get("status")
    if page and (live := _fetched(page)) is not None:
        return {"running": True, **live}
    if not (root / FOLDER / FILE).is_file():
        raise FileMissingError(f"{root}: no server has worked there yet")
    state = State(root)
    try:
        pid = int(about.get("pid", 0))
        running = pid > 0 and about.get("started") == process_start(pid) != "0"
        return {"running": running, **stored_status(root, state)}
    finally:
        state.close()


def write_server_file(root: Path, ports: dict[str, int], status: tuple[str, int] | None) -> Path:
    """Notes where this server is to be found."""
    path = root / FOLDER / SERVER_FILE
    about = {
        "pid": os.getpid(),
        "started": process_start(os.getpid()),
        "ports": ports,
        "status": list(status) if status else None,
    }
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(about), encoding="ascii")
    beside.replace(path)
    return path


def _server_file(root: Path) -> dict[str, Any]:
    try:
        found = json.loads((root / FOLDER / SERVER_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _fetched(page: list[Any]) -> Status | None:
    from http.client import HTTPConnection, HTTPException

    connection = HTTPConnection(str(page[0]), int(page[1]), timeout=3)
    try:
        connection.request("GET", "/status.json")
        found = json.loads(connection.getresponse().read())
    except (OSError, ValueError, HTTPException):
        return None
    finally:
        connection.close()
    return found if isinstance(found, dict) else None


def as_text(status: Status) -> str:
    """For people."""
    disk, studies = status["disk"], status["studies"]
    lines = [
        f"server      {'running' if status['running'] else 'not running'}",
        f"store       {status['folder']}",
        f"disk        {_gb(disk['free'])} of {_gb(disk['total'])} free",
        f"studies     {_counts(studies)}, {status['pinned']} pinned",
        f"objects     {status['objects']:,}, {_gb(status['bytes'])}, {status['conflicts']} with a UID that others have",
        f"actions     {_counts(status['actions']) or 'none'}",
    ]
    live = status.get("metrics")
    if live:
        lines += [
            f"listeners   {', '.join(f'{name} {port}' for name, port in status['ports'].items())}",
            f"now         {live.get('open_associations', 0):.0f} associations, "
            f"{live['objects_per_second']:.1f} objects/s, {live['bytes_per_second'] / 1e6:.1f} MB/s",
            f"since start {live.get('objects_stored', 0):,.0f} stored, {live.get('duplicates', 0):,.0f} duplicates, "
            f"{live.get('objects_refused', 0):,.0f} refused, {live.get('associations_aborted', 0):,.0f} aborted, "
            f"{live['uptime_seconds'] / 3600:.1f} h",
        ]
    lines += [f"{one['state']:11} {one['study']}: {one['action']}: {one['reason']}" for one in status["problems"]]
    return "\n".join(lines)


def as_metrics(status: Status) -> str:
    """In the text format of Prometheus."""
    lines = [f"dicome_{name} {value}" for name, value in sorted(status.get("metrics", {}).items())]
    lines += [
        f"dicome_disk_free_bytes {status['disk']['free']}",
        f"dicome_store_objects {status['objects']}",
        f"dicome_store_bytes {status['bytes']}",
        *_labelled("dicome_studies", "state", status["studies"].items()),
        *_labelled("dicome_actions", "state", status["actions"].items()),
    ]
    return "\n".join(lines) + "\n"


def _labelled(name: str, label: str, values: Iterable[tuple[str, Any]]) -> list[str]:
    return [f'{name}{{{label}="{key}"}} {value}' for key, value in values]


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


def _gb(size: int) -> str:
    return f"{size / 1e9:,.1f} GB"
