"""Where the attributes of a Philips classic file lie in the enhanced file of the same scan, as tables.

A classic file holds what a scan has in common and what is of one image side by side at its top level, and in an item
of (2005,140F) the attributes that classic MR images do not know (PS3.3 C.8.13, mostly). How they are dealt out in an
enhanced file was read off scans that the scanner sent both ways, releases 3.2 to 5.7.
"""

from __future__ import annotations

MODERN = 0x2005140F
"""Item of a classic file with attributes of the enhanced MR modules; in an enhanced file the private frame group."""

SHARED_GROUPS, PER_FRAME_GROUPS, PRIVATE_SHARED = 0x52009229, 0x52009230, 0x2005140E

DISPLAY_ORIENTATION = 0x20051004
"""Where a classic file has it, it went through the scanner's database: then the top level repeats fewer attributes."""

_CONTENT_AND_IMAGE = (
    0x00080022, 0x00080032, 0x00081032, 0x00081140, 0x00089092, 0x00180010, 0x00180020, 0x00180021, 0x00180024,
    0x00180050, 0x00180080, 0x00180081, 0x00180083, 0x00180084, 0x00180085, 0x00180086, 0x00180088, 0x00181060,
    0x00181100, 0x00181250, 0x00181251, 0x00181310, 0x00181312, 0x00181314, 0x00181316, 0x00181318, 0x00189087,
    0x00189089, 0x00200032, 0x00200037, 0x00200060, 0x00200100, 0x00200105, 0x00201041, 0x00280030, 0x00281050,
    0x00281051, 0x00281052, 0x00281053, 0x00281054, 0x00281055, 0x00082218, 0x00409096, 0x7FE00010,
)  # fmt: skip
"""Public attributes of one image, which stand in functional groups or nowhere."""
_PRIVATE_OF_IMAGE = (
    0x20011001, 0x20011002, 0x20011003, 0x20011004, 0x20011006, 0x20011007, 0x20011008, 0x20011009, 0x2001100A,
    0x2001100B, 0x2001104E, 0x20011052, 0x20011077, 0x2001107A, 0x200110F1, 0x200110F2, 0x20051000, 0x20051001,
    0x20051002, 0x20051004, 0x20051008, 0x20051009, 0x2005100A, 0x2005100B, 0x2005100C, 0x2005100D, 0x2005100E,
    0x2005100F, 0x20051010, 0x20051011, 0x20051061, 0x20051063, 0x2005106E, 0x200510A0, 0x200510A1, 0x200510A8,
    0x200510B0, 0x200510B1, 0x200510B2, 0x20051404, 0x20051406, 0x20051407, 0x20051409, 0x2005140A, 0x2005140B,
    0x2005140F, 0x20051412, 0x20051413, 0x20051429, 0x20051455, 0x20051561, 0x20051568, 0x20051572, 0x20051573,
    0x20051596,
)  # fmt: skip
_MODERN_OF_IMAGE = (
    0x00089007, 0x00189009, 0x00189041, 0x00189043, 0x00189044, 0x00189047, 0x00189048, 0x00189075, 0x00189079,
    0x00189080, 0x00189098, 0x00189147, 0x00189171, 0x00189176, 0x00189218, 0x00189232, 0x00189602, 0x00189603,
    0x00189604, 0x00189605, 0x00189606, 0x00189607, 0x00209256,
)  # fmt: skip
"""Attributes of the modern item that stand in functional groups only, or nowhere."""

NOT_AT_TOP = frozenset((*_CONTENT_AND_IMAGE, *_PRIVATE_OF_IMAGE, *_MODERN_OF_IMAGE))
"""Attributes of a classic file that its enhanced twin does not have at the top level."""

CARDIAC = frozenset((0x00181081, 0x00181082, 0x00181083, 0x00181084, 0x00181088, 0x00181094, 0x00189085, 0x00189169))
"""At the top level of triggered scans only."""
REPEATED = frozenset((0x00180082, 0x00180089, 0x00180091, 0x00180093, 0x00180094))
"""At the top level of files that did not go through the scanner's database (`DISPLAY_ORIENTATION`)."""
SPIN_ECHO = 0x00189011
"""Multiple Spin Echo: at the top level of spin echo scans only."""
K_SPACE_COVERAGE = 0x00189094
"""Coverage of k-Space: at the top level where it has a value."""

RESPIRATION = 0x00189171
"""Respiratory Signal Source: at the top level in release 5.6."""
BEFORE_5 = frozenset((0x00180088,))
"""Spacing Between Slices: at the top level until release 3, in the pixel measures since release 5."""
SINCE_5 = frozenset((0x00180022, 0x00189050))
"""Scan Options and Transmit Coil Manufacturer Name: at the top level since release 5."""

MODERN_AT_TOP = frozenset(
    (
        0x0008002A, 0x00089123, 0x00089205, 0x00089206, 0x00089207, 0x00089208, 0x00089209, 0x00189005, 0x00189008,
        0x00189011, 0x00189012, 0x00189014, 0x00189015, 0x00189016, 0x00189017, 0x00189018, 0x00189019, 0x00189020,
        0x00189021, 0x00189022, 0x00189024, 0x00189025, 0x00189026, 0x00189027, 0x00189028, 0x00189029, 0x00189030,
        0x00189032, 0x00189033, 0x00189034, 0x00189035, 0x00189036, 0x00189037, 0x00189050, 0x00189051, 0x00189053,
        0x00189058, 0x00189059, 0x00189060, 0x00189062, 0x00189064, 0x00189065, 0x00189069, 0x00189077, 0x00189078,
        0x00189081, 0x00189085, 0x00189090, 0x00189091, 0x00189093, 0x00189094, 0x00189101, 0x00189155, 0x00189168,
        0x00189169, 0x00189170, 0x00189172, 0x00189174, 0x00189179, 0x00189180, 0x00189181, 0x00189182, 0x00189183,
        0x00189199, 0x00189200, 0x00189231, 0x00189240, 0x00189241, 0x00209072, 0x00209254, 0x00209255, 0x00283003,
        0x00189004, 0x00289001, 0x00289002, 0x00289003, 0x00289108, 0x00409210,
    )
)  # fmt: skip
"""Attributes of the modern item that the enhanced file has at its top level, if it has them."""

MODERN_TAGS = MODERN_AT_TOP | frozenset(_MODERN_OF_IMAGE)
"""What of an enhanced file goes into the modern item of its classic files."""

ENHANCED_ONLY = frozenset(
    (
        0x00080012, 0x00080013, 0x00080018, 0x00089092, 0x00189070, 0x00189100, 0x00209221, 0x00209222, 0x00280008,
        0x00280301, 0x00282110, 0x00400555, 0x2005140E, 0x2005140F, 0x52009229, 0x52009230, 0x7FE00010,
    )
)  # fmt: skip
"""Top level of an enhanced file that its classic twins do not have, or that the writer makes anew."""
