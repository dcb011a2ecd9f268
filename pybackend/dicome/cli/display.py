"""``dcm_x_disp`` and ``dcm_w_disp``: an image in a window, as a picture, or in the terminal."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers
    from dicome.display.stack import Stack, Window

NAMES = ("dcm_x_disp", "dcm_w_disp")
KINDS = ("sixel", "blocks", "shades")
EXAMPLES = """\
examples:
  {name} scan.dcm                  a window with a slider for every dimension
  {name} -W 800 -C 400 scan.dcm    window width and center
  {name} -w 512 -h 512 scan.dcm    size of the display
  {name} -o slice.png --frame 17 scan.dcm   frame 17 as a picture
  {name} --text blocks scan.dcm    in the terminal

keys: up and down: first dimension; left and right: second; page up and down: third
      w and W: narrower and wider window; c and C: darker and brighter; r: as it was; q: close

Without a screen the image is drawn in the terminal: by sixel graphics where it has them, else by blocks.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``dcm_x_disp`` and ``dcm_w_disp``."""
    for name in NAMES:
        parser = subparsers.add_parser(
            name,
            add_help=False,
            help="show an image: window, picture or terminal",
            description="Show a DICOM image, in a window where there is a screen, else in the terminal.",
            epilog=EXAMPLES.format(name=name),
        )
        add = parser.add_argument
        add("path", metavar="FILE", help="a DICOM file, or a folder with one series")
        add("--help", action="help", help="show this help and exit")
        add("-b", dest="big", action="store_true", help="a file without Part 10 header is big endian")
        add("-t", dest="part10", action="store_true", help="take only a Part 10 file")
        add("-w", dest="width", type=int, metavar="WIDTH", help="of the display, pixels (in a terminal: letters)")
        add("-h", dest="height", type=int, metavar="HEIGHT", help="of the display, pixels (in a terminal: lines)")
        add("-W", dest="window", type=float, metavar="WIDTH", help="window width, of display values")
        add("-C", dest="center", type=float, metavar="CENTER", help="window center, of display values")
        add("-o", dest="out", metavar="OUT", help="write a PNG picture instead")
        add("--frame", type=int, metavar="N", help="start with this frame (1-based); default: the middle slice")
        add(
            "--text",
            nargs="?",
            const="auto",
            choices=("auto", *KINDS),
            metavar="KIND",
            help="draw in the terminal: sixel, blocks or shades",
        )
        add("--force", action="store_true", help="replace an existing picture")


def run(args: argparse.Namespace) -> int:
    """Shows the image."""
    from dicome.display.stack import open_stack
    from dicome.inspect.ctn import BIG_ENDIAN
    from dicome.inspect.opening import open_header, require_part10

    _check(args)
    if args.part10:
        require_part10(open_header(args.path)[0])
    stack = open_stack(args.path, BIG_ENDIAN if args.big else None)
    position = stack.start if args.frame is None else stack.position_of(args.frame)
    if args.out:
        _write(stack, position, args)
        return 0
    if args.text is None:
        from dicome.display import window

        if window.has_screen() and window.can_open():
            size = (args.width or args.height, args.height or args.width) if args.width or args.height else None
            window.show(stack, position, _asked(stack, position, args), size)
            return 0
    _print(stack, position, args)
    return 0


def _check(args: argparse.Namespace) -> None:
    from math import isfinite

    from dicome.errors import ArgumentError

    for flag, number in (("-W", args.window), ("-C", args.center)):
        if number is not None and not isfinite(number):
            raise ArgumentError(f"{flag} is {number}; expected a number")
    for flag, value in (("-w", args.width), ("-h", args.height)):
        if value is not None and not 1 <= value <= 16384:
            raise ArgumentError(f"{flag} is {value}; expected 1 to 16384")
    if args.window is not None and args.window <= 0:
        raise ArgumentError(f"-W is {args.window:g}; a window is wider than 0")


def _asked(stack: Stack, position: tuple[int, ...], args: argparse.Namespace) -> Window | None:
    """The window of -W and -C; what only one of them says is filled from the frame."""
    from dicome.display.stack import automatic

    if args.window is None and args.center is None:
        return None
    values = stack.frame(position)
    center, width = stack.window(position) or (automatic(values) if values is not None else (0.0, 1.0))
    return (center if args.center is None else args.center, width if args.window is None else args.window)


def _write(stack: Stack, position: tuple[int, ...], args: argparse.Namespace) -> None:
    from pathlib import Path

    from dicome.beside import written_beside
    from dicome.display.stack import as_grey, fitted, resized
    from dicome.errors import ArgumentError, MissingPackageError

    out = Path(args.out)
    if out.suffix.lower() != ".png":
        raise ArgumentError(f"-o {out}: pictures are PNG; give a name that ends in .png")
    try:
        from PIL import Image
    except ImportError as problem:
        raise MissingPackageError("pictures need Pillow: pip install 'dicome[png]'") from problem
    window = _asked(stack, position, args) or stack.window(position)
    picture = as_grey(stack.frame(position), window, stack.inverted)
    picture = resized(picture, *fitted(picture.shape, stack.aspect, args.width, args.height))
    with written_beside(out, force=args.force) as temporary:
        Image.fromarray(picture).save(temporary, format="PNG")


def _print(stack: Stack, position: tuple[int, ...], args: argparse.Namespace) -> None:
    import os

    from dicome.display import terminal
    from dicome.display.stack import as_grey, fitted, resized
    from dicome.safetext import visible

    kind = args.text if args.text in KINDS else terminal.best_kind()
    try:
        columns, lines = os.get_terminal_size()
    except OSError:
        columns, lines = 80, 40
    window = _asked(stack, position, args) or stack.window(position)
    picture = as_grey(stack.frame(position), window, stack.inverted)
    if kind == "sixel":
        width, height = fitted(picture.shape, stack.aspect, args.width or 512, args.height or 512)
        print(terminal.sixel(resized(picture, width, height)))
    else:
        # A letter is about twice as high as it is wide; a half block is a square.
        across, down = args.width or columns, args.height or max(lines - 2, 4)
        aspect = stack.aspect if kind == "blocks" else stack.aspect / 2
        width, height = fitted(picture.shape, aspect, across, down * 2 if kind == "blocks" else down)
        for line in (terminal.blocks if kind == "blocks" else terminal.shades)(resized(picture, width, height)):
            print(line)
    where = ", ".join(f"{axis.name} {axis.labels[k]}" for axis, k in zip(stack.axes, position, strict=True))
    print(visible(f"{stack.title}: frame {stack.number(position)}" + (f" ({where})" if where else "")))
