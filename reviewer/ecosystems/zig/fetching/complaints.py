"""What zig says when it cannot fetch a package, with what to do about it."""

import re
from collections.abc import Iterator, Mapping

from reviewer.content.text import visible
from reviewer.ecosystems import FetchFailure

_ERROR = re.compile(r"(?:(?P<file>\S.*?):(?P<line>\d+):(?P<column>\d+): )?error: (?P<text>.+)")
_NOTE = re.compile(r"\s*note: (?P<text>.+)")
_LONGEST = 300

_MISMATCH = re.compile(r"hash mismatch: manifest declares (\S+) but the fetched package has (\S+)")
_CURES = {
    "unable to connect|connection failed|UnknownHostName|NoAddress|NameServer|Network|unable to discover remote": "is the network there, "
    "and a proxy named in https_proxy if it needs one? then `reviewer fetch` again",
    "bad HTTP response code": "the server does not have it at this address: correct its url in the manifest",
    r"unsupported URL scheme: git\+ssh": "zig fetches no package by ssh: name it by git+https:// or as an archive, or put it beside the "
    "project and name its .path",
    "unsupported URL scheme|invalid URI": "name it by https://, git+https:// or file:, or by its .path",
    "missing hash": "once you have looked at what it is, put that hash into the manifest",
    "unable to open": "put the archive there, or correct its url in the manifest",
    "certificate|Certificate|Tls": "the server could not be told to be the one that was asked: is the clock right, are "
    "the system's certificates installed (ca-certificates)?",
}


def failures(stderr: bytes, places: Mapping[str, str]) -> Iterator[FetchFailure]:
    """From what zig printed; `places` are folders inside, and what to call them. It quotes hostile text, so that it only ever is shown."""
    lines = stderr.decode("utf-8", "replace").splitlines()
    for number, line in enumerate(lines):
        found = _ERROR.fullmatch(line)
        if found is None:
            continue
        text = found["text"]
        if "missing hash" in text:  # what it should be follows
            notes = (_NOTE.fullmatch(other) for other in lines[number + 1 : number + 5])
            text += next((f" ({note['text'].rstrip(',')})" for note in notes if note), "")
        where = "" if found["file"] is None else f"{_named(found['file'], places)}:{found['line']}:{found['column']}"
        mismatch = _MISMATCH.search(text)
        if mismatch is not None:
            text = f"it is not what was asked for: its hash is {mismatch[2]}, the manifest pins {mismatch[1]}"
            cure = "somebody changed what lies at this address: find out who and why before you pin it anew"
        else:
            cure = next((cure for pattern, cure in _CURES.items() if re.search(pattern, text)), "")
        yield FetchFailure(visible(where), visible(text[:_LONGEST]), cure, mismatch is not None)


def _named(file: str, places: Mapping[str, str]) -> str:
    """As a person knows it: below the project or the folder of packages."""
    for folder, name in places.items():
        if file.startswith(f"{folder}/"):
            return f"{name}{file[len(folder) + 1 :]}"
    return file.removeprefix("./")
