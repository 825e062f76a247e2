"""One module a page: read what was asked, call one function of content/, shape, render."""
