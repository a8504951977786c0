"""Which packages a project has: manifests, caches, identities."""
