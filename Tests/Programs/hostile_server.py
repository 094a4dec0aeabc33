"""A service that means harm, for tests: prints its port, then answers every request in one way.

    python3 hostile_server.py MODE [LOG]

Modes: `redirect` (to a second port, where whoever comes is noted with the key in LOG), `endless` (a byte now and then, for
ever), `flood` (bytes without end), `bomb` (gzip of 256 MiB), `usage N` (counts N tokens), `retry TEXT` (503 with that
Retry-After), `nowhere` (302 without an address), `html`, `deep`.
"""

import gzip
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

mode, *rest = sys.argv[1].split(" ", 1)
log = sys.argv[2] if len(sys.argv) > 2 else None


class Elsewhere(BaseHTTPRequestHandler):
    def note(self):
        with open(log, "a") as file:
            file.write(f"{self.path} {self.headers.get('Authorization')}\n")
        self.send_response(200)
        self.end_headers()

    do_GET = do_POST = note

    def log_message(self, *arguments):
        pass


class Hostile(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def reply(self, body, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            self.misbehave()
        except OSError:
            pass

    def misbehave(self):
        if mode == "redirect":
            self.reply(b"", 307, Location=f"http://localhost:{other.server_address[1]}/v1/completions?token=x")
        elif mode == "nowhere":
            self.reply(b"", 302)
        elif mode in ("endless", "flood"):
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(b" " if mode == "endless" else b" " * 65536)
                self.wfile.flush()
                if mode == "endless":
                    time.sleep(0.1)
        elif mode == "bomb":
            self.reply(bomb, Content_Encoding="gzip")
        elif mode == "retry":
            self.reply(b"busy", 503, Retry_After=rest[0])
        elif mode == "html":
            self.reply(b"<html>")
        elif mode == "deep":
            self.reply(b"[" * 200000 + b"]" * 200000)
        elif mode == "usage":
            names = ["token_id:1", "token_id:2"]
            tables = {"tokens": names, "token_logprobs": [-1, -1], "top_logprobs": [{names[0]: -1}, {names[1]: -1}]}
            usage = {"prompt_tokens": int(rest[0]), "completion_tokens": int(rest[0])}
            self.reply(json.dumps({"choices": [{"text": "x", "logprobs": tables}], "usage": usage}).encode())


bomb = gzip.compress(bytes(1 << 28)) if mode == "bomb" else b""
other = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
threading.Thread(target=other.serve_forever, daemon=True).start()
server = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
print(server.server_address[1], flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
server.serve_forever()
