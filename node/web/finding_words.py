"""
What the hub finds when it looks at itself (node/findings), in the language of the page.

The findings are made in English, for `hub doctor` and its JSON; they are known here by their shape.
A test goes through all of them.
"""

from typing import Final

from node.web.speaking import N_

SUBJECTS: Final = {
    "address": N_("Address"),
    "audit": N_("Audit"),
    "backup": N_("Backup of the data"),
    "backup of keys": N_("Backup of the keys"),
    "clock": N_("Clock"),
    "database": N_("Database"),
    "deliveries": N_("Deliveries"),
    "disk": N_("Disk"),
    "erasures": N_("Erasures"),
    "experts": N_("Experts"),
    "folder": N_("Folder"),
    "incidents": N_("Breaches of personal data"),
    "logs": N_("Logs"),
    "mail": N_("Mails"),
    "notice": N_("Notice"),
    "operators": N_("Operators"),
    "our own log": N_("Our own log"),
    "peers": N_("Peers"),
    "permissions": N_("Permissions of files"),
    "quarantine": N_("Quarantine"),
    "reachable": N_("Reachable"),
    "recovery key": N_("Recovery key"),
    "sealing key": N_("Sealing key"),
    "SQLite": N_("SQLite"),
}
"""What was looked at."""
PLACES: Final = {
    "address": "/duty/start/outside",
    "audit": "/duty/audit",
    "backup": "/duty/keys",
    "backup of keys": "/duty/keys",
    "deliveries": "/duty/deliveries",
    "erasures": "/duty/erasures",
    "experts": "/desk/experts",
    "incidents": "/duty/incidents",
    "mail": "/duty/mails",
    "operators": "/duty/people",
    "peers": "/duty/peers",
    "quarantine": "/duty/quarantine",
    "recovery key": "/duty/keys",
    "sealing key": "/duty/keys",
}
"""On which page one can do something about it."""
FOUND: Final = (
    # of the folder and of SQLite
    N_("others can read %(names)s"),
    N_("keys and database are for this user only"),
    N_("%(count)s MB free"),
    N_("cannot be written"),
    N_("%(version)s has the WAL-reset bug; the hub works in a slower mode"),
    N_("sound, %(count)s MB"),
    # of the hub
    N_("%(address)s is plain http"),
    N_("says %(at)s UTC, but something was done at %(other)s"),
    N_(
        "%(host)s holds another entry with the number %(number)s, signed with our key; who holds"
        " that branch takes nothing more of ours"
    ),
    N_("%(log)s has two entries with the number %(number)s; it is frozen"),
    N_("%(host)s shows %(shown)s entries of %(log)s and had signed %(held)s; it is frozen"),
    N_("%(count)s active"),
    N_("%(host)s asks to be a peer"),
    N_("%(host)s was not heard of since %(day)s"),
    N_("%(count)s failed"),
    N_("%(count)s wait for more than a day"),
    N_("none failed, none late"),
    N_("%(count)s in it"),
    N_("empty"),
    N_("%(host)s has not confirmed %(count)s since more than %(days)s days"),
    N_("%(count)s receipts are on their way"),
    N_("all confirmed"),
    N_("%(count)s listings were not confirmed for half a year"),
    N_("%(address)s does not answer from here: %(why)s"),
    N_("%(address)s answers %(status)s"),
    N_("%(address)s answers"),
    # of incidents
    N_(
        "%(number)s: %(hours)s hours left: tell the supervisory authority until %(at)s, unless it"
        " is unlikely to be a risk for people (GDPR Art. 33)."
    ),
    N_(
        "%(number)s: 1 hour left: tell the supervisory authority until %(at)s, unless it is"
        " unlikely to be a risk for people (GDPR Art. 33)."
    ),
    N_(
        "%(number)s: The 72 hours ended at %(at)s. Tell the supervisory authority now and say why"
        " it is late, or close it with the reason why it need not be told (GDPR Art. 33)."
    ),
    # of keys
    N_("has ended"),
    N_("ends on %(day)s"),
    N_("good until %(day)s"),
    N_("checked on %(day)s"),
    N_("printed on %(day)s, never checked"),
    # of mails
    N_("no mail server is set; nobody is told by mail"),
    N_("%(count)s wait: %(why)s"),
    N_("sent by %(host)s, none failed, none late"),
    # of audit and backups
    N_("none was ever made"),
    N_("made on %(day)s, %(count)s days ago"),
    N_("its mark is missing"),
    N_("it is not what its mark says"),
    N_("was never checked"),
    N_("last checked on %(day)s, %(note)s"),
    N_("last checked on %(day)s"),
    # node/audit_checking.py
    N_("whole, %(count)s rows"),
)
ADVICE: Final = (
    N_("Write: %(command)s"),
    N_("Make room: a full disk stops the hub."),
    N_("Give %(folder)s to the user of the hub."),
    N_("Install pysqlite3, or a Python with SQLite 3.51.3 or newer."),
    N_("Stop the server, keep a copy of the file, and restore the last backup."),
    N_("Fine for a demo or an intranet only: others can read along."),
    N_("Set the clock (NTP). Others refuse signatures of a hub whose clock is wrong."),
    N_(
        "If this hub was restored from an old copy, either ask its peers to write: hub peer"
        " settle %(host)s; or take the paper with the recovery key: hub keys recover. If nobody"
        " knows how it came, others may have the keys: hub keys recover."
    ),
    N_("Ask its people what happened; then hub peer settle."),
    N_(
        "If it was restored from a backup, it ends by itself. Else ask its people; then hub peer"
        " settle."
    ),
    N_("Compare fingerprints: hub peer show %(host)s"),
    N_("Try hub sync %(host)s, then call its people."),
    N_("Call its people, then see hub erasure list --missing"),
    N_("See hub expert list --unconfirmed, and ask them"),
    N_("Check name, certificate and the web server in front of the hub."),
    N_("Let the web server in front pass everything to the hub."),
    N_("See hub incident list; when it is dealt with: hub incident close."),
    N_("Start the server: it makes a new one. Without it nobody can send us a case."),
    N_("The running server makes a new one in time: let it run, or look at its log."),
    N_("Take the paper out and type it: hub keys check-recovery"),
    N_("Correct this, then start the server again."),
    N_("Make one: %(command)s"),
    N_("Do it once a month: hub audit verify"),
    N_("Check it: hub audit verify"),
    N_("See hub delivery list --failed"),
    N_("See hub delivery list"),
    N_("See hub quarantine list"),
    N_("See hub mail status"),
    N_("See hub audit verify"),
    # of notices
    N_("See above, at our own log."),
    N_("Wait some hours, then ask its people; it ends when all of its log is shown again."),
    N_("hub sync asks them now. If no peer can be asked any more: hub recover --go-on."),
    N_("See its last runs: hub harvest show. To leave it alone: hub harvest pause."),
    N_("See what goes when: hub retention list."),
    N_("See what is kept: hub retention holds."),
    N_("Call its people, and note in your files when they confirmed."),
    N_("Ask its people."),
)
NOTICES: Final = (
    # federation/
    N_("%(host)s %(state)s our correction: hub proposal show %(number)s"),
    N_(
        "It shows %(shown)s entries of its log and had signed %(held)s. Nothing more is taken of"
        " it until it shows them again. If it was restored from a backup, that comes by itself;"
        " else ask its people."
    ),
    N_(
        "It does not show the content of %(numbers)s in the log %(log)s..., and nothing there"
        " deletes it. Others are asked for it; ask its people why."
    ),
    N_("Entry %(number)s of its log was not understood. %(why)s"),
    N_("A page of its log was refused, and nothing of it was stored. %(why)s"),
    N_(
        "%(host)s recovered its keys: the ones before were lost or stolen. Its log is read from"
        " the beginning. Ask its people what happened."
    ),
    N_("%(who)s proposes a correction of a resource: hub proposal show %(number)s"),
    N_(
        "A request in the name of %(host)s was signed with a key that nobody here confirmed"
        " (%(key)s). Ask its people over another channel."
    ),
    N_(
        "Its log has two different entries with the number %(number)s, both signed by it;"
        " %(host)s showed the second one. Nothing more is taken of it. Either its keys are in"
        " other hands, or it was restored from an old copy. Ask its people."
    ),
    N_(
        "%(host)s holds another entry with the number %(number)s of our own log, signed with our"
        " key. Who holds the other branch takes nothing more of ours. Either this hub was"
        " restored from an old copy, or somebody else has its keys."
    ),
    N_("A hub at %(host)s shows the permanent name of %(other)s."),
    N_("%(count)s hubs wait for a decision; no more are noted until some are removed."),
    N_("Another hub ended this, but a hold keeps our copy until %(day)s."),
    N_("The hold on case %(case)s ended with %(day)s. What is due will go."),
    N_("Tell %(host)s to erase what it got by escalation %(number)s."),
    N_(
        "Case %(case)s will be erased on %(day)s: %(why)s. If a law asks to keep it: hub case"
        " hold %(again)s"
    ),
    N_(
        "The files of case %(case)s will be erased on %(day)s: %(why)s. If a law asks to keep it:"
        " hub case hold %(again)s"
    ),
    N_(
        "The copy of another hub's case, %(case)s will be erased on %(day)s: %(why)s. If a law"
        " asks to keep it: hub case hold %(again)s"
    ),
    N_("This hub failed; see its log."),
    N_("A page of the log %(log)s... was refused. %(why)s"),
    N_("Nothing has reached %(host)s for more than a day. %(why)s"),
    N_("Entry %(number)s of our own log could not be brought back. %(why)s"),
    N_("%(why)s Until then nothing is published. A person may decide: hub recover --go-on"),
    N_(
        "%(host)s promised an answer by %(day)s and has not answered. Call them and wait, or take"
        " the case back: hub offer withdraw %(number)s"
    ),
    N_(
        "%(host)s has said nothing since %(day)s and has not answered. Call them and wait, or take"
        " the case back: hub offer withdraw %(number)s"
    ),
    # node/
    N_("The record of who did what is not what it was. Look at it with: hub audit verify"),
    N_("Row %(number)s: %(why)s."),
)
