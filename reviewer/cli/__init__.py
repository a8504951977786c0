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
