#!/usr/bin/env python3
"""The rival in tokenization: Hugging Face's `tokenizers` on the same text with the same vocabulary, one thread.

    python3 tokenizer_peer.py text FILE [--bytes 1500000] [--seed 0]      writes mixed text of at least that size
    python3 tokenizer_peer.py encode TOKENIZER TEXT OUT                   writes OUT.ids, OUT.plain, OUT.txt and prints seconds
    python3 tokenizer_peer.py compare OUT OTHER                           says how many tokens and characters differ
    python3 tokenizer_peer.py gguf FILE OUT                               a tokenizer.json out of a GGUF's metadata (byte-level BPE)

The text mixes English, code, twenty scripts, emoji, combining marks, numbers, every kind of white space, the names of control
tokens, and random code points. OUT.ids and OUT.plain are tokens as 32-bit little-endian numbers, with control tokens recognised
and as plain text; OUT.txt is what OUT.ids decode to. Needs `pip install tokenizers gguf`. After `encode`,

    OPD_TOKENIZER_PEER="TOKENIZER TEXT OUT" swift test --disable-xctest --filter PeerTests

compares this repository's tokenizer with the three files and prints its seconds (add `-c release -Xswiftc -enable-testing` to time it).
Measured with tokenizers 0.23.3, one thread each, on the mixed text of 1.5 MB (seed 0), best of 3 and of 5, on a busy machine: 8.0 s against
0.65 with SmolLM2's vocabulary, 4.7 against 0.26 with GPT-2's cuts, 6.1 against 0.76 with Qwen 2's, 6.5 against 0.44 with Llama 3's (on a
quiet one 1.3 against 0.15, 1.3 against 0.07, 1.4 against 0.25, 1.6 against 0.08 for 1.2 MB, seed 1). No token differs.
"""
import argparse, array, json, os, random, time, unicodedata

os.environ["TOKENIZERS_PARALLELISM"] = "false"
WORDS = ("the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one you were all "
         "her she there would their we him been has when who will no more if out so up said what its about than into them can only other time "
         "new some could these two may first then do any like my now over such our man me even most made after also did many off before must "
         "well back through years much where your way down should because long each just state people those too little good world make very "
         "knowledge distillation gradient advantage temperature entropy transformer attention tokenizer vocabulary checkpoint").split()
SCRIPTS = ["مرحبا بالعالم، كيف حالك؟ ١٢٣٤", "你好，世界！今天天气怎么样？", "안녕하세요 세계! 오늘은 2024년입니다.", "こんにちは、カメラがズームします。", "Привет, мир! Это проверка №5.",
           "שָׁלוֹם עוֹלָם", "नमस्ते दुनिया, क्षत्रिय १२३", "สวัสดีชาวโลก", "Ελληνικά: ὦ ἄνδρες", "Tiếng Việt có dấu", "Ünïcödé naïve façade Œuvre", "İstanbul ığdır ŞĞ", "ქართული ენა",
           "አማርኛ", "ᐃᓄᒃᑎᑐᑦ", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟙𝟚𝟛", "ﬁ ﬂ Ⅷ ½ ² ³ ①", "ａｂｃ１２３", "ਪੰਜਾਬੀ ਭਾਸ਼ਾ", "தமிழ் மொழி", "Հայերեն լեզու", "\u1112\u1161\u11ab\u1100\u1173\u11af", "ཨོཾ་མ་ཎི", "ភាសាខ្មែរ"]
EMOJI = ["👩‍👩‍👧‍👦", "🏳️‍🌈🏴‍☠️", "👍🏽👍🏿", "🇩🇪🇯🇵", "❤️‍🔥", "1️⃣#️⃣", "🧑🏻‍🚀", "😀😃😄", "☕︎", "🫱🏼‍🫲🏿"]
CODE = ["def f(x):\n    return [i**2 for i in range(x) if i % 2 == 0]\n", "for (int i = 0; i < n; ++i) {\n\tsum += a[i];\r\n}", "let x = y?.map { $0 + 1 } ?? []  // Swift", "SELECT * FROM t WHERE id=42 AND name LIKE '%o\\'b%';",
        "<div class=\"a b\">&nbsp;</div>", "{\"key\": [1, 2.50, -3e-7, null, true]}", "#!/bin/sh\nset -eu; echo \"$HOME\" | sed 's/a/b/g' >&2", "\\frac{a}{b} $x_1^2$", "a->b::c<d>(e&&f||!g)", "http://www.example.com/path?q=a+b%20c&d=1#frag", "0xDEADBEEF 1_000_000 1e10f"]
QUOTES = ["I'm you're he'll WE'VE It'S 'tis 'D", "don’t it’s “quoted” – — …", "'s 't 're 've 'm 'll 'd", "'ſ x'ſy 'LL'Re", "o'clock rock'n'roll", "''''s"]
SPACES = [" ", "  ", "\n", "\n\n\n", "\t", "\r\n", " \r\n ", "\u00a0", "\u3000", "\u2028", "\u0085", " " * 17, "\n" * 9, "\t \n \t", "\u200b", "\ufeff", "\x0b\x0c", "\x1c\x1f"]
NAMES = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|im_start|", "im_end|>", " <|im_start|> ", "<think>", "  <mask>", "<mask>", " word ", "words", "caf\u00e9", "cafe\u0301", "word.", "_word", "-word-"]


def mixed(count, seed):
    r = random.Random(seed); parts = []; size = 0
    letters = [c for c in range(0x300, 0x30000) if unicodedata.category(chr(c))[0] in "LMN"]
    def prose(n): return " ".join(r.choice(WORDS) + r.choice(["", "", "", "", ",", "."]) for _ in range(n))
    makers = [lambda: prose(r.randint(5, 40)), lambda: prose(r.randint(5, 40)).title(), lambda: r.choice(CODE), lambda: r.choice(SCRIPTS), lambda: r.choice(EMOJI), lambda: r.choice(QUOTES), lambda: r.choice(SPACES), lambda: r.choice(NAMES),
              lambda: str(r.randrange(10 ** r.randint(1, 12))), lambda: "".join(chr(r.choice(letters)) for _ in range(r.randint(1, 30))), lambda: "".join(chr(r.randrange(0x80)) for _ in range(r.randint(1, 40))),
              lambda: bytes(r.randrange(256) for _ in range(60)).decode("utf-8", "ignore"), lambda: "".join(chr(c) for c in (r.randrange(0x110000) for _ in range(20)) if not 0xD800 <= c < 0xE000),
              lambda: "".join(r.choice("eaounAEy") + "".join(chr(r.randrange(0x300, 0x370)) for _ in range(r.randint(0, 4))) for _ in range(8)), lambda: unicodedata.normalize("NFD", r.choice(SCRIPTS)), lambda: chr(r.randrange(0x4E00, 0x9FFF)) * r.randint(1, 50), lambda: r.choice("ab=-#/") * r.randint(1, 200)]
    while size < count:
        parts.append(r.choice(makers)() + r.choice(["", " ", "\n"])); size += len(parts[-1].encode())
    return "".join(parts)


def write(path, ids): array.array("I", ids).tofile(open(path, "wb"))


def encode(a):
    from tokenizers import Tokenizer
    t = Tokenizer.from_file(a.tokenizer); text = open(a.text, encoding="utf-8", newline="").read(); best = 1e9
    for _ in range(3):
        start = time.perf_counter(); ids = t.encode(text, add_special_tokens=False).ids; best = min(best, time.perf_counter() - start)
    start = time.perf_counter(); decoded = t.decode(ids, skip_special_tokens=False); back = time.perf_counter() - start
    lines = text.split("\n")[:20000]; start = time.perf_counter()
    for line in lines: t.encode(line, add_special_tokens=False)
    short = time.perf_counter() - start; write(a.out + ".ids", ids); t.encode_special_tokens = True
    write(a.out + ".plain", t.encode(text, add_special_tokens=False).ids); open(a.out + ".txt", "w", encoding="utf-8", newline="").write(decoded)
    print(json.dumps({"bytes": len(text.encode()), "tokens": len(ids), "encode_s": round(best, 4), "decode_s": round(back, 4), "lines": len(lines), "lines_s": round(short, 4)}))


def compare(a):
    worst = 0
    for kind in ("ids", "plain", "txt"):
        x, y = (open(f"{p}.{kind}", "rb").read() for p in (a.out, a.other)); n = 4 if kind != "txt" else 1
        first = next((i for i in range(0, min(len(x), len(y)), n) if x[i:i + n] != y[i:i + n]), None) if x != y else None
        worst |= x != y; print(f"{kind}: {len(x) // n} and {len(y) // n}, " + ("equal" if x == y else f"differ from {first and first // n} on"))
    return worst


def from_gguf(a):
    from gguf import GGUFReader
    from tokenizers import Tokenizer, AddedToken, models, pre_tokenizers, decoders
    f = GGUFReader(a.file).fields; get = lambda k: f["tokenizer.ggml." + k].contents(); tokens, types = get("tokens"), get("token_type")
    t = Tokenizer(models.BPE(vocab={x: i for i, x in enumerate(tokens)}, merges=[tuple(m.split(" ")) for m in get("merges")])); byte = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    t.pre_tokenizer = {"smollm": pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte]), "gpt-2": byte, "gpt2": byte}[get("pre")]; t.decoder = decoders.ByteLevel()
    t.add_special_tokens([AddedToken(x, special=True, normalized=False) for x, k in zip(tokens, types) if k == 3]); t.save(a.out)


p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter); s = p.add_subparsers(dest="what", required=True)
q = s.add_parser("text"); q.add_argument("out"); q.add_argument("--bytes", type=int, default=1_500_000); q.add_argument("--seed", type=int, default=0)
q = s.add_parser("encode"); [q.add_argument(n) for n in ("tokenizer", "text", "out")]
q = s.add_parser("compare"); [q.add_argument(n) for n in ("out", "other")]
q = s.add_parser("gguf"); [q.add_argument(n) for n in ("file", "out")]
a = p.parse_args()
if a.what == "text": open(a.out, "w", encoding="utf-8", newline="").write(mixed(a.bytes, a.seed))
elif a.what == "encode": encode(a)
elif a.what == "gguf": from_gguf(a)
else: raise SystemExit(compare(a))
