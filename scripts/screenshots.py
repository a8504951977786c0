"""Draw screenshots/ again: the real program on the bundled sample, once dark and once light."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
REVIEWER = Path(sys.executable).with_name("reviewer")


def main() -> None:
    """Write screenshots/main-dark.png and main-light.png, with nothing remembered from whoever runs this."""
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"REVIEWER_CACHE_DIR": f"{folder}/cache", "REVIEWER_STATE_DIR": f"{folder}/state"}
        for theme in ("dark", "light"):
            picture = CHECKOUT / "screenshots" / f"main-{theme}.png"
            argv = (REVIEWER, "demo", "--screenshot", picture)
            subprocess.run(argv, env=env | {"REVIEWER_THEME": theme}, cwd=folder, check=True)


if __name__ == "__main__":
    main()
