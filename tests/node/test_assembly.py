"""Opening a hub: what another version of the program left behind is brought up to date."""

from content.changes import Act
from content.database import connect, transaction
from content.starter import starter_catalogue
from federation.publishing import add_resource
from node.assembly import open_node
from node.home import HubHome
from node.settings import read_settings
from tests.node.conftest import ServedHub


async def test_a_search_index_of_another_version_is_made_anew_when_the_hub_is_opened(
    served: ServedHub, home: HubHome
) -> None:
    record, hub = starter_catalogue()[0], served.node.hub
    act = Act("operator", served.node.clock.now())
    await served.node.database.write(lambda db: add_resource(db, hub, record, act))
    db = connect(home.database, writes=True)
    with transaction(db):
        db.execute("update index_state set value = '0/older'")
        db.execute("delete from catalogue")
    db.close()

    async with open_node(home, read_settings(home), threaded=False) as node:
        found = await node.database.read(
            lambda db: db.execute("select count(*) from catalogue").fetchone()
        )

    assert found == (1,)
