"""
What mails say, in nine languages. Short on purpose: nothing about anybody is in them.

Of two sentences that differ only in number there is one with a count behind it, so that no grammar
of plurals is needed. Translations are ours; a native reader should look at them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from content.language import primary_language
from content.mail.kinds import MailKind


@dataclass(frozen=True, slots=True)
class MailWords:
    """The texts of one language. {address}, {link}, {day}: put in by `MailWords` methods."""

    staff_subject: str
    staff: Mapping[MailKind, str]
    staff_end: str
    news_subject: str
    news: str
    confirm_subject: str
    confirm: str
    not_taken_subject: str
    not_taken: str
    listing_subject: str
    listing: str


_K = MailKind


def _staff(*texts: str) -> Mapping[MailKind, str]:
    kinds = (
        _K.REQUEST_RECEIVED,
        _K.ASSIGNED,
        _K.REQUESTER_REPLIED,
        _K.ESCALATION_NEWS,
        _K.OFFER_ARRIVED,
        _K.DUE_SOON,
        _K.OVERDUE,
        _K.RETENTION,
    )
    return dict(zip(kinds, texts, strict=True))


WORDS: Mapping[str, MailWords] = {
    "en": MailWords(
        "Something waits for you at the helpdesk",
        _staff(
            "New requests",
            "Requests that are yours now",
            "Replies of requesters",
            "News from another hub",
            "Offers of other hubs",
            "Answers due soon",
            "Answers overdue",
            "Requests that will be erased soon",
        ),
        "This mail says no more on purpose. See what it is at {address}",
        "There is news on your request",
        "There is news on your request. To read it, come back with your code at {address}\n\n"
        "This mail says no more on purpose. We never ask for your code by mail.",
        "Please confirm your mail to the helpdesk",
        "The helpdesk received a mail from this address. It stays closed until you confirm that"
        " you wrote it, at {link}\n\n"
        "The link works once, until {day}. If you did not write to us, do nothing: the mail will be"
        " destroyed.",
        "Your mail could not be taken",
        "The helpdesk received a mail from this address and could not take it: it was too large,"
        " or held no text. It was not kept. Please write to us at {address}",
        "Is your listing at the helpdesk still right?",
        "You are listed as an expert at this helpdesk. Please look whether what it says of"
        " you is still right, and confirm it with one click, at {link}\n\n"
        "There you can also pause, or leave: then you are taken off everywhere. The link is"
        " for you alone and works until {day}.",
    ),
    "es": MailWords(
        "Algo le espera en el servicio de ayuda",
        _staff(
            "Consultas nuevas",
            "Consultas que ahora son suyas",
            "Respuestas de solicitantes",
            "Noticias de otro nodo",
            "Ofertas de otros nodos",
            "Respuestas que vencen pronto",
            "Respuestas vencidas",
            "Consultas que se borrarán pronto",
        ),
        "Este correo no dice más a propósito. Vea de qué se trata en {address}",
        "Hay novedades sobre su consulta",
        "Hay novedades sobre su consulta. Para leerlas, vuelva con su código a {address}\n\n"
        "Este correo no dice más a propósito. Nunca pedimos su código por correo.",
        "Confirme su correo al servicio de ayuda",
        "El servicio de ayuda recibió un correo de esta dirección. Queda cerrado hasta que usted"
        " confirme que lo escribió, en {link}\n\n"
        "El enlace sirve una vez, hasta el {day}. Si no nos escribió, no haga nada: el correo se"
        " destruirá.",
        "No pudimos recibir su correo",
        "El servicio de ayuda recibió un correo de esta dirección y no pudo aceptarlo: era"
        " demasiado grande o no tenía texto. No se guardó. Escríbanos en {address}",
        "¿Sigue siendo correcta su ficha en el servicio de ayuda?",
        "Usted figura como persona experta en este servicio de ayuda. Mire si lo que dice"
        " sigue siendo correcto y confírmelo con un clic en {link}\n\n"
        "Allí también puede hacer una pausa o darse de baja: entonces la ficha se retira de"
        " todas partes. El enlace es solo para usted y sirve hasta el {day}.",
    ),
    "fr": MailWords(
        "Quelque chose vous attend au service d’aide",
        _staff(
            "Nouvelles demandes",
            "Demandes qui vous sont confiées",
            "Réponses de demandeurs",
            "Nouvelles d’un autre pôle",
            "Offres d’autres pôles",
            "Réponses bientôt attendues",
            "Réponses en retard",
            "Demandes qui seront bientôt effacées",
        ),
        "Ce message n’en dit volontairement pas plus. Voyez de quoi il s’agit sur {address}",
        "Il y a du nouveau sur votre demande",
        "Il y a du nouveau sur votre demande. Pour le lire, revenez avec votre code sur"
        " {address}\n\n"
        "Ce message n’en dit volontairement pas plus. Nous ne demandons jamais votre code par"
        " courriel.",
        "Confirmez votre courriel au service d’aide",
        "Le service d’aide a reçu un courriel de cette adresse. Il reste fermé jusqu’à ce que vous"
        " confirmiez l’avoir écrit, sur {link}\n\n"
        "Le lien sert une fois, jusqu’au {day}. Si vous ne nous avez pas écrit, ne faites rien :"
        " le courriel sera détruit.",
        "Votre courriel n’a pas pu être reçu",
        "Le service d’aide a reçu un courriel de cette adresse et n’a pas pu le prendre : il était"
        " trop grand ou sans texte. Il n’a pas été gardé. Écrivez-nous sur {address}",
        "Votre fiche au service d’aide est-elle toujours exacte ?",
        "Vous figurez comme personne experte dans ce service d’aide. Voyez si ce qui y est"
        " dit est toujours exact et confirmez-le d’un clic sur {link}\n\n"
        "Vous pouvez aussi y faire une pause, ou partir : la fiche est alors retirée partout."
        " Le lien est pour vous seulement et fonctionne jusqu’au {day}.",
    ),
    "ar": MailWords(
        "هناك ما ينتظرك في مكتب المساعدة",
        _staff(
            "طلبات جديدة",
            "طلبات أُسندت إليك",
            "ردود من أصحاب الطلبات",
            "أخبار من مركز آخر",
            "عروض من مراكز أخرى",
            "إجابات يقترب موعدها",
            "إجابات متأخرة",
            "طلبات ستُمحى قريبًا",
        ),
        "لا تقول هذه الرسالة أكثر من ذلك عن قصد. اطّلع على الأمر في {address}",
        "هناك جديد بشأن طلبك",
        "هناك جديد بشأن طلبك. لقراءته عُد برمزك إلى {address}\n\n"
        "لا تقول هذه الرسالة أكثر من ذلك عن قصد. لا نطلب رمزك بالبريد أبدًا.",
        "يرجى تأكيد رسالتك إلى مكتب المساعدة",
        "تلقّى مكتب المساعدة رسالة من هذا العنوان. تبقى مغلقة حتى تؤكد أنك كتبتها، في {link}\n\n"
        "يعمل الرابط مرة واحدة حتى {day}. إن لم تكتب إلينا فلا تفعل شيئًا: ستُتلف الرسالة.",
        "تعذّر قبول رسالتك",
        "تلقّى مكتب المساعدة رسالة من هذا العنوان ولم يستطع قبولها: كانت كبيرة جدًا أو بلا نص."
        " لم تُحفظ. يرجى مراسلتنا في {address}",
        "هل ما زالت بياناتك في مكتب المساعدة صحيحة؟",
        "اسمك مدرج ضمن خبراء مكتب المساعدة هذا. يرجى النظر إن كان ما كُتب عنك ما زال صحيحًا"
        " وتأكيده بنقرة واحدة في {link}\n\n"
        "يمكنك هناك أيضًا التوقف مؤقتًا أو المغادرة: عندها تُزال بياناتك من كل مكان. الرابط"
        " لك وحدك ويعمل حتى {day}.",
    ),
    "de": MailWords(
        "Bei der Anlaufstelle wartet etwas auf Sie",
        _staff(
            "Neue Anfragen",
            "Anfragen, die jetzt bei Ihnen liegen",
            "Rückmeldungen zu Anfragen",
            "Neues von einer anderen Stelle",
            "Angebote anderer Stellen",
            "Bald fällige Antworten",
            "Überfällige Antworten",
            "Anfragen, die bald gelöscht werden",
        ),
        "Mehr steht mit Absicht nicht in dieser Mail. Sehen Sie nach unter {address}",
        "Es gibt Neues zu Ihrer Anfrage",
        "Es gibt Neues zu Ihrer Anfrage. Um es zu lesen, kommen Sie mit Ihrem Code zurück zu"
        " {address}\n\n"
        "Mehr steht mit Absicht nicht in dieser Mail. Wir fragen nie per Mail nach Ihrem Code.",
        "Bitte bestätigen Sie Ihre Mail an die Anlaufstelle",
        "Die Anlaufstelle hat eine Mail von dieser Adresse erhalten. Die Mail bleibt geschlossen,"
        " bis Sie bestätigen, dass sie von Ihnen ist: {link}\n\n"
        "Der Link gilt einmal, bis {day}. Wenn Sie uns nicht geschrieben haben, tun Sie nichts: Die"
        " Mail wird vernichtet.",
        "Ihre Mail konnte nicht angenommen werden",
        "Die Anlaufstelle hat eine Mail von dieser Adresse erhalten und konnte sie nicht annehmen:"
        " Sie war zu groß oder ohne Text. Wir haben sie nicht gespeichert. Bitte schreiben Sie"
        " uns unter {address}",
        "Stimmt Ihr Eintrag bei der Anlaufstelle noch?",
        "Sie stehen bei dieser Anlaufstelle als Fachperson im Verzeichnis. Bitte sehen Sie"
        " nach, ob der Eintrag noch stimmt, und bestätigen Sie ihn mit einem Klick auf {link}\n\n"
        "Dort können Sie auch pausieren oder das Verzeichnis verlassen: Dann wird der Eintrag"
        " überall gelöscht. Der Link ist nur für Sie und gilt bis {day}.",
    ),
    "ca": MailWords(
        "Alguna cosa us espera al servei d’ajuda",
        _staff(
            "Consultes noves",
            "Consultes que ara són vostres",
            "Respostes de persones sol·licitants",
            "Notícies d’un altre node",
            "Ofertes d’altres nodes",
            "Respostes que vencen aviat",
            "Respostes vençudes",
            "Consultes que s’esborraran aviat",
        ),
        "Aquest correu no diu més a propòsit. Vegeu de què es tracta a {address}",
        "Hi ha novetats sobre la vostra consulta",
        "Hi ha novetats sobre la vostra consulta. Per llegir-les, torneu amb el vostre codi a"
        " {address}\n\n"
        "Aquest correu no diu més a propòsit. Mai no demanem el vostre codi per correu.",
        "Confirmeu el vostre correu al servei d’ajuda",
        "El servei d’ajuda ha rebut un correu d’aquesta adreça. Queda tancat fins que confirmeu que"
        " l’heu escrit, a {link}\n\n"
        "L’enllaç serveix una vegada, fins al {day}. Si no ens heu escrit, no feu res: el correu es"
        " destruirà.",
        "No hem pogut rebre el vostre correu",
        "El servei d’ajuda ha rebut un correu d’aquesta adreça i no l’ha pogut acceptar: era massa"
        " gran o no tenia text. No s’ha desat. Escriviu-nos a {address}",
        "La vostra fitxa al servei d’ajuda encara és correcta?",
        "Sortiu com a persona experta a la llista d’aquest servei d’ajuda. Mireu si el que s’hi"
        " diu encara és correcte i confirmeu-ho amb un clic a {link}\n\n"
        "Allà també podeu fer una pausa o donar-vos de baixa: aleshores la fitxa s’esborra a tot"
        " arreu. L’enllaç és només per a vós i serveix fins al {day}.",
    ),
    "pt": MailWords(
        "Algo espera por si no serviço de ajuda",
        _staff(
            "Pedidos novos",
            "Pedidos que agora são seus",
            "Respostas de quem fez o pedido",
            "Notícias de outro centro",
            "Ofertas de outros centros",
            "Respostas com prazo próximo",
            "Respostas em atraso",
            "Pedidos que serão apagados em breve",
        ),
        "Esta mensagem não diz mais de propósito. Veja do que se trata em {address}",
        "Há novidades sobre o seu pedido",
        "Há novidades sobre o seu pedido. Para as ler, volte com o seu código a {address}\n\n"
        "Esta mensagem não diz mais de propósito. Nunca pedimos o seu código por correio"
        " eletrónico.",
        "Confirme a sua mensagem ao serviço de ajuda",
        "O serviço de ajuda recebeu uma mensagem deste endereço. Fica fechada até confirmar que a"
        " escreveu, em {link}\n\n"
        "O link serve uma vez, até {day}. Se não nos escreveu, não faça nada: a mensagem será"
        " destruída.",
        "Não foi possível aceitar a sua mensagem",
        "O serviço de ajuda recebeu uma mensagem deste endereço e não a pôde aceitar: era demasiado"
        " grande ou não tinha texto. Não foi guardada. Escreva-nos em {address}",
        "A sua ficha no serviço de ajuda ainda está certa?",
        "Consta como especialista da lista deste serviço de ajuda. Veja se o que lá está ainda"
        " está certo e confirme com um clique em {link}\n\n"
        "Lá também pode fazer uma pausa ou sair: então a ficha é apagada em todo o lado. O link"
        " é só para si e serve até {day}.",
    ),
    "it": MailWords(
        "Qualcosa la attende allo sportello",
        _staff(
            "Nuove richieste",
            "Richieste ora affidate a lei",
            "Risposte di chi ha fatto una richiesta",
            "Novità da un altro centro",
            "Offerte di altri centri",
            "Risposte in scadenza",
            "Risposte scadute",
            "Richieste che saranno presto cancellate",
        ),
        "Questo messaggio di proposito non dice altro. Veda di che si tratta su {address}",
        "Ci sono novità sulla sua richiesta",
        "Ci sono novità sulla sua richiesta. Per leggerle torni con il suo codice su {address}\n\n"
        "Questo messaggio di proposito non dice altro. Non chiediamo mai il codice per posta"
        " elettronica.",
        "Confermi il suo messaggio allo sportello",
        "Lo sportello ha ricevuto un messaggio da questo indirizzo. Resta chiuso finché non"
        " conferma di averlo scritto, su {link}\n\n"
        "Il link vale una volta, fino al {day}. Se non ci ha scritto, non faccia nulla: il"
        " messaggio sarà distrutto.",
        "Il suo messaggio non è stato accettato",
        "Lo sportello ha ricevuto un messaggio da questo indirizzo e non ha potuto accettarlo: era"
        " troppo grande o senza testo. Non è stato conservato. Ci scriva su {address}",
        "La sua scheda presso lo sportello è ancora giusta?",
        "Lei figura come persona esperta nell’elenco di questo sportello. Guardi se ciò che c’è"
        " scritto è ancora giusto e lo confermi con un clic su {link}\n\n"
        "Lì può anche fare una pausa o andarsene: allora la scheda viene cancellata ovunque. Il"
        " link è solo per lei e vale fino al {day}.",
    ),
    "nl": MailWords(
        "Er wacht iets op u bij de helpdesk",
        _staff(
            "Nieuwe verzoeken",
            "Verzoeken die nu van u zijn",
            "Reacties van aanvragers",
            "Nieuws van een andere hub",
            "Zaken die andere hubs aanbieden",
            "Antwoorden die bijna klaar moeten zijn",
            "Antwoorden die te laat zijn",
            "Verzoeken die binnenkort worden gewist",
        ),
        "Meer staat met opzet niet in deze mail. Kijk wat het is op {address}",
        "Er is nieuws over uw verzoek",
        "Er is nieuws over uw verzoek. Kom met uw code terug om het te lezen, op {address}\n\n"
        "Meer staat met opzet niet in deze mail. Wij vragen nooit per mail om uw code.",
        "Bevestig uw mail aan de helpdesk",
        "De helpdesk kreeg een mail van dit adres. Die blijft dicht tot u bevestigt dat u hem"
        " hebt geschreven, op {link}\n\n"
        "De link werkt één keer, tot {day}. Hebt u ons niet geschreven, doe dan niets: de mail"
        " wordt vernietigd.",
        "Uw mail kon niet worden aangenomen",
        "De helpdesk kreeg een mail van dit adres en kon die niet aannemen: hij was te groot, of"
        " zonder tekst. De mail is niet bewaard. Schrijf ons op {address}",
        "Klopt uw vermelding bij de helpdesk nog?",
        "U staat als deskundige vermeld bij deze helpdesk. Kijk of wat er staat nog klopt en"
        " bevestig het met één klik op {link}\n\n"
        "Daar kunt u ook pauzeren, of vertrekken: dan wordt de vermelding overal verwijderd. De"
        " link is alleen voor u en werkt tot {day}.",
    ),
}


def words_in(*languages: str) -> tuple[str, MailWords]:
    """Return language and texts for the first of these tags that there are texts in, else en."""
    for tag in languages:
        language = primary_language(tag).lower()
        if language in WORDS:
            return language, WORDS[language]
    return "en", WORDS["en"]
