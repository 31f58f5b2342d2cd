"""Reloading: a new process for each change of a file, on the same socket, with the same worlds.

The parent holds the socket and watches; a child serves. When a file changes, a second child reads the
contract, the fixtures and the code. Only when that has succeeded does the first finish what it has
begun, write down its worlds and end; connections that come meanwhile wait in the socket's queue.
"""
