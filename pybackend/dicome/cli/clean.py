"""``dicome clean``: what a server's retention deletes, now or as a look ahead; pins."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from dicome.cli.parser import Subparsers
    from dicome.network.config import Config
    from dicome.network.state import State

EXAMPLES = """\
examples:
  dicome clean --dry-run             what would be deleted now
  dicome clean                       delete it, without waiting for the night
  dicome clean --pin 1.2.3.4         keep this study whatever its age (--unpin lets it go)
  dicome clean --list                all studies: state, age, objects, size
  dicome clean --retry-failed        let actions that failed for good be tried again

Studies that are still arriving, or wait for one of their actions, are never deleted. The server may be running.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``clean`` to the command line."""
    parser = subparsers.add_parser(
        "clean",
        help="delete old studies of the server, or show which",
        description="Delete the studies that are older than [retention] retain, and the oldest where space is short.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("--config", metavar="FILE", help="configuration of the server")
    add("--dry-run", action="store_true", help="show what would be deleted")
    add("--list", action="store_true", help="list all studies")
    add("--pin", action="append", default=[], metavar="STUDY", help="never delete this study")
    add("--unpin", action="append", default=[], metavar="STUDY", help="delete it as others")
    add("--retry-failed", action="store_true", help="let failed actions be tried again")
    add("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Carries it out."""
    from dicome.errors import FileMissingError
    from dicome.network.config import server_config
    from dicome.network.state import FILE, FOLDER, State

    config = server_config(args.config)
    root = config.folder
    if root is None or not (root / FOLDER / FILE).is_file():
        raise FileMissingError(f"{root}: no server has worked there yet")
    state = State(root)
    try:
        if args.pin or args.unpin:
            return _pin(args, state)
        if args.retry_failed:
            print(f"{state.retry_failed()} action(s) will be tried again")
            return 0
        return _list(args, state) if args.list else _clean(args, config, root, state)
    finally:
        state.close()


def _pin(args: argparse.Namespace, state: State) -> int:
    import sys

    unknown = [
        uid for uids, pinned in ((args.pin, True), (args.unpin, False)) for uid in uids if not state.pin(uid, pinned)
    ]
    for uid in unknown:
        print(f"dicome: {uid}: no such study; dicome clean --list shows all", file=sys.stderr)
    return 1 if unknown else 0


def _list(args: argparse.Namespace, state: State) -> int:
    import time
    from dataclasses import asdict

    studies = state.studies()
    if args.json:
        import json

        print(json.dumps([asdict(study) for study in studies], indent=1))
        return 0
    now = time.time()
    for study in studies:
        pinned = "  pinned" if study.pinned else ""
        age = (now - study.last) / 86400
        print(
            f"{study.uid}  {study.state}  {age:.1f} days  {study.objects:,} objects  {study.size / 1e6:,.1f} MB{pinned}"
        )
    return 0


def _clean(args: argparse.Namespace, config: Config, root: Path, state: State) -> int:
    import shutil
    import sys
    import time

    from dicome.network.retention import clean, expired

    if args.dry_run:
        free = shutil.disk_usage(root).free
        found = expired(state.studies(), config.retention, time.time(), free)
    else:
        found = clean(root, state, config.retention, time.time())
    bad = [one for one in found if one.problem]
    for one in bad:
        print(f"dicome: {root / one.study.uid}: cannot be deleted: {one.problem}", file=sys.stderr)
    found = [one for one in found if not one.problem]
    code = 1 if bad else 0
    if args.json:
        import json

        rows = [
            {"study": one.study.uid, "objects": one.study.objects, "bytes": one.study.size, "reason": one.reason}
            for one in found
        ]
        print(json.dumps({"deleted": not args.dry_run, "studies": rows}, indent=1))
        return code
    word = "would be deleted" if args.dry_run else "deleted"
    for one in found:
        print(f"{one.study.uid}: {word} ({one.reason}; {one.study.objects:,} objects, {one.study.size / 1e6:,.1f} MB)")
    if config.retention.retain is None and not config.retention.keep_free:
        print("the configuration has no [retention]: nothing is ever deleted")
    else:
        print(f"{len(found)} {'study' if len(found) == 1 else 'studies'} {word}")
    return code
