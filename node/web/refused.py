"""
What functions below `node/` say when they refuse, as far as readers of pages meet it.

They know no language: their texts are English, here they are marked for the catalogues, and pages
translate them where they show them. What is not among them stays English on a page, and says so.
"""

from typing import Final

from node.web.speaking import N_

SAID_BELOW: Final = (
    # Cases and their files
    N_("You are not assigned to this case."),
    N_("Hours are more than 0 and at most 24 a day, such as 2 or 0.25, until now."),
    N_("An attachment is empty. Choose the file again."),
    N_("There is no such attachment."),
    N_("There is no answer yet. To add something, send a reply."),
    N_("You wrote this version; somebody else has to approve it."),
    N_("This kind of file is not known here."),
    N_("Archives are not opened here; attach the files themselves."),
    N_("Old or password-protected office files cannot be checked; save it anew."),
    N_("The file has too many parts."),
    N_("The document holds macros; save it without them."),
    N_("The file is damaged."),
    N_("The picture is damaged or moves. Save it anew as PNG or JPEG."),
    N_("This is not a receipt code; compare it sign by sign with what you were given."),
    N_("There is no request with this receipt code."),
    N_(
        "This case came from another hub, and only that hub may lower its label. Raising it is"
        " possible."
    ),
    N_("The hub is taking in other files. Nothing was stored; try again."),
    N_(
        "This helpdesk answers questions about policy and does not take up personal matters."
        " Nothing that you sent was kept. The bodies below can help you."
    ),
    # Experts, and links in mails
    N_("Hours are more than 0 and at most 24 a day, such as 2 or 0.25."),
    N_("This link is not valid, or not any more. Ask the hub for a new one."),
    N_("This link is not valid, or not any more. Write to the hub again."),
    N_("Write a day as YYYY-MM-DD."),
    # People who sign in
    N_("This link is not valid any more. Ask the operator for a new one."),
    N_("There is no such passkey."),
    N_("This passkey is here already."),
    N_("There is no such session. It may have ended."),
    N_("This code is not right. Wait for the next one, and type that."),
    N_("There is no authenticator app set up."),
    N_("A user name has 1 to 64 characters out of a-z, 0-9, dot, hyphen and underscore."),
    N_("A token cannot expire in the past."),
    N_(
        "The sign-in of the city does not answer as it should. Try again in a few minutes, or sign"
        " in with your password."
    ),
    N_("The sign-in of the city was broken off or took too long. Begin anew."),
    # Other hubs
    N_("The requester does not want this case to go to another hub."),
    N_("The requester agreed to other hubs than this one."),
    N_("The requester wants to be asked before this case goes to another hub."),
    N_("Nobody asked the requester whether a copy may go to another hub."),
    N_("The other hub has asked nothing that is still open."),
    N_("The requester has not replied to this question yet."),
    N_("A place that may stay is not among those that were found."),
    N_("Give the URL of a hub, its host, or a handle such as @hub@hub.example."),
    N_("That is this hub itself."),
    N_("This hub does not connect to that address."),
    N_("The handling label or sensitivity is unknown here; nobody is told."),
    N_("Who is not of this hub's staff is told with their consent only."),
    N_("The requester has not agreed that a lesson is published. Ask them, and record it."),
    N_("This case has no answer yet, so there is nothing to publish of it."),
    # Corrections of each other's records
    N_("That is what the record says already; nothing would change."),
    N_("Say why, in a sentence: the other side decides by it."),
    # The hub itself
    N_("The database is busy. Nothing was stored; try again in a moment."),
    N_("The disk of this hub is full or not writable. Nothing was stored."),
    N_("That question takes too long to answer. Ask for something narrower."),
    N_("This hub is stopping. Nothing was stored; try again in a moment."),
    N_("This cursor is not one that this search gave out. Search again."),
    N_("Too many requests. Try again later."),
    N_("The body of the request did not arrive in time."),
    N_("There is nothing at this address."),
)
"""Their texts, exactly as they stand there; a test looks that none has changed."""
