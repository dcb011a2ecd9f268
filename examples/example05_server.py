"""The Kirby Center's server in small: two ports, a tag in Study Description, files at their place.

A scanner that prefers enhanced MR is played by sending what each port takes. Everything stays on this computer.
"""

import tempfile
import time
from pathlib import Path

from pydicom import dcmread

import dicome
from dicome.network.config import Config, Destination, Listener, Route
from dicome.network.log import Log
from dicome.network.outgoing import find_outgoing
from dicome.network.sending import send
from dicome.network.serving import serving

folder = Path(tempfile.mkdtemp(prefix="dicome-server-"))
(folder / "g5" / "scan_20190502").mkdir(parents=True)  # must be there; subj1 is made

# What the scanner has: the same scan as one enhanced file. The user has typed where it should go.
dicome.write_phantom(folder / "scan.dcm", slices=4, dynamics=3)
scan = dcmread(folder / "scan.dcm")
scan.StudyDescription = f"#-#{folder}/g5/scan_20190502/subj1"
scan.save_as(folder / "scan.dcm")

config = Config(
    folder=folder / "dicom",
    listeners=(
        Listener("enhanced", port=0, address="127.0.0.1"),
        Listener("classic", port=0, address="127.0.0.1", enhanced=False),
    ),
    route=Route(stable=1.0, tags=(0x00081030,), roots=(folder / "g5",)),
    log=folder / "server.log",
)
with serving(config, Log(config.log)) as server:
    for port in server.ports:
        there = Destination(port.listener.name, "127.0.0.1", port.port)
        for sent in send(find_outgoing([folder / "scan.dcm"]).objects, there):
            print(port.listener.name, "took it" if not sent.error else sent.error)
    while not server.state.studies("settled"):
        time.sleep(0.1)

for path in sorted((folder / "dicom").glob("[0-9]*/*")) + sorted((folder / "g5").rglob("MRe*")):
    print(path.relative_to(folder))
