"""The local web page: look at images, headers and ExamCards, move files.

One server on 127.0.0.1 for one user, who gets its address with a token. Pages are plain HTML, CSS and JavaScript in
``static``; they ask for JSON, and for pixels as they are stored. A page's part of the server is a module of ``pages``
with a table of routes.
"""
