"""The formats that a report can have."""

from enum import StrEnum

from reviewer.report.contents import Report


class Format(StrEnum):
    """As `--format` names it."""

    HTML = "html"
    MARKDOWN = "markdown"
    CYCLONEDX = "cyclonedx"

    @property
    def ending(self) -> str:
        """How a file of it ends."""
        return {Format.HTML: ".html", Format.MARKDOWN: ".md", Format.CYCLONEDX: ".cdx.json"}[self]


def render(report: Report, wanted: Format) -> str:
    """The report as text of one format, ending with a newline. Any thread may call this."""
    # Imported here: the library for CycloneDX takes longer to load than everything else together.
    if wanted is Format.CYCLONEDX:
        from reviewer.report.cyclonedx import to_cyclonedx

        return to_cyclonedx(report)
    if wanted is Format.MARKDOWN:
        from reviewer.report.markdown import to_markdown

        return to_markdown(report)
    from reviewer.report.html import to_html

    return to_html(report)
