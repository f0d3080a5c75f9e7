"""Servers of the distribution, for the tests of `fragments: ssi` and `esi` and of `digest deploy`: where they are, and how they are run.

As a program it prints in one line which of them there are. With $DIGEST_NEED_SERVERS it first installs those that are
missing, as root on Debian and its like, and its exit status is 1 where one is still missing. (Not without being asked:
such packages start services.)
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PACKAGES = {
    "nginx": "nginx",
    "apache2": "apache2-bin",
    "varnishd": "varnish",
    "caddy": "caddy",
    "git": "git",
    "rsync": "rsync",
    "sshd": "openssh-server",
    "fcgiwrap": "fcgiwrap",
}
"""Program → the Debian package that holds it."""
APACHE_MODULES = Path("/usr/lib/apache2/modules")
NEEDED_MODULES = ("mpm_event", "authz_core", "dir", "mime", "filter", "include")
PATIENCE = 20
"""Seconds in which a server must answer."""


def found(program: str) -> str:
    """Path of a server, or an empty string."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin") or ""


def install(packages: list[str]) -> None:
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("installing servers for the tests:", *packages, flush=True)
        quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            subprocess.run([*quiet, *command], capture_output=True, check=False)


def main() -> int:
    needed = bool(os.environ.get("DIGEST_NEED_SERVERS"))
    missing = [package for program, package in PACKAGES.items() if not found(program)]
    if needed and missing:
        install(missing)
    there = [program for program in PACKAGES if found(program)]
    lacking = [program for program in PACKAGES if not found(program)]
    print(f"server tests use {', '.join(there) or 'nothing'}", f"(not found: {', '.join(lacking)})" if lacking else "")
    return 1 if needed and lacking else 0


# ------------------------------------------------------------------ running them


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def filled_in(snippet: str, values: Mapping[str, str]) -> str:
    """A snippet of the manual with its addresses and folders replaced; each must be in it."""
    for written, meant in values.items():
        assert written in snippet, f"the snippet no longer says {written}"
        snippet = snippet.replace(written, meant)
    return snippet


@contextmanager
def running(command: list[str], port: int, log: Path) -> Iterator[str]:
    """A server in the foreground of a process of its own, from its first answer to the end of the block."""
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            until = time.monotonic() + PATIENCE
            while not answers(port):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def nginx(snippet: str, root: Path, work: Path) -> Iterator[str]:
    """Nginx with the manual's `server { … }`, which serves /srv/news on port 80."""
    port = free_port()
    server = filled_in(snippet, {"listen 80;": f"listen 127.0.0.1:{port};", "/srv/news": str(root)})
    spare = " ".join(
        f"{kind}_temp_path {work}/nginx-{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = work / "nginx.conf"
    config.write_text(
        f"daemon off; master_process off; pid {work}/nginx.pid; error_log {work}/nginx-error.log;\nevents {{}}\n"
        f"http {{\naccess_log off; include /etc/nginx/mime.types; {spare}\n{server}\n}}\n"
    )
    command = [found("nginx"), "-c", str(config), "-e", f"{work}/nginx-error.log"]
    with running(command, port, work / "nginx.log") as url:
        yield url


@contextmanager
def apache(snippet: str, root: Path, work: Path) -> Iterator[str]:
    """Apache with the manual's lines for the folder /srv/news."""
    port = free_port()
    modules = [name for name in NEEDED_MODULES if (APACHE_MODULES / f"mod_{name}.so").exists()]
    config = work / "apache.conf"
    config.write_text(
        f"ServerRoot {work}\nDefaultRuntimeDir {work}\nPidFile {work}/apache.pid\nMutex file:{work}\nErrorLog {work}/apache-error.log\n"
        f"Listen 127.0.0.1:{port}\nServerName localhost\n"
        + "".join(f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so\n" for name in modules)
        + f"TypesConfig /dev/null\nAddType text/html .html\nDirectoryIndex index.html\nDocumentRoot {root}\n"
        + filled_in(snippet, {"/srv/news": str(root)})
    )
    with running([found("apache2"), "-X", "-f", str(config)], port, work / "apache.log") as url:
        yield url


@contextmanager
def varnish(snippet: str, origin: str, work: Path) -> Iterator[str]:
    """Varnish with the manual's VCL, before the server at `origin`."""
    port = free_port()
    config = work / "site.vcl"
    config.write_text(filled_in(snippet, {'.port = "8080"': f'.port = "{origin.rpartition(":")[2]}"'}))
    options = ["-F", "-j", "none", "-n", str(work / "varnish"), "-a", f"127.0.0.1:{port}", "-f", str(config)]
    with running([found("varnishd"), *options, "-s", "malloc,16M"], port, work / "varnish.log") as url:
        yield url


if __name__ == "__main__":
    sys.exit(main())
