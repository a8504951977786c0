"""What an upgrade brings: the reviewed content, kept, and what another content changes of it."""
