"""The way from a bridge of Docker to the loopback."""

import socket
import sys
import threading

import pytest

from tools.local.forwarder import LOOPBACK, forwarding

ELSEWHERE = "203.0.113.1"  # an address of nobody's, for documentation
BRIDGE = "127.0.0.2"
LARGE = b"x" * 1_000_000


def serve_once(server: socket.socket) -> None:
    """Send back what comes, until the other side has no more to say."""
    connection, _ = server.accept()
    with connection:
        while data := connection.recv(65536):
            connection.sendall(data)


@pytest.fixture
def server() -> socket.socket:
    """Something that listens on the loopback."""
    server = socket.create_server((LOOPBACK, 0))
    threading.Thread(target=serve_once, args=(server,), daemon=True).start()
    return server


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8, and uses a bridge")
class TestForwarding:
    """A connection to the bridge is one to the loopback, as long as it is open."""

    def test_carries_both_ways_and_ends_when_both_have_ended(self, server: socket.socket) -> None:
        port = server.getsockname()[1]
        with server, forwarding(BRIDGE, port), socket.create_connection((BRIDGE, port)) as client:
            sending = threading.Thread(target=client.sendall, args=(LARGE,))
            sending.start()
            received = b""
            while len(received) < len(LARGE):
                received += client.recv(65536)
            sending.join()
            client.shutdown(socket.SHUT_WR)
            assert client.recv(1) == b""
        assert received == LARGE

    def test_ends_with_its_block(self, server: socket.socket) -> None:
        port = server.getsockname()[1]
        with server:
            with forwarding(BRIDGE, port):
                pass
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((BRIDGE, port))

    def test_may_be_open_twice(self, server: socket.socket) -> None:
        port = server.getsockname()[1]
        with server, forwarding(BRIDGE, port):
            with forwarding(BRIDGE, port):
                pass
            with socket.create_connection((BRIDGE, port)) as client:
                client.sendall(b"x")
                assert client.recv(1) == b"x"


def test_leaves_an_address_alone_that_is_not_of_this_machine() -> None:
    """Docker in a virtual machine: it passes connections on itself."""
    with forwarding(ELSEWHERE, 4566):
        pass
