"""The process: arguments, settings, sockets, wall clock, API, pages and commands."""
