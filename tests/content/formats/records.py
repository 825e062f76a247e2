"""Records as properties are tried on: nine languages, both directions of writing, awkward signs."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from content.labels import Label, Sensitivity
from content.language import LONGEST_TEXT_BYTES
from content.resources.formats.shapes import Entry
from content.resources.record import ResourceRecord, read_record
from content.resources.statistics import EscalationFlow
from content.vocabulary import LANGUAGES, Vocabulary

SENTENCES = {
    "en": "Buying software, step by step",
    "es": "Guía de contratación pública: ¿qué exigir?",
    "fr": "Droits numériques à l’école « et ailleurs »",
    "de": "Leitfaden für Gemeinden, Größe egal",
    "ca": "Els drets digitals de la ciutadania; l·legir",
    "pt-BR": "Proteção de dados no município",
    "it": "Perché la città è di tutti",
    "nl": "'t Register van algoritmen",
    "ar": "دليل الحقوق الرقمية (نسخة 2)، للمدن",
    "he": "מדריך לזכויות דיגיטליות",
}
"""A title in each of our languages and one more; Arabic and Hebrew run from right to left."""
AWKWARD = (
    *("=1+1", "'=1+1", "''=x", "+1", "-", "@a", "＝x", '"quoted"', 'a "b", c; d', "a;b,c d", ","),
    *("<b>bold</b> & more", "&amp;", "]]>", "{}", "a\\nb", "\ufffe", "a\uffffb", "\ufeffa", "null"),
    *("\u200b=1", "\u200f", "x" * 300, '"' * 40, "\u3000x", "'", ";", "%0A"),
    *("a\u200fb\u202eסוף", "e\u0301", "🏙️", "0", "1.0", "#", " a\xa0"),
)
_LINES = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))
_LONG = _LINES | st.sampled_from("\n\r\t\u2028\u2029")


def _texts(signs: st.SearchStrategy[str], most: int) -> st.SearchStrategy[str]:
    some = st.text(signs, min_size=1, max_size=24) | st.sampled_from(
        (*AWKWARD, *SENTENCES.values())
    )
    return some.map(str.strip).filter(lambda text: 0 < len(text) <= most)


_LINE = _texts(_LINES, 300)
_SUMMARY = _texts(_LONG, 1000) | st.just("ا" * (LONGEST_TEXT_BYTES // 2))
_TAGS = st.sampled_from((*LANGUAGES, "pt-BR", "zh-Hant", "he", "und", "es-419", "sr-Latn-RS"))
_LINKS = st.sampled_from(
    (
        "https://city.example/",
        "http://city.example:8080/a?b=c;d&e=%20#f",
        "https://ciutat.example/drets/màgia,|'(x)'",
        "https://مدينة.example/دليل",
        "https://city.example/'=;,x",
        'https://city.example/%zz/{a}|<b>"^`#c#d',
    )
)


def _some(scheme: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(Vocabulary.load().ids(scheme)), max_size=4, unique=True)


_STATISTICS = st.fixed_dictionaries(
    {
        "period": st.just("2026-Q3"),
        "requests": st.sampled_from(("under-5", "5-9", "10-or-more")),
        "topics": st.lists(
            st.fixed_dictionaries(
                {
                    "topic": st.sampled_from(("privacy", "procurement")),
                    "requests": st.just("5-9"),
                    "unmet": st.booleans(),
                }
            ),
            max_size=2,
        ),
        "escalations": st.none()
        | st.fixed_dictionaries(
            {name: st.sampled_from(("under-5", "5-9")) for name in EscalationFlow.model_fields}
        ),
    }
)
RECORDS: st.SearchStrategy[ResourceRecord] = st.fixed_dictionaries(
    {
        "title": st.dictionaries(_TAGS, _texts(_LINES, 500), min_size=1, max_size=4),
        "summary": st.dictionaries(_TAGS, _SUMMARY, min_size=1, max_size=3),
        "language": _TAGS,
        "kind": st.sampled_from(Vocabulary.load().ids("resource-kinds")),
        "topics": _some("topics"),
    },
    optional={
        "url": _LINKS,
        "publisher": _LINE,
        "year": st.integers(1000, 2100),
        "country": st.sampled_from(("NL", "ES", "XK")),
        "city": _LINE,
        "principles": _some("principles"),
        "sdgs": st.lists(st.integers(1, 17), max_size=3),
        "licence": _LINE,
        "label": st.sampled_from([each.value for each in Label]),
        "sensitivity": st.sampled_from([each.value for each in Sensitivity]),
        "source": _LINE,
        "source_id": _LINE,
        "related": st.lists(_LINKS, max_size=3, unique=True),
        "statistics": _STATISTICS,
    },
).map(read_record)

_MOMENTS = st.integers(0, 4 * 10**12).map(
    lambda milliseconds: datetime.fromtimestamp(milliseconds / 1000, UTC).replace(
        microsecond=milliseconds % 1000 * 1000
    )
)


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """Return up to three records with addresses and moments of their own."""
    return [
        Entry(
            id=f"https://amsterdam.example/resources/{number}",
            record=record,
            modified=draw(_MOMENTS),
            published=draw(_MOMENTS),
        )
        for number, record in enumerate(draw(st.lists(RECORDS, min_size=1, max_size=3)))
    ]
