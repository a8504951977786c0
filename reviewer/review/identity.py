"""Who is deciding: the name that git would put on a commit."""

from pathlib import Path


def reviewer_name(root: Path) -> str:
    """`Name <mail>` from git's configuration, else the login name. `git config` runs nothing of the project."""
    name, mail = _git(root, "user.name"), _git(root, "user.email")
    if not name:
        import getpass

        try:
            name = getpass.getuser()
        except (KeyError, OSError):  # a user id without an entry, as in containers
            name = "unknown"
    return f"{name} <{mail}>" if mail else name


def _git(root: Path, key: str) -> str:
    import subprocess  # only deciding needs it, and looking should start fast

    try:
        result = subprocess.run(["git", "config", "--get", key], cwd=root, capture_output=True, text=True, timeout=5)
    except (OSError, subprocess.SubprocessError):
        return ""
    return " ".join(result.stdout.split())[:200]
