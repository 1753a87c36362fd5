"""Case 12: what the server writes reads the same in a browser."""

from __future__ import annotations

import functools
import html
import http.server
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUTPUTS = 100_000
PAGE = pathlib.Path(__file__).with_name("compare.html")
BROWSER = [os.environ.get("CHROMIUM", "/usr/bin/chromium-headless-shell"), "--headless", "--no-sandbox", "--disable-gpu",
           "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_words) -> None:
        pass


def verdict(folder: str) -> str:
    """What the page in `folder` says."""
    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = subprocess.run([*BROWSER, f"--user-data-dir={folder}/profile", "--dump-dom",
                               f"http://127.0.0.1:{server.server_address[1]}/"],
                              capture_output=True, text=True, timeout=300, check=False)
        server.shutdown()
    found = re.search(r'<p id="verdict">(.*?)</p>', done.stdout, re.DOTALL)
    return html.unescape(found.group(1)) if found else f"no verdict (status {done.returncode}): {done.stderr[-2000:]}"


class DomParser(unittest.TestCase):
    def test_case_12_output_reads_the_same_in_a_browser(self) -> None:
        program = ROOT / os.environ.get("ROOKERY_BUILD", "build") / "src/xml/xml_test"
        with tempfile.TemporaryDirectory(prefix="rookery-parsers-") as folder:
            (pathlib.Path(folder) / "index.html").write_bytes(PAGE.read_bytes())
            written = subprocess.run([program, "--gtest_filter=Writer.Case12*", "--gtest_brief=1"], capture_output=True, text=True,
                                     env={**os.environ, "ROOKERY_OUTPUTS": f"{folder}/outputs"}, check=False)
            self.assertEqual(written.returncode, 0, written.stdout)
            self.assertEqual(verdict(folder).strip(), f"{OUTPUTS} alike, 0 different")


if __name__ == "__main__":
    unittest.main()
