"""The command `hub`: one module a group of commands; `main` is the entry point."""
