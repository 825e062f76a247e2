"""
Take portal.png: the search of the demo's Barcelona hub, as a visitor sees it.

Needs Chromium. Start `make demo`, wait for its addresses, then run from the root of the project:
    python docs/pictures/take.py http://127.0.0.3:9804
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PICTURE = Path(__file__).with_name("portal.png")
PAGE = "/resources?topic=algorithms-ai&q=transparency"
QUIET = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --hide-scrollbars"
)


def take(origin: str) -> None:
    """Write the picture of the page at that hub."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is missing. On Debian or Ubuntu: apt-get install chromium")
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(  # noqa: S603 - the arguments are our own
            [
                chromium,
                *QUIET.split(),
                f"--user-data-dir={profile}",
                "--window-size=1280,1000",
                f"--screenshot={PICTURE}",
                origin + PAGE,
            ],
            check=True,
            capture_output=True,
            timeout=60,
        )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say which hub: python docs/pictures/take.py http://127.0.0.3:9804")
    take(sys.argv[1])
