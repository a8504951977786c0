"""The `reviewer` command: the product's abilities in a terminal. Starts fast: a command imports what it needs when it runs."""

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (DESIGN.md, Command line)."""
    from reviewer.cli.parser import parse
    from reviewer.cli.terminal import complain, prepare_streams
    from reviewer.errors import ReviewerError
    from reviewer.progress import CancelledError

    prepare_streams()
    arguments = parse(sys.argv[1:] if argv is None else argv)
    try:
        return int(arguments.command(arguments))
    except ReviewerError as error:
        complain(str(error))
        return 2
    except (KeyboardInterrupt, CancelledError):
        complain("stopped; nothing was decided")
        return 130
    except BrokenPipeError:  # the reader of our output, such as `head`, has seen enough
        sys.stderr.close()
        return 141  # as a shell tells an end by SIGPIPE: what was asked may not have been done
    except Exception as error:  # an exit code of 1 would say that something needs review
        complain(_internal_error(error))
        return 2


def _internal_error(error: Exception) -> str:
    """One line with the place, for whoever mends it."""
    from traceback import extract_tb

    place = extract_tb(error.__traceback__)[-1]
    what = f"{type(error).__name__}: {error} ({place.filename}:{place.lineno})"
    return f"a fault of Reviewer itself, {what}; nothing was decided, please report it"
