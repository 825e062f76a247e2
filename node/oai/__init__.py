"""
OAI-PMH 2.0: libraries and repositories ask what is new in our catalogue (docs/catalogue.md).

Source: http://www.openarchives.org/OAI/openarchivesprotocol.html
"""
