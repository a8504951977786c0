"""How to run code that nobody read: a policy goes in, a run comes out. Where no sandbox passes its probe, nothing runs."""
