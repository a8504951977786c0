"""The bar that offers the toolchain which a project needs and the machine lacks, above the review of what reading told."""

from reviewer.ecosystems import ecosystem_named
from reviewer.errors import ToolchainMissingError
from reviewer.progress import Progress
from reviewer.ui.look.text import one_line
from reviewer.ui.shell.offer import OfferBar


class InstallBar(OfferBar):
    """`brought` once the toolchain is there, so that the project can be configured."""

    def __init__(self) -> None:
        super().__init__("Installing")

    def offer_toolchain(self, ecosystem: str, missing: ToolchainMissingError) -> None:
        """Say what is missing, and offer to install it."""

        def install(progress: Progress) -> object:
            return ecosystem_named(ecosystem).install_toolchain(missing.version, progress)

        self.offer(
            f"{self.tr('What you see was read from the source')}: {missing.what}.",
            f"{self.tr('Install')} {one_line(ecosystem, 20)} {one_line(missing.version, 20)}",
            self.tr("About 100 MB from PyPI, into a folder of Reviewer\u2019s own"),
            install,
        )
