"""What the register of processing says (federation/law), in the language of the page."""

from typing import Final

from node.web.speaking import N_

REGISTER: Final = (
    N_("task in the public interest (GDPR Art. 6(1)(e))"),
    N_("legitimate interest (GDPR Art. 6(1)(f))"),
    N_("consent (GDPR Art. 6(1)(a))"),
    N_("none needed: same country, or both in the EEA"),
    N_("adequacy decision (GDPR Art. 45)"),
    N_("standard contractual clauses (GDPR Art. 46(2)(c))"),
    N_("arrangement between public bodies (GDPR Art. 46(2)(a) or 46(3)(b))"),
    N_("none: nothing personal may go there"),
    # requests
    N_("Requests for help"),
    N_(
        "To answer questions of city officials, elected people and organisations about digital"
        " rights."
    ),
    N_("those who ask"),
    N_("people named in what they write"),
    N_("staff and experts who answer"),
    N_("name, how to reach them, organisation and role of who asks"),
    N_("question, context, attached files, messages, drafts and answers"),
    N_("language, country, dates, status, consents"),
    N_(
        "special categories (Art. 9) and offences (Art. 10) only where a text holds them; such"
        " a case is tlp-red and does not leave the hub"
    ),
    N_("staff of the hub; experts with an account for the cases they are assigned to"),
    N_("approved hubs to which a case is escalated: a minimised copy without who asks"),
    N_("%(count)s months after the end of the case"),
    N_("%(count)s months after the end of the case: attached files"),
    N_("longer only under a legal hold with reason and end"),
    N_("open: %(count)s"),
    N_("ended and kept: %(count)s"),
    N_("legal holds: %(count)s"),
    # copies
    N_("Cases of other hubs"),
    N_("To help other hubs answer what they cannot answer alone."),
    N_("people named in the texts; who asks is not told to this hub"),
    N_("title, question, topics, language, country, role of who asks"),
    N_("messages, answer"),
    N_("staff and assigned experts of this hub"),
    N_("the hub that the case came from"),
    N_("%(count)s days after its hub confirmed the answer"),
    N_("not at all once declined, withdrawn or expired"),
    N_("copies kept: %(count)s"),
    # experts
    N_("Directory of experts"),
    N_("To find somebody who can answer, here and at other hubs."),
    N_("consent (GDPR Art. 6(1)(a)), with its date in each listing"),
    N_("experts"),
    N_("name, organisation, description, topics, countries, languages, hours a month"),
    N_("conflicts of interest, scope agreed to, dates of consent and confirmation"),
    N_("mail address and hours worked, seen by staff only"),
    N_("as far as the expert agreed: this hub, approved hubs, or everybody"),
    N_("until they leave; then nothing but an empty entry in the log"),
    N_("listed: %(count)s"),
    N_("published beyond this hub: %(count)s"),
    # accounts
    N_("Accounts, and who did what"),
    N_("To let people work here, and to be able to show who did what (GDPR Art. 5(2))."),
    N_("legal obligation and security (GDPR Art. 6(1)(c) and 32)"),
    N_("staff, experts and readers with an account"),
    N_("user name, display name, role, tokens (digests only)"),
    N_("what they changed and read, and when"),
    N_("operators of the hub, those who audit it"),
    N_("%(count)s months: who read what"),
    N_("as long as the hub exists: who changed what, since the chain proves it"),
    N_("active accounts: %(count)s"),
    # the network
    N_("Exchange with other servers"),
    N_("To publish to followers and peers, and to take in what they publish."),
    N_("legitimate interest (GDPR Art. 6(1)(f)): to work in an open network"),
    N_("people and organisations whose accounts follow or write to the hub"),
    N_("addresses and public documents of accounts"),
    N_("deliveries: to where, when, result"),
    N_("the servers of those accounts"),
    N_("%(count)s days: deliveries"),
    N_("90 days: ids of what was received"),
    N_("followers: until they stop"),
    N_("followers: %(count)s"),
    # mails
    N_("To tell people that there is news. A mail never says what."),
    N_("staff"),
    N_("those who ask, if they agreed"),
    N_("mail address, kind of news, date"),
    N_("the mail server %(host)s, as a processor"),
    N_("until sent"),
    # measures
    N_(
        "Texts of cases are encrypted at rest (ChaCha20-Poly1305) with a key for each case"
        " under a key of the hub that lies outside of the database; to erase is to destroy the"
        " key too."
    ),
    N_(
        "Cases go to other hubs only sealed to the key of one approved hub (HPKE, %(suite)s),"
        " minimised, after a person has seen what leaves."
    ),
    N_(
        "Handling label and sensitivity on every record; one rule decides at every exit; what"
        " is unknown stays."
    ),
    N_("Roles with separate rights; tokens are stored as digests, and expire."),
    N_("Changes and readings of cases are chained, so that tampering is found (hub audit verify)."),
    N_("Retention runs daily, with notices before; legal holds have a reason and an end."),
    N_("No texts, names or addresses in logs, mails, addresses of pages and metrics."),
    N_("Public pages read through connections that cannot read tables of cases or people."),
    N_("TLS on every public address."),
    N_("NO TLS on the public address of this hub."),
)
