"""Requests of plain HTTP, each on a connection of its own.

httpx's own functions read every authority's certificate for each request, which takes longer than most answers here.
"""

import ssl
from functools import partial

import httpx

UNUSED_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

request = partial(httpx.request, verify=UNUSED_TLS)
get = partial(httpx.get, verify=UNUSED_TLS)
options = partial(httpx.options, verify=UNUSED_TLS)
head = partial(httpx.head, verify=UNUSED_TLS)
post = partial(httpx.post, verify=UNUSED_TLS)
put = partial(httpx.put, verify=UNUSED_TLS)
patch = partial(httpx.patch, verify=UNUSED_TLS)
delete = partial(httpx.delete, verify=UNUSED_TLS)
stream = partial(httpx.stream, verify=UNUSED_TLS)
Client = partial(httpx.Client, verify=UNUSED_TLS)
