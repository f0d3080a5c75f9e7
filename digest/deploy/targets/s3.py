"""A bucket of an S3-compatible store, through boto3 (`pip install 'digest[s3]'`).

A store has no step for several objects at once, so the order of the stages is all there is; each stage is sent by
several threads and finished before the next. The list of what is there and the journal of a deploy on the way are
objects too. Keys, tokens and profiles are found as every tool of Amazon's finds them: in the environment, in ~/.aws, in
the roles of machines; never in site.yaml.
"""

from __future__ import annotations

import gzip
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any

from digest.content.urls import path_url
from digest.deploy import headers
from digest.deploy import manifest as manifests
from digest.deploy.manifest import JOURNAL, MANIFEST, Manifest, packed, resumed, unpacked
from digest.deploy.programs import PassingError, patiently
from digest.problems import DeliveryError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.content.hosting import S3Place
    from digest.deploy.manifest import File, Journal
    from digest.deploy.targets import DeployContext

SENDERS = 8
"""Threads that send; connections are the store's scarce good, not ours."""
DELETED_AT_ONCE = 1000
"""Objects of one request (S3 API, DeleteObjects)."""
PATHS = 15
"""Paths of one invalidation before all of it is asked for: a thousand a month are free, and `/*` counts as one."""
PASSING = frozenset({
    "RequestTimeout", "SlowDown", "InternalError", "ServiceUnavailable", "Throttling", "ThrottlingException",
    "RequestTimeTooSkewed", "OperationAborted", "TooManyInvalidationsInProgress", "500", "502", "503", "504", "429",
})  # fmt: skip
NOT_THERE = frozenset({"NoSuchKey", "404"})
NO_CACHE = "no-cache"


class S3Target:
    """See `digest.deploy.targets.Target`."""

    atomic = False

    def __init__(self, place: S3Place, errand: DeployContext) -> None:
        self.place = place
        self.errand = errand
        self.purges = bool(place.cloudfront)
        self.interrupted = False
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
            raise UsageError(f"{self.shown}: {error}; see region, endpoint and profile under deploy:") from None

    def headers(self, path: str) -> str:
        """Content type, caching, encoding: one line each."""
        encoding = self.place.compress if headers.is_text(path) and self.place.compress != "none" else ""
        acl = "public-read" if self.place.public else ""
        return "\n".join((headers.content_type(path), headers.caching(path), encoding.replace("brotli", "br"), acl))

    def manifest(self) -> Manifest | None:
        """The list that lies there, and the journal of a deploy that was interrupted."""
        raw, noted = self.fetch(MANIFEST), self.fetch(JOURNAL)
        self.interrupted = bool(noted)
        if not raw and not noted:
            return None
        known = unpacked(raw) if raw else Manifest()
        return resumed(known, manifests.journal(noted)) if noted else known

    def fetch(self, name: str) -> bytes:
        """One of our own objects; empty where it is not there."""

        def get() -> bytes:
            return bytes(self.client.get_object(Bucket=self.place.bucket, Key=self.prefix + name)["Body"].read())

        return bytes(self.asked(f"reading {name} from {self.shown}", get, missing=b""))

    def checkpoint(self, journal: Journal) -> None:
        self.send_note(JOURNAL, packed(journal))

    def put(self, files: Sequence[tuple[str, File]], sent: Callable[[str, File], None]) -> None:
        """The first failure ends it: what is on its way arrives, nothing more is begun."""

        def send(item: tuple[str, File]) -> None:
            path, file = item
            content = (self.errand.sending / path).read_bytes()
            self.send(path, content, file.headers)
            sent(path, file)

        with ThreadPoolExecutor(SENDERS) as pool:
            running = [pool.submit(send, item) for item in files]
            try:
                done, _ = wait(running, return_when=FIRST_EXCEPTION)
                for future in done:
                    future.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def send(self, path: str, content: bytes, told: str) -> None:
        """One object."""
        kind, caching, encoding, acl = (told.split("\n") + [""] * 4)[:4]
        extra = {"ContentType": kind, "CacheControl": caching, "ContentEncoding": encoding, "ACL": acl}
        given = {name: value for name, value in extra.items() if value}
        body = self.encode(content) if encoding else content
        key = self.prefix + path
        what = f"sending {path} to {self.shown}"
        self.asked(what, lambda: self.client.put_object(Bucket=self.place.bucket, Key=key, Body=body, **given))

    def send_note(self, name: str, content: bytes) -> None:
        self.send(name, content, f"application/gzip\n{NO_CACHE}")

    def delete(self, paths: Sequence[str]) -> None:
        for start in range(0, len(paths), DELETED_AT_ONCE):
            self.delete_some(paths[start : start + DELETED_AT_ONCE])

    def delete_some(self, paths: Sequence[str]) -> None:
        wanted = {"Objects": [{"Key": self.prefix + path} for path in paths], "Quiet": True}
        what = f"deleting {paths[0]}{' and others' if len(paths) > 1 else ''} from {self.shown}"
        answer = self.asked(what, lambda: self.client.delete_objects(Bucket=self.place.bucket, Delete=wanted))
        errors = answer.get("Errors") or []
        if errors:
            first = errors[0]
            raise DeliveryError(f"{what}: {first.get('Key')}: {first.get('Message') or first.get('Code')}")

    def commit(self, manifest: Manifest) -> None:
        self.send_note(MANIFEST, packed(manifest))
        self.delete_some([JOURNAL])

    def purge(self, paths: Sequence[str]) -> None:
        """One invalidation. What is asked for stands in the list of files until CloudFront has taken it."""
        addresses = sorted({path_url("/", f"/{self.prefix}{shown}") for path in paths for shown in addresses_of(path)})
        wanted = addresses if len(addresses) <= PATHS else [path_url("/", f"/{self.prefix}") + "*"]
        from hashlib import sha256  # noqa: PLC0415

        reference = sha256("\n".join((self.fetch_tag(), *wanted)).encode()).hexdigest()
        batch = {"Paths": {"Quantity": len(wanted), "Items": wanted}, "CallerReference": reference}
        client = self.service("cloudfront")
        self.asked(
            f"telling CloudFront of {len(paths):,} changed files",
            lambda: client.create_invalidation(DistributionId=self.place.cloudfront, InvalidationBatch=batch),
        )

    def fetch_tag(self) -> str:
        """What makes one deploy's request another than the next one's, and the same when it is repeated."""
        key = self.prefix + MANIFEST
        ask = lambda: self.client.head_object(Bucket=self.place.bucket, Key=key)["ETag"]  # noqa: E731
        return str(self.asked(f"reading {MANIFEST} from {self.shown}", ask, missing=""))

    def close(self) -> None:
        self.client.close()

    def asked(self, what: str, call: Callable[[], Any], missing: object = None) -> Any:  # noqa: ANN401
        """One request with patience. Raises `DeliveryError` that names the file and the reason."""
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
                cure = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile"
                raise DeliveryError(f"{what}: no keys to this store were found; {cure}") from None
            except (exceptions.HTTPClientError, exceptions.ConnectionError) as error:
                raise PassingError(str(error)) from None
            except parsers.ResponseParserError:  # none of its own kind
                raise PassingError("the answer could not be read") from None
            except exceptions.BotoCoreError as error:
                raise DeliveryError(f"{what}: {error}; see region, endpoint and profile under deploy:") from None

        return patiently(what, attempt)


def session_of(place: S3Place) -> tuple[Any, Any]:
    """boto3's session, and how its clients behave. Raises `UsageError` where boto3 is not installed."""
    try:
        import boto3  # noqa: PLC0415 - an extra
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import ProfileNotFound  # noqa: PLC0415
    except ImportError:
        raise UsageError("deploying to a bucket needs boto3; install it with: pip install 'digest[s3]'") from None
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
        raise UsageError(f"{error}; name one that stands in ~/.aws/config under profile:") from None


def encoder(compress: str) -> Callable[[bytes], bytes]:
    """How text is stored. The same bytes every time. Raises `UsageError` where brotli is not installed."""
    if compress != "brotli":
        return lambda content: gzip.compress(content, 9, mtime=0)
    try:
        import brotli  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            "compress: brotli needs the package brotli; install it with: pip install 'digest[s3]'"
        ) from None
    return lambda content: bytes(brotli.compress(content, quality=9))


def addresses_of(path: str) -> tuple[str, ...]:
    """Paths that caches may know a file by: a folder's index by the folder too."""
    return (path, path.removesuffix("index.html")) if path.rpartition("/")[2] == "index.html" else (path,)


def cure_of(code: str) -> str:
    """What to do about the commonest refusals."""
    cures = {
        "NoSuchBucket": "; make the bucket, or correct bucket: under deploy:",
        "AccessDenied": "; the key may not do that: it needs s3:ListBucket, GetObject, PutObject and DeleteObject",
        "InvalidAccessKeyId": "; the store does not know this key: see the environment or profile",
        "SignatureDoesNotMatch": "; the secret key is another one: see the environment or profile",
        "AuthorizationHeaderMalformed": "; the bucket is in another region: see region: under deploy:",
        "PermanentRedirect": "; the bucket is in another region: see region: under deploy:",
        "AccessControlListNotSupported": "; the bucket has no ACLs: take public: out, and use a bucket policy",
    }
    return cures.get(code, "")
