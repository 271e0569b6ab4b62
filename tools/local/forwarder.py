"""A way from Docker's containers to the local AWS, which listens on 127.0.0.1 alone."""

import errno
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

LOOPBACK = "127.0.0.1"
_CHUNK_BYTES = 65536


@contextmanager
def forwarding(address: str, port: int) -> Iterator[None]:
    """Pass connections to `address` on to the same port of 127.0.0.1, if the address is this machine's.

    It is where Docker runs on Linux: the address of its bridge. Elsewhere Docker runs in a virtual machine
    and passes them on itself.
    """
    try:
        server = _Server((address, port), _Relay)
    except OSError as error:
        if error.errno != errno.EADDRNOTAVAIL:
            raise
        yield
        return
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()


class _Relay(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        port = self.request.getsockname()[1]
        with socket.create_connection((LOOPBACK, port)) as upstream:
            answers = threading.Thread(target=_copy, args=(upstream, self.request), daemon=True)
            answers.start()
            _copy(self.request, upstream)
            answers.join()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    allow_reuse_port = True  # several runs of sam local at once: whichever ends first leaves the way open
    daemon_threads = True


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):  # either side may hang up
        while data := source.recv(_CHUNK_BYTES):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
