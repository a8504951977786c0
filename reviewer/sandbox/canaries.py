"""Keys and tokens that nobody else knows: where one of them turns up, it was used, also as base64 or in hexadecimal digits."""

import base64
import secrets
from collections.abc import Iterator

DECOYS = {
    ".ssh/id_ed25519": "-----BEGIN OPENSSH PRIVATE KEY-----\n{secret}\n-----END OPENSSH PRIVATE KEY-----\n",
    ".ssh/config": "Host *\n  IdentityFile ~/.ssh/id_ed25519\n",
    ".aws/credentials": "[default]\naws_access_key_id = AKIA{secret}\naws_secret_access_key = {secret}\n",
    ".gnupg/private-keys-v1.d/key.key": "{secret}\n",
    ".netrc": "machine github.com login git password {secret}\n",
    ".git-credentials": "https://git:{secret}@github.com\n",
    ".npmrc": "//registry.npmjs.org/:_authToken={secret}\n",
    ".config/gh/hosts.yml": "github.com:\n  oauth_token: {secret}\n",
    ".config/google-chrome/Default/Login Data": "{secret}\n",
    ".mozilla/firefox/profiles.ini": "[Profile0]\nPath=default\n",
    ".bitcoin/wallet.dat": "{secret}\n",
    ".bash_history": "export TOKEN={secret}\n",
}
"""Files that a thief would look for, by their path in the home folder."""

VARIABLES = {
    "GITHUB_TOKEN": "ghp_{secret}",
    "NPM_TOKEN": "npm_{secret}",
    "AWS_SECRET_ACCESS_KEY": "{secret}",
    "CARGO_REGISTRY_TOKEN": "{secret}",
    "TWINE_PASSWORD": "pypi-{secret}",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "{secret}",
    "OPENAI_API_KEY": "sk-{secret}",
    "SSH_AUTH_SOCK": "/run/user/1000/ssh-{secret}/agent.1",
}
"""Environment variables that a thief would look for. Reading them leaves no trace; what then becomes of their value does."""


class Canaries:
    """The secrets of one run: all begin alike, by which they are found; the end of each tells where it was from."""

    def __init__(self) -> None:
        self._beginning = secrets.token_hex(6)
        self._ends = {
            source: secrets.token_hex(12)
            for source in (*(f"~/{name}" for name in DECOYS), *map("${}".format, VARIABLES))
        }
        self._needles = tuple(_written(self._beginning))
        self._traced = tuple("".join(f"\\x{byte:02x}" for byte in needle).encode() for needle in self._needles)

    def file(self, name: str) -> str:
        """What this decoy holds."""
        return DECOYS[name].format(secret=self._secret(f"~/{name}"))

    @property
    def environment(self) -> dict[str, str]:
        """The variables with their values."""
        return {name: value.format(secret=self._secret(f"${name}")) for name, value in VARIABLES.items()}

    def may_be_traced(self, log: bytes) -> bool:
        r"""Whether strings that strace wrote as `\x…` hold one; quick."""
        return any(needle in log for needle in self._traced)

    def found(self, data: bytes) -> tuple[str, ...]:
        """Where the secrets in it are from: `$GITHUB_TOKEN`, `~/.netrc`; empty where there is none."""
        if not any(needle in data for needle in self._needles):
            return ()
        found = [source for source in self._ends if any(needle in data for needle in _written(self._secret(source)))]
        return tuple(found) or ("a part of one",)

    def _secret(self, source: str) -> str:
        return self._beginning + self._ends[source]


def _written(secret: str) -> Iterator[bytes]:
    """The ways in which it may be written; of base64 what does not depend on what stands before and after."""
    plain = secret.encode()
    yield from (plain, plain.upper(), plain[::-1])
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    for before in range(3):
        digits = base64.b64encode(bytes(before) + plain)
        yield digits[(0, 2, 3)[before] : 4 * ((before + len(plain)) // 3)]
