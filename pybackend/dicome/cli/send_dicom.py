"""``send_dicom``: sends files to a DICOM server."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from dicome.cli.parser import Subparsers
    from dicome.network.config import Destination, Tls
    from dicome.network.outgoing import Found, Outgoing
    from dicome.network.requestor import Patience
    from dicome.network.sending import Sent

EXAMPLES = """\
examples:
  send_dicom -s 10.1.2.3 -p 11112 -r STORE scan.dcm          one file
  send_dicom -s scanner1 -R study                            a folder and all below it, to a configured destination
  send_dicom -s scanner1                                     no file: only ask for a sign of life (C-ECHO)
  send_dicom -s scanner1 study --save-failed failed.txt      keep the names of what was not sent ...
  send_dicom -s scanner1 --retry-from failed.txt             ... and try those again

Destinations are [destinations.NAME] in the configuration (--config, DICOME_CONFIG or that of `dicome config path`).
A link to this program that is called NAME sends there without -s, and so does: alias NAME='send_dicom -s NAME'.
exit codes: 0 all was sent, 1 something was not, 2 wrong arguments, 130 stopped with Ctrl-C
"""

LONGEST = 86400
"""Seconds that --timeout may have."""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``send_dicom`` to the command line."""
    parser = subparsers.add_parser(
        "send_dicom",
        help="send files to a DICOM server",
        description="Send DICOM files of any kind as they are; without files, ask whether the server is there.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("paths", nargs="*", metavar="FILE", help="file or folder (not the folders within it, but see -R)")
    add("-s", "-c", dest="host", metavar="DEST", help="host, or name of a configured destination")
    add("-p", dest="port", type=int, metavar="PORT", help="its port (default 104)")
    add("-r", dest="ae_title", metavar="AET", help="its AE title (default ANY-SCP)")
    add("-a", dest="local_ae_title", metavar="AET", help="our AE title (default DICOME)")
    add("-d", dest="delay", type=float, default=0.5, metavar="SECONDS", help="longest pause after errors (default 0.5)")
    add("-l", dest="classic", action="store_true", help="send classic objects only, no enhanced MR, CT or PET")
    add("-R", dest="recursive", action="store_true", help="folders within folders as well")
    add("--associations", type=int, default=1, metavar="N", help="connections side by side (default 1)")
    add("--retry-from", metavar="LIST", help="send the files named in this list, one a line")
    add("--save-failed", metavar="LIST", help="write the names of files that were not sent")
    add("--config", metavar="FILE", help="configuration with [destinations]")
    tls = parser.add_argument_group("TLS (also in the configuration)").add_argument
    tls("--tls", action="store_true", help="encrypt the connection")
    tls("--certificate", metavar="PEM", help="our certificate")
    tls("--key", metavar="PEM", help="its key")
    tls("--authorities", metavar="PEM", help="who must have signed the other side's (default: the system's)")
    tls("--no-verify", action="store_true", help="take any certificate of the other side")
    add("--timeout", type=float, default=30.0, metavar="SECONDS", help="to wait for a connection (default 30)")
    add("--yes", action="store_true", help="try what failed once more without asking")
    add("--quiet", action="store_true", help="no progress, no summary")
    add("--json", action="store_true", help="print what became of each file as JSON")


def run(args: argparse.Namespace) -> int:
    """Sends; 1 where something was not sent."""
    import os
    from pathlib import Path

    from dicome.errors import ArgumentError, FileExistsAlreadyError
    from dicome.network.requestor import Patience

    if not args.delay >= 0 or args.associations < 1 or not 0 < args.timeout <= LONGEST:  # so that nan is none of them
        raise ArgumentError(f"-d is 0 or more, --associations 1 or more, --timeout more than 0 and at most {LONGEST}")
    if args.save_failed and args.save_failed != args.retry_from and os.path.lexists(args.save_failed):
        raise FileExistsAlreadyError(f"{args.save_failed}: exists already; choose another name for --save-failed")
    destination = _destination(args)
    patience = Patience(connect=args.timeout)
    paths = [Path(path) for path in args.paths]
    if args.retry_from:
        paths += _listed(Path(args.retry_from))
    if not paths and not args.retry_from:
        return _echo(destination, patience)
    return _send(args, paths, destination, patience)


def _destination(args: argparse.Namespace) -> Destination:
    import os
    import sys
    from dataclasses import replace

    from dicome.network.config import Tls
    from dicome.network.destinations import configured, find_destination

    known = configured(args.config)
    called = os.path.basename(sys.argv[0])  # noqa: PTH119
    found = find_destination(
        args.host or (called if called in known else None),
        known,
        port=args.port,
        ae_title=args.ae_title,
        local_ae_title=args.local_ae_title,
    )
    tls = found.tls
    if args.tls or args.certificate or args.key or args.authorities or args.no_verify:
        tls = _tls(args, tls or Tls())
    return replace(found, tls=tls, classic_only=found.classic_only or args.classic)


def _tls(args: argparse.Namespace, configured: Tls) -> Tls:
    """The certificates that were given, and of the others those that are configured."""
    from dataclasses import replace
    from pathlib import Path

    given: dict[str, Path] = {
        name: Path(value) for name in ("certificate", "key", "authorities") if (value := getattr(args, name))
    }
    if "certificate" in given:
        configured = replace(configured, key=None)  # that one is of the other certificate
    verify = configured.verify and not args.no_verify
    return replace(configured, **given, verify=verify)


def _listed(path: Path) -> list[Path]:
    from pathlib import Path

    # Names are bytes to Unix, and need not be UTF-8.
    lines = path.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    return [Path(line) for line in lines if line.strip()]


def _echo(destination: Destination, patience: Patience) -> int:
    from dicome.network.sending import echo
    from dicome.network.statuses import words

    status = echo(destination, patience)
    print(f"{destination.name} ({destination.host} port {destination.port}, {destination.ae_title}): {words(status)}")
    return 0 if status == 0 else 1


def _send(args: argparse.Namespace, paths: Sequence[Path], destination: Destination, patience: Patience) -> int:
    from dicome.network.outgoing import find_outgoing

    found = find_outgoing(paths, recursive=args.recursive)
    for _, reason in found.bad:
        _tell(reason)
    results: list[Sent] = []
    waiting: Sequence[Outgoing] = found.objects
    try:
        while waiting:
            failed = _round(args, waiting, destination, patience, results)
            waiting = failed if failed and _again(args, len(failed)) else ()
            if waiting:
                args.yes = False
                again = {one.path for one in waiting}
                results = [sent for sent in results if sent.path not in again]
    finally:
        _report(args, results, found, destination)
    return 1 if found.bad or any(sent.error for sent in results) or len(results) < len(found.objects) else 0


def _round(
    args: argparse.Namespace,
    objects: Sequence[Outgoing],
    destination: Destination,
    patience: Patience,
    results: list[Sent],
) -> list[Outgoing]:
    """Sends once, adds to the results, and gives what was not sent."""
    import time

    from dicome.cli.progress import Progress

    total = sum(one.size for one in objects)
    done, begin = 0, time.monotonic()
    with Progress("sending", "bytes", quiet=args.quiet) as bar:
        for count, sent in enumerate(_sent(args, objects, destination, patience), 1):
            results.append(sent)
            done += sent.size
            if sent.error or sent.note:
                bar.clear()
                _tell(f"{sent.path}: {sent.error or sent.note}")
            rate = done / 1e6 / max(time.monotonic() - begin, 0.001)
            bar(
                done,
                total,
                f"{count:,}/{len(objects):,} files, {done / 1e6:,.1f}/{total / 1e6:,.1f} MB, {rate:,.1f} MB/s",
            )
    failed = {sent.path for sent in results if sent.error}
    return [one for one in objects if one.path in failed]


def _sent(
    args: argparse.Namespace, objects: Sequence[Outgoing], destination: Destination, patience: Patience
) -> Iterator[Sent]:
    from dicome.network.sending import send, send_side_by_side

    if args.associations == 1:
        from dicome.network.sending import Pace

        return send(objects, destination, Pace(args.delay), patience)
    return send_side_by_side(objects, destination, args.associations, args.delay, patience)


def _again(args: argparse.Namespace, failed: int) -> bool:
    """Whether to try once more what failed: asked where somebody can answer."""
    import sys

    if args.yes:
        return True
    if args.quiet or args.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    print(f"{failed} file(s) were not sent. Try them again? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _report(args: argparse.Namespace, results: Sequence[Sent], found: Found, destination: Destination) -> None:
    """The summary, and the list of what was not sent (also of what a Ctrl-C kept back)."""
    from pathlib import Path

    from dicome.beside import written_beside

    sent = {one.path for one in results if not one.error}
    failed = [one.path for one in found.objects if one.path not in sent] + [path for path, _ in found.bad]
    if args.json:
        import json

        rows = [
            {"path": str(one.path), "bytes": one.size, "tries": one.tries, "error": one.error, "note": one.note}
            for one in results
        ]
        bad = [{"path": str(path), "bytes": 0, "tries": 0, "error": why, "note": ""} for path, why in found.bad]
        print(json.dumps(rows + bad, indent=1))
    elif not args.quiet:
        untried = len(found.objects) - len(results)
        others = f", {untried} not tried" if untried else ""
        others += f", {found.others} other files left out" if found.others else ""
        print(f"{destination.name}: {len(sent)} sent, {len(failed) - untried} failed{others}")
        if failed and not args.save_failed:
            print("--save-failed LIST keeps the names of what was not sent, --retry-from LIST sends them again")
    if args.save_failed:
        with written_beside(Path(args.save_failed), force=args.save_failed == args.retry_from) as temporary:
            lines = "".join(f"{path.absolute()}\n" for path in failed)
            temporary.write_text(lines, encoding="utf-8", errors="surrogateescape")


def _tell(line: str) -> None:
    import sys

    from dicome.safetext import visible

    # What the other side answers is a stranger's text.
    print(visible(f"send_dicom: {line}"), file=sys.stderr)
