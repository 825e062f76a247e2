"""The catalogues of the pages: extracted, brought up to date, and looked through."""
