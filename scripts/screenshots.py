"""Draw screenshots/ again: the real program on the bundled sample, once dark and once light."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
REVIEWER = Path(sys.executable).with_name("reviewer")


def main() -> None:
    """Write screenshots/main-dark.png and main-light.png. Decisions and caches of whoever runs this stay out of the picture."""
    for theme in ("dark", "light"):
        picture = CHECKOUT / "screenshots" / f"main-{theme}.png"
        with tempfile.TemporaryDirectory() as folder:
            env = os.environ | {
                "REVIEWER_THEME": theme,
                "REVIEWER_CACHE_DIR": f"{folder}/cache",
                "REVIEWER_STATE_DIR": f"{folder}/state",
            }
            subprocess.run([REVIEWER, "demo", "--screenshot", picture], env=env, cwd=folder, check=True)
        print(picture.relative_to(CHECKOUT))


if __name__ == "__main__":
    main()
