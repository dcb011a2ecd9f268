"""Compressed frames: decoded as pydicom decodes them, one by one, or a clear word on what is missing."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.pixels.decoders.base import Decoder, get_decoder

from dicome.dicom import codecs
from dicome.dicom.codestream import stated_size
from dicome.dicom.file import open_file
from dicome.dicom.pixels import open_pixels
from dicome.enhanced.encode import UNDEFINED, header
from dicome.errors import DamagedFileError, MissingCodecError
from tests.support.files import PIXEL_DATA, Elements
from tests.support.pictures import agrees, opened, picture

CHANCE = np.random.default_rng(3)
RLE, JPEG, LOSSLESS = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.70"
JPEG_LS, JPEG_2000, JPEG_2000_LOSSY = "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"
SIDE: dict[str, Any] = {"rows": 40, "columns": 36}
ENCODERS = {RLE: "pydicom", JPEG_LS: "pyjpegls", JPEG_2000: "pylibjpeg"}


def smooth(count: int, dtype: str, *more: int, top: int = 4000) -> NDArray[Any]:
    """Frames with slopes and some noise, different each."""
    rows, columns = np.mgrid[:40, :36]
    waves = [np.sin(rows / (5 + k)) + np.cos(columns / (4 + k)) for k in range(count * int(np.prod(more)))]
    values = (np.stack(waves) + 2) / 4 * (top - 10) + CHANCE.integers(0, 9, (len(waves), 40, 36))
    shaped = values.reshape(count, *more, 40, 36)
    return np.ascontiguousarray(np.moveaxis(shaped, 1, -1) if more else shaped).astype(dtype)


def compressed(frames: NDArray[Any], uid: str, **module: Any) -> list[bytes]:
    """Each frame as pydicom's encoder makes it."""
    data = picture(frames.tobytes(), len(frames), vr="OW" if frames.itemsize > 1 else "OB", **module, **SIDE)
    data_set = pydicom.dcmread(io.BytesIO(data))
    data_set.compress(uid, encoding_plugin=ENCODERS[uid], generate_instance_uid=False)
    return list(pydicom.encaps.generate_frames(data_set.PixelData, number_of_frames=len(frames)))


def packed(value: bytes) -> bytes:
    return header(PIXEL_DATA, "OB", UNDEFINED) + value + b"\xfe\xff\xdd\xe0\0\0\0\0"


def coded(frames: list[bytes], uid: str, *, fragments: int = 1, table: str = "basic", **module: Any) -> bytes:
    """A file of those compressed frames."""
    top: Elements = []
    if table == "extended":
        value, starts, lengths = encapsulate_extended(frames)
        top = [(0x7FE00001, "OV", starts), (0x7FE00002, "OV", lengths)]
    else:
        value = encapsulate(frames, fragments_per_frame=fragments, has_bot=table == "basic")
    return picture(packed(value), len(frames), uid=uid, raw=True, top=top, **(SIDE | module))


GREYS: list[tuple[str, dict[str, Any], int]] = [
    ("<u1", {"allocated": 8}, 250), ("<u2", {"allocated": 16, "stored": 12}, 4000), ("<u2", {"allocated": 16}, 60000),
    ("<i2", {"allocated": 16, "signed": True}, 30000),
]  # fmt: skip


@pytest.mark.parametrize("uid", ENCODERS)
@pytest.mark.parametrize(("dtype", "module", "top"), GREYS)
def test_lossless_greys(uid: str, dtype: str, module: dict[str, Any], top: int, tmp_path: Path) -> None:
    frames = smooth(3, dtype, top=top) - (top // 2 if "i" in dtype else 0)
    frames = frames.astype(dtype)
    data = coded(compressed(frames, uid, **module), uid, **module)
    found = agrees(tmp_path, data, 3, decoding_plugin=ENCODERS[uid])
    assert found.tolist() == frames.tolist()


def run_lengths(frame: NDArray[np.uint32]) -> bytes:
    """RLE by hand (PS3.5 annex G): a segment for each byte of a pixel, the highest first, in literal runs of 4."""
    segments = []
    for shift in (24, 16, 8, 0):
        plane = (frame >> shift & 0xFF).astype("u1").reshape(-1, 4)
        segments.append(b"".join(b"\3" + run.tobytes() for run in plane))
    offsets = [64 + sum(map(len, segments[:k])) for k in range(4)]
    return np.array([4, *offsets, *[0] * 11], "<u4").tobytes() + b"".join(segments)


def test_rle_of_32_bits(tmp_path: Path) -> None:
    frames = smooth(2, "<u4", top=4_000_000_000)
    data = coded([run_lengths(frame) for frame in frames], RLE, allocated=32)
    assert agrees(tmp_path, data, 2).tolist() == frames.tolist()


def test_bits_above_those_stored_are_left_out_after_decoding(tmp_path: Path) -> None:
    frames = CHANCE.integers(0, 65536, (2, 40, 36)).astype("<u2")
    data = coded(compressed(frames, RLE), RLE, stored=12)
    found = agrees(tmp_path, data, 2)
    assert found.tolist() == (frames & 0x0FFF).tolist()


@pytest.mark.parametrize("uid", ENCODERS)
def test_lossless_colours(uid: str, tmp_path: Path) -> None:
    module: dict[str, Any] = {"allocated": 8, "samples": 3, "photometric": "RGB", "planar": 0}
    frames = smooth(2, "<u1", 3, top=250)
    data = coded(compressed(frames, uid, **module), uid, **module)
    found = agrees(tmp_path, data, 2, decoding_plugin=ENCODERS[uid])
    assert found.tolist() == frames.tolist()


@pytest.mark.parametrize("uid", ENCODERS)
@pytest.mark.parametrize("table", ["basic", "none", "extended"])
def test_offset_tables(uid: str, table: str, tmp_path: Path) -> None:
    frames = smooth(4, "<u2")
    data = coded(compressed(frames, uid), uid, table=table)
    found = agrees(tmp_path, data, 4, decoding_plugin=ENCODERS[uid])
    assert found.tolist() == frames.tolist()


@pytest.mark.parametrize("uid", [JPEG_LS, JPEG_2000])
@pytest.mark.parametrize("table", ["basic", "none"])
def test_several_fragments_a_frame(uid: str, table: str, tmp_path: Path) -> None:
    frames = smooth(4, "<u2")
    data = coded(compressed(frames, uid), uid, table=table, fragments=3)
    found = agrees(tmp_path, data, 4, decoding_plugin=ENCODERS[uid])
    assert found.tolist() == frames.tolist()


def jpeg(frame: NDArray[np.uint8], **options: Any) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(frame).save(stream, "JPEG", quality=95, **options)
    return stream.getvalue() + b"\0" * (len(stream.getvalue()) % 2)


def test_jpeg_baseline(tmp_path: Path) -> None:
    frames = smooth(3, "u1", top=250)
    data = coded([jpeg(frame) for frame in frames], JPEG, allocated=8)
    found = agrees(tmp_path, data, 3, decoding_plugin="pillow")
    assert np.abs(found.astype(int) - frames).max() < 12


def test_jpeg_baseline_in_colour(tmp_path: Path) -> None:
    frames = smooth(2, "u1", 3, top=250)
    module: dict[str, Any] = {"allocated": 8, "samples": 3, "photometric": "YBR_FULL", "planar": 0}
    data = coded([jpeg(frame, subsampling=0) for frame in frames], JPEG, **module)
    found = agrees(tmp_path, data, 2, decoding_plugin="pillow")
    assert np.abs(found.astype(int) - frames).mean() < 4


def test_jpeg_2000_with_losses(tmp_path: Path) -> None:
    """Decoded by the same program; only the transfer syntax differs from the lossless one."""
    frames = smooth(2, "<u2")
    data = coded(compressed(frames, JPEG_2000), JPEG_2000_LOSSY)
    assert agrees(tmp_path, data, 2, decoding_plugin="pylibjpeg").tolist() == frames.tolist()


@pytest.mark.parametrize(
    ("program", "options", "uid"),
    [
        ("dcmcrle", (), RLE), ("dcmcjpls", (), JPEG_LS), ("dcmcjpeg", ("+e1",), LOSSLESS),
        ("dcmcjpeg", ("+el", "+sv", "4"), "1.2.840.10008.1.2.4.57"),
    ],
)  # fmt: skip
def test_frames_compressed_by_dcmtk(
    program: str, options: tuple[str, ...], uid: str, tmp_path: Path, dcmtk: Callable[[str], str]
) -> None:
    frames = smooth(3, "<u2")
    source = tmp_path / "plain.dcm"
    source.write_bytes(picture(frames.tobytes(), 3, **SIDE))
    target = tmp_path / "coded.dcm"
    subprocess.run([dcmtk(program), *options, source, target], check=True, capture_output=True)
    file = open_file(target)
    assert file.syntax.uid == uid
    assert open_pixels(file).block(0, 3).tolist() == frames.tolist()


# -- only what is asked for ------------------------------------------------------------------------------------------


def test_a_block_decodes_its_own_frames_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = smooth(4, "<u2")
    coded_frames = compressed(frames, RLE)
    pixels = opened(tmp_path, coded(coded_frames, RLE))
    decoded: list[bytes] = []
    original = codecs._decoded

    def spy(uid: str, raw: bytes, stored: Any) -> NDArray[Any]:
        decoded.append(raw)
        return original(uid, raw, stored)

    monkeypatch.setattr(codecs, "_decoded", spy)
    assert pixels.block(1, 2).tolist() == frames[1:3].tolist()
    assert decoded == coded_frames[1:3]
    assert pixels.block(2, 0).shape == (0, 40, 36)


def test_a_damaged_frame_leaves_the_others_alone(tmp_path: Path) -> None:
    frames = smooth(3, "<u2")
    coded_frames = compressed(frames, RLE)
    coded_frames[1] = b"\x02" + coded_frames[1][1:8] + b"\xff" * (len(coded_frames[1]) - 8)
    pixels = opened(tmp_path, coded(coded_frames, RLE))
    assert pixels.block(0, 1).tolist() == frames[:1].tolist()
    assert pixels.block(2, 1).tolist() == frames[2:].tolist()
    with pytest.raises(DamagedFileError, match=r"x\.dcm: frame 2 \(RLE Lossless\) cannot be decoded: "):
        pixels.block(1, 1)


def test_missing_frames(tmp_path: Path) -> None:
    coded_frames = compressed(smooth(3, "<u2"), RLE)
    data = coded(coded_frames, RLE)
    pixels = opened(tmp_path, data[: data.index(coded_frames[2]) + 20])
    assert pixels.block(0, 2).shape == (2, 40, 36)
    with pytest.raises(DamagedFileError, match="is 3, but the pixels of only 2 are there"):
        pixels.block(2, 1)


def test_frames_of_another_size(tmp_path: Path) -> None:
    for uid, problem in (
        (RLE, "cannot be decoded: "),
        (JPEG_LS, "is 40 x 36 x 1 in its own header, not 41 x 36 x 1"),
        (JPEG_2000, "is 40 x 36 x 1 in its own header, not 41 x 36 x 1"),
    ):
        data = coded(compressed(smooth(2, "<u2"), uid), uid, rows=41)
        with pytest.raises(DamagedFileError, match=rf"x\.dcm: frame 1 \(.*\) {problem}"):
            opened(tmp_path, data).block(0, 1)


def test_more_pixels_than_any_codec_packs_into_so_few_bytes(tmp_path: Path) -> None:
    data = coded(compressed(smooth(1, "<u2"), JPEG_LS), JPEG_LS, rows=65535, columns=65535)
    with pytest.raises(DamagedFileError, match="bytes for 65,535 x 65,535 pixels"):
        opened(tmp_path, data).block(0, 1)


def test_a_height_of_zero_takes_no_memory(tmp_path: Path) -> None:
    """JPEG allows it where the height follows the picture; a decoder that waits for it fills the memory."""
    (frame,) = compressed(smooth(1, "<u2"), JPEG_LS)
    at = frame.index(b"\xff\xf7") + 5
    assert frame[at : at + 4] == b"\0\x28\0\x24"
    data = coded([frame[:at] + b"\0\0" + frame[at + 2 :]], JPEG_LS)
    with pytest.raises(DamagedFileError, match=r"frame 1 .* is 0 x 36 x 1 in its own header"):
        opened(tmp_path, data).block(0, 1)


def test_sizes_stated_by_code_streams() -> None:
    assert stated_size(b"\xff\xd8\xff\xe0\0\4ab\xff\xff\xff\xc0\0\x11\x08\0\x28\0\x24\3") == (40, 36, 3)
    siz = np.array([36 + 5, 40 + 7, 5, 7, 64, 64, 0, 0], ">u4").tobytes() + b"\0\1"
    assert stated_size(b"\xff\x4f\xff\x51\0\x29\0\0" + siz) == (40, 36, 1)
    for nothing in (
        b"",
        b"\xff",
        b"\xff\xd8",
        b"\xff\xd8\xff\xc0\0\x11",
        b"\xff\xd8\xff\xe0\xff\xff",
        b"\xff\x4f\xff\x51\0",
    ):
        assert stated_size(nothing) is None
    for uid in (JPEG_LS, JPEG_2000):
        (frame,) = compressed(smooth(1, "<u2"), uid)
        assert stated_size(frame) == (40, 36, 1)


@pytest.mark.parametrize("uid", [RLE, JPEG_LS, JPEG_2000, JPEG])
def test_damaged_frames_end_neither_the_process_nor_the_memory(uid: str, tmp_path: Path) -> None:
    """Some decoders call abort() on bytes they do not like; in a process of its own, in case one does."""
    pytest.importorskip("resource", reason="no limits on Windows")
    frame = jpeg(smooth(1, "u1")[0]) if uid == JPEG else compressed(smooth(1, "<u2"), uid)[0]
    module: dict[str, Any] = {"allocated": 8} if uid == JPEG else {}
    paths = []
    for k in range(60):
        damaged = bytearray(frame)
        for at in CHANCE.integers(0, 120, 3):
            damaged[at] = (0, 0xFF, int(CHANCE.integers(0, 256)))[CHANCE.integers(0, 3)]
        paths.append(tmp_path / f"{k}.dcm")
        paths[-1].write_bytes(coded([bytes(damaged)], uid, **module))
    code = (
        "import resource, sys\n"
        "from dicome.dicom.file import open_file\n"
        "from dicome.dicom.pixels import open_pixels\n"
        "from dicome.errors import DamagedFileError\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (60, 60))\n"
        "for path in sys.argv[1:]:\n"
        "    try:\n"
        "        open_pixels(open_file(path)).block(0, 1)\n"
        "    except DamagedFileError:\n"
        "        pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *paths], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-500:]
    assert "Traceback" not in done.stderr
    assert int(done.stdout) * (1024 if sys.platform == "linux" else 1) < 1 << 30


# -- codecs that are not there ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("uid", [JPEG_LS, JPEG_2000, JPEG, LOSSLESS])
def test_a_missing_codec_says_what_to_install(uid: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = opened(tmp_path, coded([b"\xff\xd8\xff\xd9"] * 2, uid))
    monkeypatch.setattr(get_decoder(uid), "_available", {})
    with pytest.raises(
        MissingCodecError, match=r"x\.dcm: the pixels are compressed \(.*pip install 'dicome\[codecs\]'"
    ):
        pixels.block(0, 1)


def test_a_syntax_without_any_decoder(tmp_path: Path) -> None:
    data = coded([b"\0\0\1\xb3"], "1.2.840.10008.1.2.4.100")
    with pytest.raises(
        MissingCodecError, match=r"x\.dcm: no decoder of transfer syntax 1\.2\.840\.10008\.1\.2\.4\.100"
    ):
        opened(tmp_path, data).block(0, 1)


def test_plugins_that_abort_are_the_last_resort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def as_array(self: Decoder, _: bytes, *, decoding_plugin: str, **__: Any) -> tuple[NDArray[Any], dict[str, Any]]:
        asked.append(decoding_plugin)
        raise ValueError("no")

    monkeypatch.setattr(Decoder, "as_array", as_array)
    pixels = opened(tmp_path, coded([b"\xff\xd8\xff\xd9"], JPEG_2000))
    decoder = get_decoder(JPEG_2000)
    for there, wanted in ((("gdcm", "pillow", "pylibjpeg"), ["pylibjpeg", "pillow"]), (("gdcm",), ["gdcm"])):
        monkeypatch.setattr(decoder, "_available", dict.fromkeys(there))
        asked.clear()
        with pytest.raises(DamagedFileError, match=r"frame 1 .* cannot be decoded: no"):
            pixels.block(0, 1)
        assert asked == wanted
