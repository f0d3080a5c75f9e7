"""The mail of an edition beside its page: what `digest email` would write, shown by this server."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from digest.mail import mailing
from digest.mail.inert import address
from digest.mail.rendering import HTML_TEMPLATE
from digest.preview.http import HTML, Answer, refusal
from digest.preview.requests import RefusedError
from digest.preview.responses import site_path
from digest.problems import DigestError
from digest.rendering.template_set import BUILTIN
from digest.site.articles import SourceChangedError
from digest.translation import catalogue

if TYPE_CHECKING:
    from digest.preview.snapshot import Snapshot

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'"
"""A mail has its styles at each element, and runs nothing."""
MAIL_TEMPLATES: Final = (f"{Path(HTML_TEMPLATE).parent}/", f"{BUILTIN}/{Path(HTML_TEMPLATE).parent}/")


def mail_print(snapshot: Snapshot, page_print: str) -> str:
    """Fingerprint of what a mail is made of: the edition's page stands for its words and stories."""
    site = snapshot.site
    made = blake2b(page_print.encode(), digest_size=16)
    for name, template in sorted(site.project.templates.texts.items()):
        if name.startswith(MAIL_TEMPLATES):
            made.update(template.content)
    made.update(msgspec.msgpack.encode(site.settings.email))
    return made.hexdigest()


def mail_answer(snapshot: Snapshot | None, path: str) -> Answer:
    """The mail of the edition at an address of this server. Raises `RefusedError` if none is there."""
    inside = site_path(snapshot, path) if snapshot else None
    editions = snapshot.site.index.editions if snapshot else ()
    edition = next((one for one in editions if one.path == inside), None)
    if snapshot is None or edition is None:
        raise RefusedError(404, "no edition is there")
    try:
        body = mailing.make_from(snapshot.site, edition.id).rendered.html
    except DigestError as refused:
        language = catalogue(snapshot.site.settings.lang)
        return refusal(409, "\n".join(problem.within(language) for problem in refused.problems))
    except SourceChangedError:
        return refusal(503, "a save is under way")
    settings = snapshot.site.settings
    here = body.replace(f'="{address(settings.base_url)}', f'="{settings.base_path}')
    return Answer(here.encode(), HTML, more=(("Content-Security-Policy", POLICY),))
