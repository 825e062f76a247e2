"""The domain of a hub: resources, experts, cases, vocabulary, search. Knows no wire and no HTTP."""
