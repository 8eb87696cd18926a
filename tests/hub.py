"""A small Hugging Face Hub on this machine, for the unmodified client.

It keeps repositories, commits, tags, pull requests and tokens in memory, takes every file inline,
and can be told to fail in the ways that the real one does.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

ANNA = "hf_anna_writes"
READER = "hf_anna_reads"
OTHER = "hf_otto_writes"
TOKENS = {ANNA: ("anna", "write"), READER: ("anna", "read"), OTHER: ("otto", "write")}

# What may go wrong, and how.
FAILURES = ("500", "503", "429", "401", "silent", "slow", "html", "truncated", "corrupt")


def git_sha1(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@dataclass
class Repo:
    """A repository: its commits by branch, tag or commit name."""

    private: bool
    owner: str
    sdk: str | None = None
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)

    def commit(self, ref: str, files: dict[str, bytes], message: str) -> str:
        number = len(self.commits)
        names = sorted((name, git_sha1(content)) for name, content in files.items())
        oid = hashlib.sha1(f"{self.owner} {number} {names}".encode()).hexdigest()
        self.commits[oid], self.refs[ref] = files, oid
        self.messages.append(message)
        return oid

    def resolve(self, revision: str) -> str | None:
        return revision if revision in self.commits else self.refs.get(revision)


class Hub:
    """The server; `url` is what HF_ENDPOINT is to be set to."""

    def __init__(self) -> None:
        self.repos: dict[tuple[str, str], Repo] = {}
        self.failure: str | None = None
        self.committing = threading.Lock()
        self.requests: list[str] = []
        self.uploaded: list[str] = []  # names of files whose content was sent
        hub = self

        class Handler(_Handler):
            server_hub = hub

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def files(self, kind: str, name: str, revision: str = "main") -> dict[str, bytes]:
        repo = self.repos[kind, name]
        oid = repo.resolve(revision)
        assert oid is not None
        return repo.commits[oid]

    @contextmanager
    def failing(self, how: str) -> Iterator[None]:
        assert how in FAILURES
        self.failure = how
        try:
            yield
        finally:
            self.failure = None

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server_hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def answer(self, status: int, body: Any = None, headers: dict[str, str] | None = None) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def refuse(self, status: int, code: str, message: str = "") -> None:
        headers = {"X-Error-Code": code, "X-Error-Message": message} if code else {}
        self.answer(status, {"error": message or code}, headers)

    # -- who asks, and for what ---------------------------------------------------------------

    def token(self) -> tuple[str, str] | None:
        given = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        return TOKENS.get(given)

    def may(self, repo: Repo, write: bool = False) -> bool:
        who = self.token()
        if write:
            return who == (repo.owner, "write")
        return not repo.private or (who is not None and who[0] == repo.owner)

    def handle_any(self) -> None:
        hub = self.server_hub
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        url = urlsplit(self.path)
        hub.requests.append(f"{self.command} {self.path}")
        self.query = parse_qs(url.query)
        if hub.failure in ("500", "503", "429"):
            return self.answer(int(hub.failure), {"error": "out of order"})
        if hub.failure == "401":
            text = "Invalid credentials in Authorization header"
            return self.refuse(401, "", text)
        if hub.failure == "silent":
            while hub.failure == "silent":
                time.sleep(0.1)
            self.close_connection = True
            return None
        if hub.failure == "html":
            return self.answer(200, b"<html>Log in to AirportWifi</html>")
        bad_token = self.headers.get("Authorization") and self.token() is None
        if bad_token:
            return self.refuse(401, "", "Invalid credentials in Authorization header")
        parts = [unquote(part) for part in url.path.strip("/").split("/")]
        return self.api(parts[1:]) if parts[0] == "api" else self.resolve_file(parts)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

    # -- the API ------------------------------------------------------------------------------

    def api(self, parts: list[str]) -> None:
        who = self.token()
        if parts == ["whoami-v2"]:
            if who is None:
                return self.refuse(401, "", "Invalid credentials in Authorization header")
            access = {"accessToken": {"role": who[1], "displayName": "test"}}
            return self.answer(200, {"name": who[0], "type": "user", "orgs": [], "auth": access})
        if parts == ["validate-yaml"]:
            return self.answer(200, {"errors": [], "warnings": []})
        if parts == ["repos", "create"]:
            return self.create()
        if parts[0] in ("models", "datasets", "spaces") and len(parts) >= 3:
            return self.repository(parts[0], "/".join(parts[1:3]), parts[3:])
        return self.answer(404, {"error": "no such thing"})

    def create(self) -> None:
        asked, who = json.loads(self.body), self.token()
        if who is None:
            return self.refuse(401, "", "Invalid username or password.")
        owner = asked.get("organization") or who[0]
        if who != (owner, "write"):
            return self.refuse(403, "", f"You don't have the rights to create under {owner}")
        kind, name = asked.get("type", "model") + "s", f"{owner}/{asked['name']}"
        url = f"{self.server_hub.url}/{name}"
        if (kind, name) in self.server_hub.repos:
            return self.answer(409, {"error": "You already created this repo", "url": url})
        private = asked.get("visibility") == "private" or bool(asked.get("private"))
        repo = Repo(private, owner, asked.get("sdk"))
        repo.commit("main", {".gitattributes": b"* text=auto\n"}, "initial commit")
        self.server_hub.repos[kind, name] = repo
        return self.answer(200, {"url": url})

    def repository(self, kind: str, name: str, rest: list[str]) -> None:
        repo = self.server_hub.repos.get((kind, name))
        if repo is None or not self.may(repo):
            return self.refuse(404 if self.token() else 401, "RepoNotFound", "Repository not found")
        what = rest[0] if rest else "revision"
        revision = rest[1] if len(rest) > 1 else "main"
        if what in ("preupload", "commit", "tag", "variables") and not self.may(repo, write=True):
            return self.refuse(403, "", "This token has no write access")
        if what == "variables":
            given = json.loads(self.body)
            repo.variables[given["key"]] = given["value"]
            return self.answer(200)
        if what == "tag":
            tag = json.loads(self.body)["tag"]
            oid = repo.resolve(revision)
            if tag in repo.refs or oid is None:
                return self.refuse(409 if oid else 404, "" if oid else "RevisionNotFound")
            repo.refs[tag] = oid
            return self.answer(200)
        oid = repo.resolve(revision)
        if oid is None:
            return self.refuse(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        files = repo.commits[oid]
        if what == "revision":
            siblings = [{"rfilename": path} for path in files]
            about = {"id": name, "sha": oid, "private": repo.private, "siblings": siblings}
            return self.answer(200, {**about, "tags": [], "downloads": 0, "likes": 0})
        if what == "tree":
            return self.answer(
                200,
                [
                    {"type": "file", "path": p, "size": len(c), "oid": git_sha1(c)}
                    for p, c in files.items()
                ],
            )
        if what == "preupload":
            asked = json.loads(self.body)["files"]
            rows = []
            for row in asked:
                known = files.get(row["path"])
                rows.append(
                    {
                        "path": row["path"],
                        "uploadMode": "regular",
                        "shouldIgnore": False,
                        "oid": git_sha1(known) if known is not None else None,
                    }
                )
            return self.answer(200, {"files": rows})
        if what == "commit":
            return self.commit(repo, name, revision)
        return self.answer(404, {"error": what})

    def commit(self, repo: Repo, name: str, ref: str) -> None:
        with self.server_hub.committing:  # one after the other, or one would undo the other
            self.commit_alone(repo, name, ref)

    def commit_alone(self, repo: Repo, name: str, ref: str) -> None:
        oid = repo.resolve(ref)
        assert oid is not None
        files = dict(repo.commits[oid])
        message = ""
        for line in self.body.decode().splitlines():
            entry = json.loads(line)
            value = entry["value"]
            if entry["key"] == "header":
                message = value["summary"]
            elif entry["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
                self.server_hub.uploaded.append(value["path"])
            elif entry["key"] == "deletedFile":
                files.pop(value["path"], None)
        request = None
        if self.query.get("create_pr") == ["1"]:
            number = 1 + sum(ref.startswith("refs/pr/") for ref in repo.refs)
            ref = f"refs/pr/{number}"
            request = f"{self.server_hub.url}/{name}/discussions/{number}"
        oid = repo.commit(ref, files, message)
        url = f"{self.server_hub.url}/{name}/commit/{oid}"
        self.answer(200, {"commitOid": oid, "commitUrl": url, "pullRequestUrl": request})

    # -- files --------------------------------------------------------------------------------

    def resolve_file(self, parts: list[str]) -> None:
        kind = "models"
        if parts[0] in ("datasets", "spaces"):
            kind, parts = parts[0], parts[1:]
        if len(parts) < 5 or parts[2] != "resolve":
            return self.answer(404, {"error": "no such page"})
        repo = self.server_hub.repos.get((kind, "/".join(parts[:2])))
        if repo is None or not self.may(repo):
            return self.refuse(404 if self.token() else 401, "RepoNotFound")
        oid = repo.resolve(parts[3])
        if oid is None:
            return self.refuse(404, "RevisionNotFound")
        content = repo.commits[oid].get("/".join(parts[4:]))
        if content is None:
            return self.refuse(404, "EntryNotFound")
        headers = {"X-Repo-Commit": oid, "ETag": f'"{git_sha1(content)}"', "Accept-Ranges": "bytes"}
        failure = self.server_hub.failure
        if self.command == "GET" and failure == "corrupt" and len(content) > 2000:
            content = content[:1000] + bytes(255 - b for b in content[1000:1100]) + content[1100:]
        start = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        if self.command == "GET" and failure in ("truncated", "slow") and len(content) > 2000:
            return self.broken(content, headers)
        if start:
            last = len(content) - 1
            headers["Content-Range"] = f"bytes {start[1]}-{last}/{len(content)}"
            return self.answer(206, content[int(start[1]) :], headers)
        return self.answer(200, content, headers)

    def broken(self, content: bytes, headers: dict[str, str]) -> None:
        """A body that breaks off, or drips."""
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.close_connection = True
        self.wfile.write(content[:1000])
        if self.server_hub.failure == "slow":
            with contextlib.suppress(OSError):  # nobody waits for it any more
                for byte in range(1000, len(content)):
                    if self.server_hub.failure != "slow":
                        break
                    time.sleep(0.2)
                    self.wfile.write(content[byte : byte + 1])
