"""A headless Chromium, driven by its own protocol (CDP) over one web socket; every request and message is kept."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--remote-debugging-port=0", "--lang=en-US",
)  # fmt: skip
WAIT_S = 30.0


def chromium() -> str | None:
    """The program's path; None where there is none. FIVEGWATCH_CHROMIUM names another one."""
    return os.environ.get("FIVEGWATCH_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One tab. `goto` clears what was kept of the page before."""

    def __init__(self) -> None:
        program = chromium()
        assert program
        self._folder = Path(tempfile.mkdtemp(prefix="fivegwatch-chromium-"))
        self._process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={self._folder}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        port_file = self._folder / "DevToolsActivePort"
        self._until(lambda: port_file.exists() and port_file.read_text().count("\n") >= 1)
        port, path = port_file.read_text().split("\n")[:2]
        self._socket = connect(f"ws://127.0.0.1:{port}{path}", max_size=None, open_timeout=WAIT_S)
        self._number = 0
        self._session = ""
        self.requests: list[str] = []
        self.messages: list[str] = []
        """Errors and warnings on the console, exceptions, and files that failed to load."""
        self._loaded = False
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        """End the browser and remove its profile."""
        self._session = ""
        self.call("Browser.close")
        self._socket.close()
        self._process.wait(WAIT_S)
        shutil.rmtree(self._folder, ignore_errors=True)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a command."""
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": parameters}
        self._socket.send(json.dumps(message | ({"sessionId": self._session} if self._session else {})))
        while True:
            answer = json.loads(self._socket.recv(timeout=WAIT_S))
            if answer.get("id") == number:
                assert "error" not in answer, (method, answer)
                result: dict[str, Any] = answer["result"]
                return result
            self._hear(answer)

    def goto(self, address: str) -> None:
        """Open an address and wait until the page is loaded."""
        self.requests.clear()
        self.messages.clear()
        self._loaded = False
        self.call("Page.navigate", url=address)
        self.wait_loaded()

    def wait_loaded(self) -> None:
        """Wait for the end of a navigation that a click began."""
        while not self._loaded:
            self._hear(json.loads(self._socket.recv(timeout=WAIT_S)))

    def follow(self, script: str) -> None:
        """Run a script that leads to another page, and wait for that page."""
        self._loaded = False
        self.run(script)
        self.wait_loaded()

    def run(self, script: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def until(self, script: str) -> Any:
        """The value of an expression as soon as it is true."""
        return self._until(lambda: self.run(script))

    def emulate(self, media: str = "", **features: str) -> None:
        """Show the page as on that medium, with features such as ``prefers_color_scheme="dark"``."""
        listed = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.call("Emulation.setEmulatedMedia", media=media, features=listed)

    def size(self, width: int, height: int) -> None:
        """Give the window a size in CSS pixels; below 600 it is a phone."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def screenshot(self, path: Path) -> None:
        """Write a picture of the whole page."""
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        path.write_bytes(base64.b64decode(data))

    def _hear(self, event: Mapping[str, Any]) -> None:
        method, values = event.get("method", ""), event.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(values["request"]["url"])
        elif method == "Network.loadingFailed" and not values.get("canceled"):
            self.messages.append(f"not loaded: {values['errorText']}")
        elif method == "Runtime.exceptionThrown":
            self.messages.append(str(values["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and values["type"] in ("error", "warning", "assert"):
            self.messages.append(str(values["args"]))
        elif method == "Log.entryAdded" and values["entry"]["level"] in ("error", "warning"):
            self.messages.append(f"{values['entry']['text']} {values['entry'].get('url', '')}")
        elif method == "Page.loadEventFired":
            self._loaded = True

    def _until(self, condition: Any) -> Any:
        end = time.monotonic() + WAIT_S
        while not (value := condition()):
            assert time.monotonic() < end, "it did not happen in time"
            time.sleep(0.05)
        return value
