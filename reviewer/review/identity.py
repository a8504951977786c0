"""Who is deciding: the name that git would put on a commit."""

from pathlib import Path

from reviewer.content.text import visible


def reviewer_name(root: Path) -> str:
    """`Name <mail>` from git's configuration, else the login name."""
    name, mail = _git(root, "user.name"), _git(root, "user.email")
    if not name:
        import getpass

        try:
            name = getpass.getuser()
        except (KeyError, OSError):  # a user id without an entry, as in containers
            name = "unknown"
    return f"{name} <{mail}>" if mail else name


def signing_key(root: Path) -> str:
    """The file of the SSH key that git is told to sign with; empty where there is none."""
    return _git(root, "user.signingkey")


def _git(root: Path, key: str) -> str:
    import subprocess  # only deciding needs it, and looking should start fast

    from reviewer.git import ask

    try:
        result = ask(root, "config", "--get", key)
    except (OSError, subprocess.SubprocessError):
        return ""
    return visible(" ".join(result.stdout.split())[:200])
