"""Asks a watched sweep for what its page asks for, and for what others must not get.

Usage: watch_client.py URL RUN OTHER_RUN      prints a status a line
"""
import http.client
import sys
import urllib.parse

address = urllib.parse.urlparse(sys.argv[1])
run, stranger = sys.argv[2:4]
own = f"http://{address.netloc}"


def status(name, method, path, headers=None, body=None):
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    connection.request(method, path, body=body, headers=headers or {})
    reply = connection.getresponse()
    text = reply.read().decode()
    board = "board" if 'id="watch"' in text else "no board"
    print(f"{name}: {reply.status} {board}", flush=True)


status("page", "GET", address.path)
status("board", "GET", address.path + "runs")
status("no token", "GET", "/")
status("wrong token", "GET", "/" + "0" * 24 + "/runs")
status("other name", "GET", address.path, {"Host": f"elsewhere.example:{address.port}"})
status("stop without origin", "POST", address.path + "stop", body=run)
status("stop from elsewhere", "POST", address.path + "stop", {"Origin": "http://elsewhere.example"}, run)
status("stop by reading", "GET", address.path + "stop", {"Origin": own})
status("stop a stranger", "POST", address.path + "stop", {"Origin": own}, stranger)
status("stop", "POST", address.path + "stop", {"Origin": own}, run)
