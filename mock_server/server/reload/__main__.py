"""The child: `python -m mock_server.server.reload SOCKET ORDERS`, descriptors that the parent gives."""

import socket
import sys
from multiprocessing.connection import Connection

from mock_server.server.reload.child import serve

if __name__ == "__main__":
    listener, orders = map(int, sys.argv[1:])
    serve(socket.socket(fileno=listener), Connection(orders))
