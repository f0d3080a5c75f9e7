"""A bucket of an S3-compatible store, through boto3 (`pip install 'digest[s3]'`).

A store cannot replace several objects at once, so the order of the stages protects readers: several threads send each
stage, which is finished before the next. The manifest and the journal of a deploy are objects too. Keys, tokens and
profiles are found as every tool of Amazon's finds them: in the environment, in ~/.aws, in the roles of machines; never
in site.yaml.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit

from digest.content.fields import FLAG, REQUIRED, Refusal, checked, one_of, wrong_value
from digest.content.urls import path_url
from digest.deploy import headers
from digest.deploy.keys import check_remote_path, private, split_address, word
from digest.deploy.manifest import JOURNAL, MANIFEST, File, Journal, Manifest, as_left, packed
from digest.deploy.programs import PassingError, with_retries
from digest.deploy.targets import DeployContext, Place, Target
from digest.pages.media_types import is_text, media_type
from digest.problems import N_, DeliveryError, UsageError
from digest.translation import _, gettext_noop

SENDERS = 8
"""Threads that send."""
DELETED_AT_ONCE = 1000
"""Objects of one request (S3 API, DeleteObjects)."""
PATHS = 15
"""Paths of one invalidation; for more, `/*` is sent: a thousand paths a month are free, and `/*` counts as one."""
PASSING = frozenset({
    "RequestTimeout", "SlowDown", "InternalError", "ServiceUnavailable", "Throttling", "ThrottlingException",
    "RequestTimeTooSkewed", "OperationAborted", "TooManyInvalidationsInProgress", "500", "502", "503", "504", "429",
})  # fmt: skip
NOT_THERE = frozenset({"NoSuchKey", "404"})


def check_endpoint(raw: str, key: str) -> str | Refusal:
    """The address of an S3-compatible store."""
    address = split_address(raw) or urlsplit("")
    if address.username is not None:
        return Refusal(private(key), N_("take it out: keys come from the environment or a profile"))
    if address.scheme in {"https", "http"} and address.hostname and not address.query and not address.fragment:
        return raw.rstrip("/")
    return wrong_value(key, raw, N_("write its address, as in https://s3.example.net"))


def check_prefix(raw: str, key: str) -> str | Refusal:
    """A folder, without slashes at its ends."""
    path = check_remote_path(raw, key)
    return path.strip("/") if isinstance(path, str) else path


BUCKET = word(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}", "the name of a bucket")
NAMES = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
REGION = word(NAMES, "a region, as in eu-west-3")
PROFILE = word(NAMES, "the name of a profile in ~/.aws/config")
DISTRIBUTION = word(NAMES, "the id of a distribution, as in E2EXAMPLE")


class S3Place(Place, frozen=True):
    """A bucket of an S3-compatible store."""

    kind = "s3"
    secrets = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    packages = ("boto3", "brotli")
    bucket: Annotated[str, "الحاوية", "name of the bucket", BUCKET, REQUIRED]
    prefix: Annotated[str, "البادئة", "folder inside the bucket", checked(check_prefix)] = ""
    region: Annotated[str, "المنطقة", "region of the bucket", REGION] = ""
    endpoint: Annotated[str, "نقطة_الوصول", "address of a store that is not Amazon's", checked(check_endpoint)] = ""
    profile: Annotated[str, "الحساب", "profile of ~/.aws/config", PROFILE] = ""
    compress: Annotated[str, "الضغط", "how text is stored", one_of(("none", "gzip", "brotli"))] = "none"
    public: Annotated[bool, "عام", "true: each object is readable by everybody", FLAG] = False
    cloudfront: Annotated[str, "التوزيع", "id of the CloudFront distribution before the bucket", DISTRIBUTION] = ""

    def open(self, context: DeployContext) -> S3Target:
        return S3Target(self, context)


class ObjectHeaders(NamedTuple):
    """The headers of one object; an empty one is not sent."""

    content_type: str
    caching: str
    encoding: str = ""
    acl: str = ""

    def arguments(self) -> dict[str, str]:
        """As boto3 takes them."""
        names = ("ContentType", "CacheControl", "ContentEncoding", "ACL")
        return {name: value for name, value in zip(names, self, strict=True) if value}


def object_headers(place: S3Place, path: str) -> ObjectHeaders:
    """The headers of one file of the site."""
    encoding = place.compress if is_text(path) and place.compress != "none" else ""
    acl = "public-read" if place.public else ""
    return ObjectHeaders(media_type(path), headers.caching(path), encoding.replace("brotli", "br"), acl)


class S3Target(Target):
    """The bucket."""

    atomic = False

    def __init__(self, place: S3Place, context: DeployContext) -> None:
        self.place = place
        self.context = context
        self.purges = bool(place.cloudfront)
        self.prefix = f"{place.prefix}/" if place.prefix else ""
        self.shown = f"bucket {place.bucket}" + (f"/{place.prefix}" if place.prefix else "")
        self.session, self.config = session_of(place)
        self.client: Any = self.service("s3")
        self.encode = encoder(place.compress)

    def service(self, name: str) -> Any:  # noqa: ANN401 - boto3 makes its clients when it runs
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - an extra

        options = {"region_name": self.place.region} if self.place.region else {}
        if self.place.endpoint:
            options["endpoint_url"] = self.place.endpoint
            options.setdefault("region_name", "us-east-1")
        try:
            return self.session.client(name, config=self.config, **options)
        except (BotoCoreError, ValueError) as error:
            raise UsageError(
                _("{shown}: {error}; see region, endpoint and profile under deploy:", shown=self.shown, error=error)
            ) from None

    def headers(self, path: str) -> str:
        """One line for each header."""
        return "\n".join(object_headers(self.place, path))

    def manifest(self) -> Manifest | None:
        """The manifest in the bucket, with the journal of an interrupted deploy."""
        raw, noted = self.fetch(MANIFEST), self.fetch(JOURNAL)
        self.interrupted = bool(noted)
        return as_left(raw, noted)

    def fetch(self, name: str) -> bytes:
        """The manifest or the journal; empty if there is none."""

        def get() -> bytes:
            return bytes(self.client.get_object(Bucket=self.place.bucket, Key=self.prefix + name)["Body"].read())

        return bytes(self.request(f"reading {name} from {self.shown}", get, missing=b""))

    def checkpoint(self, journal: Journal) -> None:
        self.send_note(JOURNAL, packed(journal))

    def put(self, files: Sequence[tuple[str, File]], sent: Callable[[str, File], None]) -> None:
        """Send with several threads. After a failure, uploads under way finish and no other begins."""
        from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait  # noqa: PLC0415 - as boto3

        def send(item: tuple[str, File]) -> None:
            path, file = item
            self.send(path, (self.context.sending / path).read_bytes(), object_headers(self.place, path))
            sent(path, file)

        with ThreadPoolExecutor(SENDERS) as pool:
            running = [pool.submit(send, item) for item in files]
            try:
                done, _ = wait(running, return_when=FIRST_EXCEPTION)
                for future in done:
                    future.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def send(self, path: str, content: bytes, stored: ObjectHeaders) -> None:
        """Store one object."""
        given, body = stored.arguments(), self.encode(content) if stored.encoding else content
        put = lambda: self.client.put_object(  # noqa: E731
            Bucket=self.place.bucket, Key=self.prefix + path, Body=body, **given
        )
        self.request(f"sending {path} to {self.shown}", put)

    def send_note(self, name: str, content: bytes) -> None:
        self.send(name, content, ObjectHeaders("application/gzip", "no-cache"))

    def delete(self, paths: Sequence[str]) -> None:
        for start in range(0, len(paths), DELETED_AT_ONCE):
            self.delete_some(paths[start : start + DELETED_AT_ONCE])

    def delete_some(self, paths: Sequence[str]) -> None:
        wanted = {"Objects": [{"Key": self.prefix + path} for path in paths], "Quiet": True}
        what = _("deleting {path} from {place}", path=paths[0], place=self.shown)
        if len(paths) > 1:
            what = _("deleting {path} and others from {place}", path=paths[0], place=self.shown)
        answer = self.request(what, lambda: self.client.delete_objects(Bucket=self.place.bucket, Delete=wanted))
        errors = answer.get("Errors") or []
        if errors:
            first = errors[0]
            raise DeliveryError(f"{what}: {first.get('Key')}: {first.get('Message') or first.get('Code')}")

    def commit(self, manifest: Manifest) -> None:
        self.send_note(MANIFEST, packed(manifest))
        self.delete_some([JOURNAL])

    def purge(self, paths: Sequence[str]) -> None:
        """Make one invalidation. The manifest keeps its paths until CloudFront has accepted it."""
        addresses = sorted({path_url("/", f"/{self.prefix}{shown}") for path in paths for shown in addresses_of(path)})
        wanted = addresses if len(addresses) <= PATHS else [path_url("/", f"/{self.prefix}") + "*"]
        from hashlib import sha256  # noqa: PLC0415

        reference = sha256("\n".join((self.fetch_tag(), *wanted)).encode()).hexdigest()
        batch = {"Paths": {"Quantity": len(wanted), "Items": wanted}, "CallerReference": reference}
        client = self.service("cloudfront")
        self.request(
            f"telling CloudFront of {len(paths):,} changed files",
            lambda: client.create_invalidation(DistributionId=self.place.cloudfront, InvalidationBatch=batch),
        )

    def fetch_tag(self) -> str:
        """A tag that is the same for a repeated request, and another for the next deploy."""
        key = self.prefix + MANIFEST
        ask = lambda: self.client.head_object(Bucket=self.place.bucket, Key=key)["ETag"]  # noqa: E731
        return str(self.request(f"reading {MANIFEST} from {self.shown}", ask, missing=""))

    def close(self) -> None:
        self.client.close()

    def request(self, what: str, call: Callable[[], Any], missing: object = None) -> Any:  # noqa: ANN401
        """Make a request, with retries. Raises `DeliveryError` that names the file and the reason.

        `missing`: the result for an object that does not exist.
        """
        from botocore import exceptions, parsers  # noqa: PLC0415 - an extra

        def attempt() -> Any:  # noqa: ANN401
            try:
                return call()
            except exceptions.ClientError as error:
                code = str(error.response.get("Error", {}).get("Code", ""))
                if missing is not None and code in NOT_THERE:
                    return missing
                status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
                reason = error.response.get("Error", {}).get("Message") or code
                if code in PASSING or status >= 500:
                    raise PassingError(f"{code}: {reason}") from None
                raise DeliveryError(f"{what}: {code}: {reason}{cure_of(code)}") from None
            except exceptions.NoCredentialsError:
                cure = _("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile")
                raise DeliveryError(
                    _("{what}: no keys to this store were found; {cure}", what=what, cure=cure)
                ) from None
            except (exceptions.HTTPClientError, exceptions.ConnectionError) as error:
                raise PassingError(str(error)) from None
            except parsers.ResponseParserError:  # none of its own kind
                raise PassingError(_("the answer could not be read")) from None
            except exceptions.BotoCoreError as error:
                raise DeliveryError(
                    _("{what}: {error}; see region, endpoint and profile under deploy:", what=what, error=error)
                ) from None

        return with_retries(what, attempt)


def session_of(place: S3Place) -> tuple[Any, Any]:
    """The session of boto3, and the configuration of its clients. Raises `UsageError` if boto3 is not installed."""
    try:
        import boto3  # noqa: PLC0415 - an extra
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import ProfileNotFound  # noqa: PLC0415
    except ImportError:
        raise UsageError(_("deploying to a bucket needs boto3; install it with: pip install 'digest[s3]'")) from None
    config = Config(
        retries={"total_max_attempts": 1},  # ours name the file and tell how often
        max_pool_connections=SENDERS * 2,
        connect_timeout=20,
        read_timeout=60,
        # newer checksums that stores other than Amazon's do not know
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"} if place.endpoint else {},
    )
    try:
        return boto3.session.Session(profile_name=place.profile or None), config
    except ProfileNotFound as error:
        raise UsageError(_("{error}; name one that stands in ~/.aws/config under profile:", error=error)) from None


def encoder(compress: str) -> Callable[[bytes], bytes]:
    """The function that compresses text, always to the same bytes. Raises `UsageError` if brotli is not installed."""
    if compress != "brotli":
        return lambda content: gzip.compress(content, 9, mtime=0)
    try:
        import brotli  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            _("compress: brotli needs the package brotli; install it with: pip install 'digest[s3]'")
        ) from None
    return lambda content: bytes(brotli.compress(content, quality=9))


def addresses_of(path: str) -> tuple[str, ...]:
    """Paths under which caches may hold a file: for an index file, its folder too."""
    return (path, path.removesuffix("index.html")) if path.rpartition("/")[2] == "index.html" else (path,)


def cure_of(code: str) -> str:
    """The cure of a common refusal; empty for others."""
    cures = {
        "NoSuchBucket": gettext_noop("make the bucket, or correct bucket: under deploy:"),
        "AccessDenied": gettext_noop(
            "the key may not do that: it needs s3:ListBucket, GetObject, PutObject and DeleteObject"
        ),
        "InvalidAccessKeyId": gettext_noop("the store does not know this key: see the environment or profile"),
        "SignatureDoesNotMatch": gettext_noop("the secret key is another one: see the environment or profile"),
        "AuthorizationHeaderMalformed": gettext_noop("the bucket is in another region: see region: under deploy:"),
        "PermanentRedirect": gettext_noop("the bucket is in another region: see region: under deploy:"),
        "AccessControlListNotSupported": gettext_noop(
            "the bucket has no ACLs: take public: out, and use a bucket policy"
        ),
    }
    return _("; ") + _(cures[code]) if code in cures else ""
