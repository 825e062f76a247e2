"""How a resource is cited: in words, and in the files that reference managers take."""
