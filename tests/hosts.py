"""What a site is deployed to, for tests: real programs on loopback ports, each in a temporary folder of its own."""

from __future__ import annotations

import getpass
import http.client
import os
import re
import shutil
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
import servers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


def needed(*programs: str) -> None:
    """Skip, or fail where servers are needed."""
    missing = [program for program in programs if not servers.found(program)]
    if missing and os.environ.get("DIGEST_NEED_SERVERS"):
        pytest.fail(f"not found: {', '.join(missing)}")
    if missing:
        pytest.skip(f"not found: {', '.join(missing)}")


# ------------------------------------------------------------------ what readers see


def tree(root: Path) -> dict[str, bytes]:
    """Files of a folder but digest's own notes: path → bytes."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.startswith(".digest-")
    } if root.exists() else {}  # fmt: skip


NAMED = re.compile(r'\s(?:href|src|srcset)="([^"]+)"')


def broken(files: Mapping[str, bytes], base: str = "/") -> list[str]:
    """Links and parts that lead nowhere, of every page a reader can reach from the home page."""
    seen, todo, faults = set(), ["index.html"] if "index.html" in files else [], []
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        for named in NAMED.findall(files[path].decode("utf-8")):
            for address in (part.split()[0] for part in named.split(", ")):
                split = urlsplit(address)
                if split.scheme or split.netloc or not split.path.startswith(base):
                    continue
                target = unquote(split.path[len(base) :])
                target = f"{target}index.html" if target.endswith("/") or not target else target
                if target not in files:
                    faults.append(f"{path} → {target}")
                elif target.endswith(".html"):
                    todo.append(target)
    return faults


# ------------------------------------------------------------------ git over HTTP


@dataclass
class GitHost:
    url: str
    repository: Path
    user: str = "editor"
    password: str = "git-canary-71c0d5f2b9"

    def files(self, branch: str = "gh-pages") -> dict[str, bytes]:
        """What the branch holds."""
        names = self.git("ls-tree", "-r", "-z", "--name-only", branch).decode().split("\0")
        return {n: self.git("cat-file", "blob", f"{branch}:{n}") for n in names if n and not n.startswith(".digest-")}

    def git(self, *words: str) -> bytes:
        return subprocess.run(["git", "-C", str(self.repository), *words], capture_output=True, check=True).stdout


def bare(folder: Path) -> GitHost:
    """A repository without a working tree."""
    subprocess.run(["git", "init", "--quiet", "--bare", str(folder)], check=True)
    for name, value in (("http.receivepack", "true"), ("uploadpack.allowFilter", "true")):
        subprocess.run(["git", "-C", str(folder), "config", name, value], check=True)
    return GitHost(str(folder), folder)


@contextmanager
def git_http(work: Path) -> Iterator[GitHost]:
    """A bare repository behind nginx, fcgiwrap and git-http-backend, with a password."""
    needed("nginx", "fcgiwrap", "git")
    host = bare(work / "git" / "site.git")
    (work / "passwords").write_text(f"{host.user}:{{PLAIN}}{host.password}\n")
    port = servers.free_port()
    socket = work / "fcgi.sock"
    backend = Path(subprocess.run(["git", "--exec-path"], capture_output=True, check=True, text=True).stdout.strip())
    config = work / "git-nginx.conf"
    config.write_text(f"""
daemon off; pid {work}/git-nginx.pid; error_log {work}/git-error.log; user {getpass.getuser()};
events {{}}
http {{
  access_log {work}/git-access.log; client_max_body_size 0;
  {" ".join(f"{k}_temp_path {work}/git-{k};" for k in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))}
  server {{
    listen 127.0.0.1:{port};
    auth_basic git; auth_basic_user_file {work}/passwords;
    location / {{
      fastcgi_pass unix:{socket};
      fastcgi_param SCRIPT_FILENAME {backend}/git-http-backend;
      fastcgi_param GIT_PROJECT_ROOT {work}/git;
      fastcgi_param GIT_HTTP_EXPORT_ALL "1";
      fastcgi_param GIT_PROTOCOL $http_git_protocol;
      fastcgi_param PATH_INFO $uri;
      fastcgi_param REMOTE_USER $remote_user;
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param CONTENT_TYPE $content_type;
      fastcgi_param CONTENT_LENGTH $content_length;
      fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;
      fastcgi_param HTTP_GIT_PROTOCOL $http_git_protocol;
    }}
  }}
}}
""")
    wrap = subprocess.Popen([servers.found("fcgiwrap"), "-s", f"unix:{socket}"], env={**os.environ, "HOME": str(work)})
    try:
        command = [servers.found("nginx"), "-c", str(config), "-e", f"{work}/git-error.log"]
        with servers.running(command, port, work / "git-nginx.log") as url:
            host.url = f"{url}/site.git"
            yield host
    finally:
        wrap.terminate()
        wrap.wait()


# ------------------------------------------------------------------ a server over SSH


@dataclass
class SshHost:
    port: int
    root: Path
    """A folder of the "server"."""
    key: Path
    known_hosts: Path
    settings: str = ""

    def yaml(self, **more: object) -> str:
        """A destination of site.yaml."""
        keys = {
            "to": "rsync", "server": f"{getpass.getuser()}@127.0.0.1", "port": self.port, "path": self.root,
            "key": self.key, "known_hosts": self.known_hosts, **more,
        }  # fmt: skip
        return "deploy: {" + ", ".join(f"{key}: {value}" for key, value in keys.items()) + "}\n"


@contextmanager
def sshd(work: Path) -> Iterator[SshHost]:
    """Sshd on a loopback port with keys of its own."""
    needed("sshd", "rsync", "ssh-keygen")
    work.mkdir(parents=True, exist_ok=True)
    for name in ("host_key", "user_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(work / name)], check=True)
    port = servers.free_port()
    (work / "authorized_keys").write_text((work / "user_key.pub").read_text())
    (work / "known_hosts").write_text(f"[127.0.0.1]:{port} " + (work / "host_key.pub").read_text())
    (work / "sshd_config").write_text(f"""
ListenAddress 127.0.0.1
Port {port}
HostKey {work}/host_key
PidFile {work}/sshd.pid
AuthorizedKeysFile {work}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 100
LogLevel ERROR
""")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    command = [servers.found("sshd"), "-D", "-e", "-f", str(work / "sshd_config")]
    with servers.running(command, port, work / "sshd.log"):
        yield SshHost(port, work / "www", work / "user_key", work / "known_hosts")


# ------------------------------------------------------------------ a store, and what stands before it


@dataclass
class Bucket:
    """A bucket of moto's server, seen through an endpoint that may be another's."""

    endpoint: str
    name: str = "news"

    @property
    def client(self):
        import boto3

        return boto3.client("s3", endpoint_url=self.endpoint, region_name="us-east-1")

    def yaml(self, endpoint: str = "", **more: object) -> str:
        keys = {"to": "s3", "bucket": self.name, "endpoint": endpoint or self.endpoint, **more}
        return "deploy: {" + ", ".join(f"{key}: {value}" for key, value in keys.items()) + "}\n"

    def objects(self) -> dict[str, dict]:
        """Key → what a reader gets of it."""
        client = self.client
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        keys = [row["Key"] for page in pages for row in page.get("Contents", [])]
        return {key: client.get_object(Bucket=self.name, Key=key) for key in keys}

    def files(self) -> dict[str, bytes]:
        return {
            key: body
            for key, (body, _) in self.everything().items()
            if not key.rpartition("/")[2].startswith(".digest-")
        }

    @property
    def kept(self):
        """Moto's own store: to ask it for each object would cost a request each."""
        from moto.core import DEFAULT_ACCOUNT_ID
        from moto.s3.models import s3_backends

        return s3_backends[DEFAULT_ACCOUNT_ID]["aws"]

    def everything(self) -> dict[str, tuple[bytes, dict]]:
        """Key → content and headers, to be put back later."""
        return {key: (it.value, dict(it.metadata)) for key, it in self.kept.buckets[self.name].keys.items()}

    def restore(self, state: Mapping[str, tuple[bytes, dict]]) -> None:
        there = self.everything()
        for key in there.keys() - state.keys():
            self.kept.delete_object(self.name, key)
        for key, (body, headers) in state.items():
            if there.get(key) != (body, headers):
                self.kept.put_object(self.name, key, body).set_metadata(dict(headers))


@contextmanager
def s3() -> Iterator[Bucket]:
    """Moto's server with one empty bucket. Every client of this process is made of the same descriptions of services."""
    pytest.importorskip("moto")
    from botocore import session
    from moto.server import ThreadedMotoServer

    patch = pytest.MonkeyPatch()
    patch.setattr(session, "create_loader", cache(session.create_loader))
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    bucket = Bucket(f"http://{host}:{port}")
    bucket.client.create_bucket(Bucket=bucket.name)
    try:
        yield bucket
    finally:
        server.stop()
        patch.undo()


@dataclass
class Line:
    """A connection to a server that may break."""

    url: str
    calls: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of every request."""
    breaks: Callable[[int], str] = lambda _: ""
    """Number of the request → `before` it reaches the server, `after`, or a status to answer with."""


@contextmanager
def line_to(upstream: str) -> Iterator[Line]:
    """A proxy that hands on requests until it is told to fail."""
    target = urlsplit(upstream)

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            return

        def handle_expect_100(self) -> bool:
            self.send_response_only(100)
            self.end_headers()
            return True

        def hand_on(self) -> None:
            with lock:
                line.calls.append((self.command, self.path))
                number = len(line.calls)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            what = line.breaks(number)
            if what == "before":
                self.close_connection = True
                return
            if what.isdigit():
                self.answer(int(what), {}, b"busy")
                return
            there = http.client.HTTPConnection(target.hostname or "", target.port)
            there.request(self.command, self.path, body, dict(self.headers.items()))
            answer = there.getresponse()
            content = answer.read()
            there.close()
            if what == "after":
                self.close_connection = True
                return
            self.answer(answer.status, dict(answer.getheaders()), content)

        def answer(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = hand_on  # noqa: N815

    lock = threading.Lock()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.daemon_threads = True
    line = Line(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield line
    finally:
        server.shutdown()
        server.server_close()


def copied(source: Path, target: Path) -> Path:
    """A folder once more, links as links."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)
    return target


# ------------------------------------------------------------------ web servers, by the configuration digest prints


@contextmanager
def nginx(config: str, work: Path) -> Iterator[str]:
    """Nginx with what `digest deploy --server-config nginx` printed."""
    needed("nginx")
    work.mkdir(parents=True, exist_ok=True)
    port = servers.free_port()
    site = servers.filled_in(config, {"listen 80;": f"listen 127.0.0.1:{port};", "listen [::]:80;": ""})
    spare = " ".join(f"{k}_temp_path {work}/nginx-{k};" for k in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (work / "nginx.conf").write_text(
        f"daemon off; pid {work}/nginx.pid; error_log {work}/nginx-error.log; user {getpass.getuser()};\n"
        f"worker_processes 2; events {{ worker_connections 512; }}\n"
        f"http {{\naccess_log off; include /etc/nginx/mime.types; {spare}\n{site}\n}}\n"
    )
    command = [servers.found("nginx"), "-c", str(work / "nginx.conf"), "-e", f"{work}/nginx-error.log"]
    with servers.running(command, port, work / "nginx.log") as url:
        yield url


@contextmanager
def caddy(config: str, host: str, work: Path) -> Iterator[str]:
    """Caddy with what `digest deploy --server-config caddy` printed."""
    needed("caddy")
    work.mkdir(parents=True, exist_ok=True)
    port = servers.free_port()
    site = servers.filled_in(config, {f"\n{host} {{": f"\nhttp://127.0.0.1:{port} {{"})
    (work / "Caddyfile").write_text("{\n\tadmin off\n}\n" + site)
    command = [
        "env",
        f"HOME={work}",
        servers.found("caddy"),
        "run",
        "--config",
        str(work / "Caddyfile"),
        "--adapter",
        "caddyfile",
    ]
    with servers.running(command, port, work / "caddy.log") as url:
        yield url
