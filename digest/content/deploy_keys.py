"""The keys of `deploy:` in site.yaml, a table for each kind of place.

One list: `digest.content.hosting` reads by it, `digest.content.schema` prints it.
"""

from __future__ import annotations

from digest.content.fields import FLAG, RAW, TEXT, WORD, Key, Table, Value, number, one_of, one_or_more

KINDS = ("folder", "git", "rsync", "s3")
HOSTS = ("github-pages", "gitlab-pages", "codeberg-pages", "cloudflare-pages", "netlify")
ANNOUNCEMENTS = ("indexnow", "websub")
HISTORIES = ("keep", "squash")
MODES = ("releases", "in-place")
COMPRESSIONS = ("none", "gzip", "brotli")


NAME = Key("name", "الاسم", "what commands call it; default: its kind", TEXT)
HOST = Key("host", "المضيف", "whose limits are checked and whose files are written", one_of(HOSTS))
ANNOUNCE = Key("announce", "الإعلان", "who is told what changed", one_or_more(one_of(ANNOUNCEMENTS)))
KEEP = Key("keep", "الإصدارات", "earlier releases kept for digest rollback", number(0, 50, 3))


def table(kind: str, *keys: Key) -> Table:
    """The keys all places have, and a kind's own."""
    to = Key("to", "إلى", "the kind of place", RAW._replace(shape={"const": kind}), required=True)
    return Table(f"a place of kind {kind}", (to, NAME, *keys, HOST, ANNOUNCE))


FOLDER = table(
    "folder",
    Key("path", "المجلد", "the directory, from the site's folder or absolute", TEXT, required=True),
    KEEP,
)
GIT = table(
    "git",
    Key("repository", "المستودع", "address, path, or name of a remote", Value(WORD, RAW.read), default="origin"),
    Key("branch", "الفرع", "the branch", Value(WORD, RAW.read), default="gh-pages"),
    Key("history", "السجل", "squash: the branch is always one commit", one_of(HISTORIES, "keep")),
    Key("domain", "النطاق", "host name of the site, for the host's CNAME file", TEXT),
)
RSYNC = table(
    "rsync",
    Key("server", "الخادم", "host, or user@host, as ssh takes it", TEXT, required=True),
    Key("path", "المجلد", "directory on the server", TEXT, required=True),
    Key("port", "المنفذ", "port of its SSH server", number(1, 65535, 22)),
    Key("key", "ملف_المفتاح", "path of a private key", TEXT),
    Key("known_hosts", "ملف_الخوادم", "path of a file with the server's public key", TEXT),
    Key("mode", "الطريقة", "how the site is put in its place", one_of(MODES, "releases")),
    KEEP,
)
S3 = table(
    "s3",
    Key("bucket", "الحاوية", "name of the bucket", TEXT, required=True),
    Key("prefix", "البادئة", "folder inside the bucket", TEXT),
    Key("region", "المنطقة", "region of the bucket", TEXT),
    Key("endpoint", "نقطة_الوصول", "address of a store that is not Amazon's", TEXT),
    Key("profile", "الحساب", "profile of ~/.aws/config", TEXT),
    Key("compress", "الضغط", "how text is stored", one_of(COMPRESSIONS, "none")),
    Key("public", "عام", "true: each object is readable by everybody", FLAG),
    Key("cloudfront", "التوزيع", "id of the CloudFront distribution before the bucket", TEXT),
)

TABLES = {"folder": FOLDER, "git": GIT, "rsync": RSYNC, "s3": S3}
COMMON = {key.name: (key.name, key.arabic) for key in FOLDER}
"""English name of a key that all have → its spellings."""
