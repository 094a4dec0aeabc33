"""What OpenAI's own Python package makes of `opd serve`: streams, log-probabilities, a client that leaves, pictures, refusals.

    python3 openai_sdk.py PORT MODEL text             a language model with a template for conversations
    python3 openai_sdk.py PORT MODEL pictures PNG...  a model that sees

PyPI: openai.  Prints what came of it; nothing here judges.
"""
import base64
import json
import sys
import time
import urllib.request

from openai import BadRequestError, OpenAI

port, model, kind = sys.argv[1:4]
client = OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="none")


def chat(content, tokens, **more):
    messages = [{"role": "user", "content": content}]
    return client.chat.completions.create(
        model=model, messages=messages, max_tokens=tokens, temperature=0, **more
    )


def refused(url):
    try:
        chat([{"type": "image_url", "image_url": {"url": url}}], 4)
        print("taken:", url[:30])
    except BadRequestError as error:
        print("refused:", error.message)


def streamed(content, tokens):
    pieces, usage = [], None
    for chunk in chat(content, tokens, stream=True, stream_options={"include_usage": True}):
        usage = chunk.usage or usage
        pieces += [choice.delta.content for choice in chunk.choices if choice.delta.content]
    return pieces, usage


def same(content, tokens):
    whole = chat(content, tokens)
    pieces, usage = streamed(content, tokens)
    is_same = "".join(pieces) == whole.choices[0].message.content
    counted = f"{usage.prompt_tokens} tokens read and {usage.completion_tokens} written"
    print(f"conversation: the same text streamed: {is_same}, in {len(pieces)} pieces, {counted}")


if kind == "pictures":
    shown = []
    for path in sys.argv[4:]:
        text = base64.b64encode(open(path, "rb").read()).decode()
        shown.append({"type": "image_url", "image_url": {"url": "data:image/png;base64," + text}})
    same(shown + [{"type": "text", "text": "What is it?"}], 12)
    for url in ["https://example.org/a.png", "data:image/jpeg;base64,/9j/", "data:image/png;base64,%%%"]:
        refused(url)
    sys.exit()

same("Name three colours, and an emoji.", 40)
for token in chat("Name three colours.", 3, logprobs=True, top_logprobs=2).choices[0].logprobs.content:
    others = [(other.token, round(other.logprob, 4)) for other in token.top_logprobs]
    print("log-probability", repr(token.token), round(token.logprob, 4), others)
ask = {"model": model, "prompt": "The capital of France is", "max_tokens": 20, "temperature": 0}
whole = client.completions.create(**ask).choices[0].text
chunks = client.completions.create(**ask, stream=True)
text = "".join(choice.text for chunk in chunks for choice in chunk.choices)
print("completion: the same text streamed:", text == whole, repr(text))
stream = chat("Count to a thousand.", 2000, stream=True)
for _, _ in zip(range(6), stream):
    pass
stream.close()
start = time.time()
while json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/health"))["computing"]:
    time.sleep(0.02)
print(f"left after 6 of up to 2000 tokens: nothing is computed {time.time() - start:.2f} s later")
refused("data:image/png;base64,AAAA")
