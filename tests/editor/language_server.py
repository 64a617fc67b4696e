"""The YAML language server that editors use, over its own protocol: what it shows of a profile."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

PATIENCE = 50  # messages that may come before the one that is waited for


class LanguageServer:
    """One server and one folder of files.

    Args:
        command: How it is started; it speaks on its standard streams.
        folder: Where the files are, and the schema beside them.
    """

    def __init__(self, command: list[str], folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._number = 0
        # Nothing may be fetched: what an editor shows has to come from the file beside the profile.
        settings = {"yaml": {"schemaStore": {"enable": False}, "validate": True, "hover": True, "completion": True}}
        self._settings = settings
        self.ask("initialize", processId=None, rootUri=folder.as_uri(), capabilities=_CAPABILITIES)
        self._tell("initialized")
        self._tell("workspace/didChangeConfiguration", settings=settings)

    def open(self, name: str, text: str) -> list[dict[str, Any]]:
        """Open a file; what is wrong with it."""
        document = {"uri": self._uri(name), "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", textDocument=document)
        while True:
            told = self._next("textDocument/publishDiagnostics")
            if told["params"]["uri"] == self._uri(name):
                return list(told["params"]["diagnostics"])

    def completions(self, name: str, line: int, column: int) -> set[str]:
        """What may be written at a place; both count from 0."""
        found = self.ask("textDocument/completion", **self._at(name, line, column))
        items = found["items"] if isinstance(found, dict) else found or []
        return {str(item["label"]) for item in items}

    def hover(self, name: str, line: int, column: int) -> str:
        """What is shown of what stands there."""
        found = self.ask("textDocument/hover", **self._at(name, line, column))
        return str(found["contents"]["value"]) if found else ""

    def ask(self, method: str, **params: object) -> Any:
        """Ask something; the answer."""
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        for _ in range(PATIENCE):
            told = self._read()
            if told.get("id") == self._number and "method" not in told:
                return told.get("result")
        raise AssertionError(f"no answer to {method}")

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _at(self, name: str, line: int, column: int) -> dict[str, object]:
        return {"textDocument": {"uri": self._uri(name)}, "position": {"line": line, "character": column}}

    def _uri(self, name: str) -> str:
        return (self._folder / name).as_uri()

    def _tell(self, method: str, **params: object) -> None:
        self._send({"method": method, "params": params})

    def _next(self, method: str) -> dict[str, Any]:
        for _ in range(PATIENCE):
            told = self._read()
            if told.get("method") == method:
                return told
        raise AssertionError(f"{method} does not come")

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        """The next message; a question of the server's is answered on the way."""
        assert self._process.stdout
        length = 0
        while (line := self._process.stdout.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        told: dict[str, Any] = json.loads(self._process.stdout.read(length))
        if "method" in told and "id" in told:
            is_settings = told["method"] == "workspace/configuration"
            answer = [self._settings.get(item.get("section", "")) for item in told["params"]["items"]]
            self._send({"id": told["id"], "result": answer if is_settings else None})
        return told


_CAPABILITIES = {
    "textDocument": {
        "publishDiagnostics": {},
        "completion": {"completionItem": {"snippetSupport": True}},
        "hover": {"contentFormat": ["markdown"]},
    },
    "workspace": {"configuration": True},
}
