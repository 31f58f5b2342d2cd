"""Keeping the worlds of a server for its next start, in a file of lines.

At the end in order the file is written anew, whole or not at all. While the server runs, a line is added for each
world that has changed, one to two seconds after that and one world at a time; and at once a short one that says which
world has. So whoever goes on after a kill knows of each world from when it is, and whether it lost anything.
"""
