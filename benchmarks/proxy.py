"""A far connection on this machine: a proxy that holds every byte back for a while."""

import contextlib
import queue
import socket
import threading
import time


def _background(function, *args):
    threading.Thread(target=function, args=args, daemon=True).start()


def _read(source, waiting, seconds):
    """Note what comes from a socket and when it is due; at its end None."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            waiting.put((time.monotonic() + seconds, data))
    waiting.put(None)


def _write(waiting, target):
    with contextlib.suppress(OSError):
        while piece := waiting.get():
            due, data = piece
            time.sleep(max(0, due - time.monotonic()))
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def _accept(server, port, seconds):
    with contextlib.suppress(OSError):  # closed
        while True:
            near, _ = server.accept()
            far = socket.create_connection(("127.0.0.1", port))
            for source, target in ((near, far), (far, near)):
                target.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                waiting = queue.Queue()
                _background(_read, source, waiting, seconds)
                _background(_write, waiting, target)


@contextlib.contextmanager
def delayed(port, seconds):
    """A port of the loopback that leads to `port`, `seconds` later each way."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        _background(_accept, server, port, seconds)
        yield server.getsockname()[1]
