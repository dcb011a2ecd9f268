"""PAR/REC, the research format of Philips: text (or XML) that describes every image, and the pixels beside it.

`read_par` gives a `Par` (general information and a table of images), `open_rec` its pixels; versions are data, in
`columns` and `general`.
"""

from dicome.parrec.par import Par
from dicome.parrec.reader import read_par
from dicome.parrec.rec import Rec, open_rec, rec_of

__all__ = ["Par", "Rec", "open_rec", "read_par", "rec_of"]
