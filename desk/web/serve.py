"""Serves the web app on loopback until Ctrl-C."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import uvicorn

from fivegwatch.desk.web.app import make_app
from fivegwatch.desk.web.correcting import Writer
from fivegwatch.extractors.errors import SettingsError

ADDRESS = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """A listening socket on loopback at ``port``; 0 chooses a free port.

    Raises: SettingsError when the port is taken.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((ADDRESS, port))
    except OSError as exc:
        listener.close()
        raise SettingsError(
            f"port {port} of {ADDRESS} cannot be used: {exc.strerror}. Name another with --port."
        ) from exc
    listener.listen(128)
    return listener


def serve(db: Path, listener: socket.socket, write: Writer | None = None) -> None:
    """Serve the pages of the corpus ``db`` on ``listener`` until the process gets SIGINT or SIGTERM.

    ``write`` records corrections made on the pages.
    """
    app = make_app(db, write)
    # Beside the server's and the browser's own start, which take as long.
    threading.Thread(target=app.state.desk.warm, daemon=True).start()
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    uvicorn.Server(config).run(sockets=[listener])
