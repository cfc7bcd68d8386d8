"""The programs that receive in tests, where what they note decides what a test proves."""

import socket

from tests.receivers import receiver


def test_a_request_whose_sender_died_halfway_is_not_noted() -> None:
    with receiver() as hook:
        with socket.create_connection(("127.0.0.1", hook.port), timeout=5) as sender:
            sender.sendall(b"POST /hook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\n12345")
            sender.shutdown(socket.SHUT_WR)
            assert sender.recv(100) == b"", "it closes without an answer"
        assert hook.received == []
