"""
The pages of the portal, for people (docs/adr/0020-pages.md).

routes.py which page answers where · parameters.py what a query may say · views/ one module a page ·
shapes.py, facets.py what templates are given · said.py texts with their language · words.py dates,
numbers and names · cleaning.py HTML of sources · pages.py rendering · errors.py refusals as pages ·
form_files.py forms with files · draft.py, sent.py a request before and after it is sent
"""
