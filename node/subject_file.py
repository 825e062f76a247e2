"""What is handed to a person as one file: for programs, for people, with the files of cases."""

import io
import json
import zipfile

from federation.law.subject_export import Export
from node.subject_paper import paper_of


def packed(exported: Export) -> bytes:
    """Return a zip archive with person.json, person.md and the files. It is not encrypted."""
    held = {**exported.held, "withheld": exported.withheld}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps(held, ensure_ascii=False, indent=2)
        archive.writestr("person.json", text)
        archive.writestr("person.md", paper_of(held))
        for path, content in exported.files.items():
            archive.writestr(path, content)
    return stream.getvalue()
