"""
The texts of the story's case. Each holds a word that occurs nowhere else, so that `--check` can
look for it wherever case text must not be.
"""

TITLE = "Chatbot for the permits office: which clauses before Friday? (MARIGOLD-KESTREL)"
QUESTION = (
    "We are about to buy a chatbot that answers residents about permits, in English and Spanish. "
    "Minors will use it too. The draft tender (internal name BLUE-HERON-LANTERN) says nothing "
    "about logs, about who may train on what people type, or about turning it off. Which clauses "
    "must be in the contract, and who has bought one well?"
)
ASK = "Do you host the logs yourselves, and how long are they kept? (SAFFRON-OTTER)"
INFO = "The supplier hosts them in the United States for 30 days. (COPPER-WILLOW)"
ANSWER = (
    "Three things belong in the contract: logs are yours and are deleted after 7 days; nothing "
    "that people type trains a model; a switch that turns it off within an hour, and a person "
    "behind it. The source below has the wording that Amsterdam uses. (INDIGO-PLOVER)"
)
OUTSIDER_TITLE = "Which clauses does a city need when it buys a chatbot? (MARIGOLD-KESTREL)"

CANARIES = (
    "MARIGOLD-KESTREL",
    "BLUE-HERON-LANTERN",
    "SAFFRON-OTTER",
    "COPPER-WILLOW",
    "INDIGO-PLOVER",
)
