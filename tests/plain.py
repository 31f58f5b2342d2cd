"""Requests of plain HTTP, each on a connection of its own.

httpx's own functions read every authority's certificate for each request, which takes longer than most answers here,
and give up after five seconds, in which a machine that runs other tests beside may not come to answer.
"""

import ssl
from functools import partial

import httpx

UNUSED_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_PATIENCE_S = 60

request = partial(httpx.request, verify=UNUSED_TLS, timeout=_PATIENCE_S)
get = partial(httpx.get, verify=UNUSED_TLS, timeout=_PATIENCE_S)
options = partial(httpx.options, verify=UNUSED_TLS, timeout=_PATIENCE_S)
head = partial(httpx.head, verify=UNUSED_TLS, timeout=_PATIENCE_S)
post = partial(httpx.post, verify=UNUSED_TLS, timeout=_PATIENCE_S)
put = partial(httpx.put, verify=UNUSED_TLS, timeout=_PATIENCE_S)
patch = partial(httpx.patch, verify=UNUSED_TLS, timeout=_PATIENCE_S)
delete = partial(httpx.delete, verify=UNUSED_TLS, timeout=_PATIENCE_S)
stream = partial(httpx.stream, verify=UNUSED_TLS, timeout=_PATIENCE_S)
Client = partial(httpx.Client, verify=UNUSED_TLS, timeout=_PATIENCE_S)
