"""What travels between hubs, as pure functions on plain values: no I/O, no clock, no chance."""
