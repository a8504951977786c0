"""What went wrong, where, and what to do next: the one error type that reaches a user."""


class ReviewerError(Exception):
    """The tool could not do its work; nothing was decided and no file was changed (exit code 2).

    `what` says what happened, `where` names the file (with `:line:column` if known) or thing, `cure` what to do next.
    """

    def __init__(self, what: str, *, where: str = "", cure: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.cure = cure

    def __str__(self) -> str:
        """One line: `where: what; cure`."""
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}; {self.cure}" if self.cure else text


class ImportMissingError(ReviewerError):
    """Decisions that the project imports were never brought here, and `reviewer import` would bring them."""


class ToolchainMissingError(ReviewerError):
    """No toolchain of this machine builds the project, and `Ecosystem.install_toolchain(version)` would bring one that does."""

    def __init__(self, what: str, *, version: str, cure: str) -> None:
        super().__init__(what, cure=cure)
        self.version = version
