"""Clients of `opd serve`, good and bad, with nothing but Python's own library.

    python3 serve_client.py many PORT MODEL PROMPT COUNT
    python3 serve_client.py hostile PORT MODEL PROMPT
    python3 serve_client.py hold PORT MODEL PROMPT
    python3 serve_client.py stream PORT MODEL PROMPT COUNT

`many` asks COUNT questions at once, a tenth of them by clients that leave before their answer comes, and prints how many of
the others were answered, and how many different answers there were to ten seeds. `hostile` prints a line for what the server
says to each of many requests that it should refuse, and whether it answers a good one afterwards. `hold` begins a long
answer, prints "asked", and prints the status when it comes. `stream` compares an answer that comes in pieces with the same one
whole, begins COUNT long ones and leaves each after its first piece, and says whether the server computes nothing in the end.
"""

import asyncio
import json
import sys

mode, port, model, prompt = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]


def request(body, head=""):
    return f"POST /v1/completions HTTP/1.1\r\nHost: x\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def question(**more):
    return json.dumps({"model": model, "prompt": prompt, "max_tokens": 4, **more}).encode()


async def reply(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
    return int(head.split()[1]), await reader.readexactly(length)


async def ask(data):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        try:
            await writer.drain()
        except ConnectionError:
            pass
        return await reply(reader)
    finally:
        writer.close()


async def leave(data):
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    await writer.drain()
    writer.transport.abort()


async def many(count):
    gate = asyncio.Event()

    async def one(number):
        await gate.wait()
        data = request(question(seed=number % 10, temperature=1))
        return await (leave(data) if number % 10 == 9 else ask(data))

    tasks = [asyncio.create_task(one(number)) for number in range(count)]
    gate.set()
    answers = [a for a in await asyncio.gather(*tasks, return_exceptions=True) if a is not None]
    good = [a[1] for a in answers if isinstance(a, tuple) and a[0] == 200]
    bad = {repr(a)[:80] for a in answers if not isinstance(a, tuple) or a[0] != 200}
    print(json.dumps({"asked": len(answers), "answered": len(good), "different": len(set(good)), "bad": sorted(bad)}))


async def hostile():
    cases = {
        "no JSON": request(b"prompt=a"),
        "NaN": request(question().replace(b"4", b"NaN")),
        "wrong type": request(question(max_tokens="4")),
        "too long a number": request(question().replace(b"4", b"9" * 400)),
        "deep": request(b"[" * 1_000_000),
        "half a text": request(question()[:-3]),
        "not UTF-8": request(b"\xff\xfe" * 50),
        "too large": request(b" " * 5_000_000),
        "said to be too large": b"POST /v1/completions HTTP/1.1\r\nContent-Length: 9999999999\r\n\r\n",
        "chunks": b"POST /v1/completions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "two lengths": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        "endless head": b"GET /" + b"a" * 100_000,
        "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
        "another place": b"GET /etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    }
    silent = []
    for _ in range(20):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(question())[:60])
        silent.append(writer)
    for name, data in cases.items():
        try:
            print(f"{name}: {(await ask(data))[0]}")
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            print(f"{name}: {type(error).__name__}")
    print(f"good: {(await ask(request(question())))[0]}")
    for writer in silent:
        writer.close()


async def hold():
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(question(max_tokens=80, n=16, temperature=1, logprobs=5)))
    await writer.drain()
    answer = asyncio.create_task(reply(reader))
    while not answer.done() and b'"computing":0' in (await ask(b"GET /health HTTP/1.1\r\n\r\n"))[1]:
        await asyncio.sleep(0.001)
    print("asked", flush=True)
    print((await answer)[0], flush=True)


async def pieces(reader):
    """The pieces of a body; the last one is empty (RFC 9112, section 7.1)."""
    while size := int(await reader.readline(), 16):
        yield (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)


async def begin(**more):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(question(stream=True, temperature=1, **more)))
    await writer.drain()
    assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def stream():
    whole = json.loads((await ask(request(question(max_tokens=40, temperature=1))))[1])
    reader, writer = await begin(max_tokens=40)
    events = b"".join([piece async for piece in pieces(reader)]).decode().split("\n\n")[:-1]
    text = "".join(json.loads(event[6:])["choices"][0]["text"] for event in events[:-1])
    left = int(sys.argv[5])
    for _ in range(left):
        reader, other = await begin(max_tokens=80, n=16)
        await anext(pieces(reader))
        other.transport.abort()
    while b'"computing":0' not in (await ask(b"GET /health HTTP/1.1\r\n\r\n"))[1]:
        await asyncio.sleep(0.01)
    writer.close()
    print(json.dumps({"same": text == whole["choices"][0]["text"], "last": events[-1], "left": left, "computing": 0}))


asyncio.run({"many": lambda: many(int(sys.argv[5])), "hostile": hostile, "hold": hold, "stream": stream}[mode]())
