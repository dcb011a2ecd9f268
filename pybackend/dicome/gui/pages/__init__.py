"""What each page asks the server for: a module per page, with ``ROUTES``."""
