"""Cases: what requesters ask, the work on it, and the vault that keeps its texts."""
