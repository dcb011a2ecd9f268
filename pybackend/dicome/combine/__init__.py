"""Several excitations (NEX) of one scan, sent as series of their own, into one series: all of them, or their mean."""
