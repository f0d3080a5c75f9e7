"""`deploy:` of site.yaml → where the site is put: folders, git branches, servers, buckets.

In: the value of the key. Out: frozen destinations in their order, the first one the default, and a problem for whatever
is unknown, missing or dangerous. Refused everywhere: a password or token inside a value, because site.yaml is
committed and shown; words that a program called with them would take for an option.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

import msgspec

from digest.content import fields, nodes
from digest.content.deploy_keys import ANNOUNCEMENTS, COMMON, COMPRESSIONS, HISTORIES, HOSTS, KINDS, MODES, TABLES
from digest.content.nodes import Listing, Mapping, Node, Notes
from digest.problems import Problem, did_you_mean, quoted

if TYPE_CHECKING:
    from collections.abc import Callable
    from urllib.parse import SplitResult

    from digest.content.fields import Found, Pair, Table

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")
SERVER = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")
DOMAIN = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}")
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
BRANCH = re.compile(r"(?!.*(?:\.\.|//|@\{|/\.|\.lock(?:/|$)))[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}(?<![/.])")
EXAMPLES = re.compile(r"(?:.*\.)?(?:example|invalid)|(?:.*\.)?example\.(?:com|net|org)", re.IGNORECASE)
"""Hosts that no site can stand at: names kept for examples (RFC 2606)."""
PRIVATE = "a password or token does not belong in site.yaml, which is committed and shown"


class FolderPlace(msgspec.Struct, frozen=True):
    """Another directory of this machine, e.g. a mounted web root."""

    kind: ClassVar[str] = "folder"
    path: str
    """From the site's folder, or absolute; `~` is the home folder."""
    keep: int = 3
    """Earlier releases kept for `digest rollback`."""


class GitPlace(msgspec.Struct, frozen=True):
    """A branch of a repository."""

    kind: ClassVar[str] = "git"
    repository: str = "origin"
    """An address, a path, or the name of a remote of the site's own repository."""
    branch: str = "gh-pages"
    history: str = "keep"
    """`squash`: the branch is always a single commit."""
    domain: str = ""


class RsyncPlace(msgspec.Struct, frozen=True):
    """A server reached over SSH."""

    kind: ClassVar[str] = "rsync"
    server: str
    path: str
    port: int = 22
    key: str = ""
    """Path of a private key; empty: as ssh finds it."""
    known_hosts: str = ""
    mode: str = "releases"
    keep: int = 3


class S3Place(msgspec.Struct, frozen=True):
    """A bucket of an S3-compatible store."""

    kind: ClassVar[str] = "s3"
    bucket: str
    prefix: str = ""
    """Without slashes at its ends."""
    region: str = ""
    endpoint: str = ""
    profile: str = ""
    compress: str = "none"
    public: bool = False
    cloudfront: str = ""
    """Id of the distribution whose copies are dropped."""


Place = FolderPlace | GitPlace | RsyncPlace | S3Place


class Destination(msgspec.Struct, frozen=True):
    """One place the site is put to."""

    name: str
    place: Place
    host: str = ""
    """A host whose limits and files are known; empty: any."""
    announce: tuple[str, ...] = ()
    """Who is told what changed: `indexnow`, `websub`."""


class Hosting(msgspec.Struct, frozen=True):
    """What site.yaml says of deploying."""

    destinations: tuple[Destination, ...]
    address: tuple[int, int]
    """Line and column of the value of `base_url`; zeros where there is none."""


def read(raw: bytes, *, path: str = "site.yaml") -> tuple[Hosting, tuple[Problem, ...]]:
    """`deploy:` of a site.yaml that `settings.read` accepts, and every problem of that key."""
    from digest.content.settings import KEYS  # noqa: PLC0415 - it reads by this module

    root = nodes.read_yaml(raw, Notes(path))
    found = fields.take(root, KEYS, Notes(path)) if root else {}
    notes = Notes(path)
    pair = found.get("base_url")
    hosting = Hosting(read_destinations(found, notes), (pair[1].line, pair[1].column) if pair else (0, 0))
    return hosting, notes.problems()


def example_address(base_url: str, hosting: Hosting, *, path: str = "site.yaml") -> Problem | None:
    """What is wrong with deploying a site that still names an example's address; None where it names one of its own."""
    if not EXAMPLES.fullmatch(urlsplit(base_url).hostname or ""):
        return None
    message = f"'base_url' is still the address of an example, {quoted(base_url)}"
    return Problem(path, *hosting.address, message, "write the address where readers will find the site")


def read_destinations(site: Found, notes: Notes) -> tuple[Destination, ...]:
    """All destinations, one mapping or a list of them; faulty ones left out."""
    pair = site.get("deploy")
    if pair is None:
        return ()
    given = [pair[1]] if isinstance(pair[1], Mapping) else fields.items(pair, notes, "deploy: {to: folder, path: …}")
    if isinstance(pair[1], Listing) and not given:
        notes.at(pair[1], "'deploy' names no place", "add one: - {to: folder, path: ../www}")
    made: dict[str, Destination] = {}
    for node in given:
        destination = read_destination(node, notes)
        if destination is None:
            continue
        if destination.name in made:
            notes.at(node, f"two places are called {quoted(destination.name)}", "give one of them another name")
            continue
        if "indexnow" in destination.announce and "indexnow" not in site:
            notes.at(node, "'announce' names indexnow, but the site has no key of it", "add indexnow: {key: …}")
        if "websub" in destination.announce and not names_hubs(site):
            notes.at(
                node, "'announce' names websub, but the site's feeds name no hub", "add feeds: {hubs: [https://…]}"
            )
        made[destination.name] = destination
    return tuple(made.values())


def names_hubs(site: Found) -> bool:
    """Whether the feeds say which hubs can be subscribed at."""
    from digest.content.settings import FEEDS  # noqa: PLC0415 - it reads by this module

    feeds = site.get("feeds")
    return "hubs" in (fields.mapping(feeds, FEEDS, Notes("")) or {})


def read_destination(node: Node, notes: Notes) -> Destination | None:
    """One destination; None where it cannot be used."""
    if not isinstance(node, Mapping):
        cure = "write {to: folder, path: …}"
        notes.at(node, f"a place to deploy to must be keys and values, not {fields.kind(node)}", cure)
        return None
    kind = kind_of(node, notes)
    if not kind:
        return None
    before = len(notes.found)
    found = fields.take(node, TABLES[kind], notes)
    name = checked(found.get("name"), NAME, "letters, digits and hyphens, as in live", notes) or kind
    announce = tuple(
        fields.choice((scalar, scalar), ANNOUNCEMENTS, "", notes)
        for scalar in fields.several(found.get("announce"), notes, f"[{', '.join(ANNOUNCEMENTS)}]")
    )
    host = fields.choice(found.get("host"), HOSTS, "", notes)
    place = PLACES[kind](found, TABLES[kind], notes)
    if len(notes.found) > before:
        return None
    return Destination(name, place, host or host_of(place), tuple(dict.fromkeys(announce)))


def kind_of(node: Mapping, notes: Notes) -> str:
    """The value of `to`, which says which other keys there may be; empty with a problem."""
    spellings = COMMON["to"]
    pair = next((pair for pair in node.items if pair[0].value in spellings), None)
    if pair is None:
        notes.at(node, "a place to deploy to without 'to'", f"add to: ({', '.join(KINDS)})")
        return ""
    return fields.choice(pair, KINDS, "", notes)


def host_of(place: Place) -> str:
    """The host a repository's address names."""
    if not isinstance(place, GitPlace):
        return ""
    found = re.search(r"(?:@|//)(?:[^/@]*@)?(github\.com|gitlab\.com|codeberg\.org)[:/]", place.repository)
    return {"github.com": "github-pages", "gitlab.com": "gitlab-pages", "codeberg.org": "codeberg-pages"}.get(
        found[1] if found else "", ""
    )


# ------------------------------------------------------------------ kind by kind


def folder(found: Found, table: Table, notes: Notes) -> FolderPlace:
    return FolderPlace(read_path(found.get("path"), notes), number(found, "keep", table, notes))


def git(found: Found, table: Table, notes: Notes) -> GitPlace:  # noqa: ARG001 - called like its neighbours
    return GitPlace(
        read_repository(found.get("repository"), notes) or "origin",
        checked(found.get("branch"), BRANCH, "the name of a branch, as in gh-pages", notes) or "gh-pages",
        fields.choice(found.get("history"), HISTORIES, "keep", notes),
        checked(found.get("domain"), DOMAIN, "a host name in small letters, as in news.example.org", notes),
    )


def rsync(found: Found, table: Table, notes: Notes) -> RsyncPlace:
    return RsyncPlace(
        server=checked(found.get("server"), SERVER, "a host, or user@host", notes),
        path=read_path(found.get("path"), notes, remote=True),
        port=number(found, "port", table, notes),
        key=read_path(found.get("key"), notes),
        known_hosts=read_path(found.get("known_hosts"), notes),
        mode=fields.choice(found.get("mode"), MODES, "releases", notes),
        keep=number(found, "keep", table, notes),
    )


def s3(found: Found, table: Table, notes: Notes) -> S3Place:  # noqa: ARG001 - called like its neighbours
    return S3Place(
        bucket=checked(found.get("bucket"), BUCKET, "the name of a bucket", notes),
        prefix=read_path(found.get("prefix"), notes, remote=True).strip("/"),
        region=checked(found.get("region"), WORD, "a region, as in eu-west-3", notes),
        endpoint=read_endpoint(found.get("endpoint"), notes),
        profile=checked(found.get("profile"), WORD, "the name of a profile in ~/.aws/config", notes),
        compress=fields.choice(found.get("compress"), COMPRESSIONS, "none", notes),
        public=fields.flag(found.get("public"), notes),
        cloudfront=checked(found.get("cloudfront"), WORD, "the id of a distribution, as in E2EXAMPLE", notes),
    )


PLACES: dict[str, Callable[[Found, Table, Notes], Place]] = {
    "folder": folder, "git": git, "rsync": rsync, "s3": s3,
}  # fmt: skip


# ------------------------------------------------------------------ values


def number(found: Found, name: str, table: Table, notes: Notes) -> int:
    """A number within the range its table gives."""
    shape = table[name].shape
    read = fields.integer(found.get(name), shape["minimum"], shape["maximum"], notes)
    default: int = shape["default"]
    return default if read is None else read


def checked(pair: Pair | None, form: re.Pattern[str], expected: str, notes: Notes) -> str:
    """A word of a certain form, or empty."""
    raw = fields.plain(pair, notes)
    if raw is None or pair is None or form.fullmatch(raw):
        return raw or ""
    notes.at(pair[1], f"{quoted(pair[0].value)} cannot be {quoted(raw)}", f"write {expected}")
    return ""


def read_path(pair: Pair | None, notes: Notes, *, remote: bool = False) -> str:
    """A path here or on a server. Printable; no option, no `..` on a server, no device of Windows' there either."""
    raw = fields.plain(pair, notes)
    if raw is None or pair is None:
        return ""
    bad = not raw.isprintable() or raw.startswith("-") or not raw.strip()
    if remote:
        bad = bad or ".." in raw.split("/") or bool(re.search(r"[\\'\"`$:*?\[\]{}<>|;&!#]", raw))
    if not bad:
        return raw.strip()
    cure = "write a path such as /srv/www/digest" if remote else "write a path such as ../www"
    notes.at(pair[1], f"{quoted(pair[0].value)} cannot be {quoted(raw)}", cure)
    return ""


def read_repository(pair: Pair | None, notes: Notes) -> str:
    """An address git understands, a path, or the name of a remote. No transport that runs programs (`ext::`)."""
    raw = fields.plain(pair, notes)
    if raw is None or pair is None:
        return ""
    scheme = raw.partition("://")[0].lower() if "://" in raw else ""
    address = parts_of(raw)
    if scheme and address and address.password is not None:
        cure = "take it out: git asks its credential helper, or $DIGEST_GIT_TOKEN"
        notes.at(pair[1], f"{quoted(pair[0].value)}: {PRIVATE}", cure)
        return ""
    known = not scheme or scheme in {"https", "http", "ssh", "git", "file"}
    if address and known and "::" not in raw and not raw.startswith("-") and raw.isprintable() and " " not in raw:
        return raw
    cure = "write an address such as git@github.com:name/site.git, a path, or the name of a remote"
    notes.at(pair[1], f"{quoted(pair[0].value)} cannot be {quoted(without_user(raw))}", cure)
    return ""


def parts_of(address: str) -> SplitResult | None:
    """None where it cannot be one, as in `https://[`."""
    try:
        return urlsplit(address)
    except ValueError:
        return None


def without_user(address: str) -> str:
    """An address fit to be shown."""
    return re.sub(r"(?<=//)[^/@]*@", "", address)


def read_endpoint(pair: Pair | None, notes: Notes) -> str:
    """The address of an S3-compatible store."""
    raw = fields.plain(pair, notes)
    if raw is None or pair is None:
        return ""
    address = parts_of(raw) or urlsplit("")
    if address.username is not None:
        notes.at(
            pair[1], f"{quoted(pair[0].value)}: {PRIVATE}", "take it out: keys come from the environment or a profile"
        )
        return ""
    if address.scheme in {"https", "http"} and address.hostname and not address.query and not address.fragment:
        return raw.rstrip("/")
    cure = "write its address, as in https://s3.example.net"
    notes.at(pair[1], f"{quoted(pair[0].value)} cannot be {quoted(raw)}", cure)
    return ""


def find(destinations: tuple[Destination, ...], name: str | None) -> tuple[Destination | None, str]:
    """The destination of that name, the first one without; or None, and why."""
    if not destinations:
        return None, "site.yaml names no place to deploy to; add deploy: {to: folder, path: ../www} (docs/deploy.md)"
    names = [destination.name for destination in destinations]
    if name is None or name in names:
        return destinations[names.index(name) if name else 0], ""
    return (
        None,
        f"there is no place '{name}' to deploy to; {did_you_mean(name, names) or 'they are ' + ', '.join(names)}",
    )
