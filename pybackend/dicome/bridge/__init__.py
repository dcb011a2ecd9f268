"""One request, one reply: how MATLAB and Octave call dicome.

The caller puts ``request.json`` into a private folder and names it once, on a command line (``python -m dicome.bridge
REQUEST.json``) or as a line to a running worker (``--worker``). The answer lies beside it: ``reply.json`` holds text
and structure, ``numeric.mat`` every number, ``image.raw`` an image too large for ``numeric.mat``. Nothing is said on
standard output that the caller would have to parse, and no value travels on the command line.
"""

from __future__ import annotations


def answer_one(path: str) -> bool:
    """Answer the request at ``path`` in this process; how MATLAB calls by ``py.``. Whether it could be carried out."""
    from dicome.bridge.__main__ import main

    return main([path]) == 0
