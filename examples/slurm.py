"""Convert all scans below a folder on a SLURM cluster: workers come as jobs while there is work, and go after it.

    pip install 'dicome[cluster]' dask-jobqueue
    python slurm.py scans results nii.gz

Run it where jobs are submitted. All machines must see both folders, and this Python, under the same paths.
"""

import shlex
import sys

from dask_jobqueue import SLURMCluster

from dicome.cli.main import main as dicome

WORKERS = 20


def main(scans: str, results: str, suffix: str) -> int:
    """Exit code of ``dicome batch``; the same call again goes on where it was."""
    # A worker is a job with one processor: queue='...' and account='...' as your cluster wants them.
    python = shlex.quote(sys.executable)  # which goes into a shell script
    with SLURMCluster(cores=1, processes=1, memory="4GB", walltime="02:00:00", python=python) as cluster:
        cluster.adapt(minimum=1, maximum=WORKERS)
        return dicome(["batch", scans, results, "--to", suffix, "--scheduler", cluster.scheduler_address])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
