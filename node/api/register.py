"""Papers that the law asks for, made of the settings and of what the hub holds."""

from dataclasses import asdict

from content.people.permissions import Right
from node.api.models.register import RegisterAnswer
from node.api.routes import ApiRoute, Call
from node.register import register_of


async def show_register(call: Call) -> RegisterAnswer:
    """Return the register of processing as it is now; no case is opened for it."""
    at = call.node.clock.now()
    register = await call.read(lambda db: register_of(db, call.hub, call.settings, at))
    return RegisterAnswer.model_validate(asdict(register))


ROUTES = (
    ApiRoute(
        "GET",
        "/reports/processing",
        show_register,
        "The register of processing",
        "Law",
        RegisterAnswer,
        right=Right.OPERATE,
    ),
)
