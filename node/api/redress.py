"""Who helps with personal matters, as this hub keeps its list: added, put right, removed."""

from content.people.permissions import Right
from content.redress import RedressBody, RedressStore, read_body
from node.api.models.requests import BodyAnswer
from node.api.routes import ApiRoute, Call, shaped

SUBJECT = "Requests"


async def put_redress_body(call: Call) -> BodyAnswer:
    """Add a body, or put it in the place of the one with that id."""
    body: RedressBody = call.body
    act = call.act()
    await call.write(lambda db: RedressStore(db).put(body, act))
    return shaped(BodyAnswer, body)


async def remove_redress_body(call: Call) -> None:
    """Take a body off the list, one that ships with the program too; adding it again undoes it."""
    act, body_id = call.act(), call.path["id"]
    await call.write(lambda db: RedressStore(db).remove(body_id, act))


ROUTES = (
    ApiRoute(
        "POST",
        "/redress",
        put_redress_body,
        "Add or put right who helps with personal matters",
        SUBJECT,
        BodyAnswer,
        right=Right.CASES_WORK,
        body=RedressBody,
        reader=read_body,
    ),
    ApiRoute(
        "DELETE",
        "/redress/{id}",
        remove_redress_body,
        "Take somebody off that list",
        SUBJECT,
        None,
        right=Right.CASES_WORK,
        status=204,
    ),
)
