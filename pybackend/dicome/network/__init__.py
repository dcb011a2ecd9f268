"""DICOM over the network: send objects, receive them, route them on, keep them for a while.

    listen -> acceptor -> receive -> store -> studies -> router -> copy | exec | forward | convert
    files -> outgoing -> plan -> requestor -> sending

Associations are negotiated with the PDUs of pynetdicom; what follows - commands, and data sets as bytes - is read and
written here (`wire`, `commands`), because an object must reach the disk, or leave it, as the same bytes, within limits
of time and size, and pynetdicom decodes, holds it whole in memory, and polls. Nothing here prints.
"""
