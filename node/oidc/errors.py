"""Why signing in with the identity provider did not work."""

from typing import ClassVar

from node.refusals import RequestRefused


class ProviderTrouble(RequestRefused):
    """The provider cannot be reached, or is not what the settings say."""

    code: ClassVar[str] = "provider-trouble"

    def __init__(self) -> None:
        super().__init__(
            "The sign-in of the city does not answer as it should. Try again in a few minutes, or"
            " sign in with your password."
        )


class ProviderRefused(RequestRefused):
    """What came back from the provider is no answer to what this browser was sent for."""

    code: ClassVar[str] = "provider-refused"

    def __init__(self) -> None:
        super().__init__("The sign-in of the city was broken off or took too long. Begin anew.")
