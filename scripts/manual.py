#!/usr/bin/env python3
"""Writes a manual page from what the program says of its commands.

Usage: opd --experimental-dump-help | scripts/manual.py VERSION > opd.1
"""
import json
import sys


def escaped(text):
    """Text that is no markup of the page, whatever it begins with."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").split("\n")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in lines)


def written(argument):
    """An argument as it is typed."""
    value = escaped(argument.get("valueName", ""))
    if argument["kind"] == "positional":
        return f"\\fI{value}\\fR" + (" ..." if argument["isRepeating"] else "")
    dashes = {"short": "\\-", "long": "\\-\\-", "longWithSingleDash": "\\-"}
    names = ", ".join(f"\\fB{dashes[n['kind']]}{escaped(n['name'])}\\fR" for n in argument["names"])
    return names if argument["kind"] == "flag" else f"{names} \\fI{value}\\fR"


def explained(argument):
    """What an argument means, with its values and its default."""
    parts = [escaped(argument.get("abstract", ""))]
    if argument.get("allValues"):
        parts.append("One of " + ", ".join(map(escaped, argument["allValues"])) + ".")
    if argument.get("defaultValue"):
        parts.append(f"Default: {escaped(argument['defaultValue'])}.")
    return " ".join(part for part in parts if part)


def paragraphs(text):
    """Running text; indented lines are shown as they stand."""
    shown = False
    for line in text.split("\n"):
        if line.startswith("  ") != shown:
            shown = not shown
            yield ".nf" if shown else ".fi"
        yield escaped(line) if line.strip() else ".PP"
    if shown:
        yield ".fi"


def section(command, path):
    """One command and those within it."""
    name = " ".join(path)
    yield f".SS {escaped(name)}"
    yield escaped(command.get("abstract", ""))
    if command.get("discussion"):
        yield ".PP"
        yield from paragraphs(command["discussion"])
    for argument in command.get("arguments", []):
        names = {n["name"] for n in argument.get("names", [])}
        if not argument.get("shouldDisplay", True) or names & {"help", "version"}:
            continue
        yield ".TP"
        yield written(argument)
        yield explained(argument)
    for inner in command.get("subcommands", []):
        if inner["commandName"] != "help" and inner.get("shouldDisplay", True):
            yield from section(inner, path + [inner["commandName"]])


def main():
    command = json.load(sys.stdin)["command"]
    print(f'.TH OPD 1 "" "opd {escaped(sys.argv[1])}"')
    print(".ad l")
    print(f".SH NAME\nopd \\- {escaped(command['abstract']).rstrip('.')}")
    print(".SH SYNOPSIS\n.B opd\n.I command\n[\\fIargument\\fR ...]")
    print(".SH DESCRIPTION")
    print("\n".join(paragraphs(command["discussion"])))
    print(".SH COMMANDS")
    for inner in command["subcommands"]:
        if inner["commandName"] != "help":
            print("\n".join(section(inner, [inner["commandName"]])))
    print(".SH EXIT STATUS\n0 done, 1 a run or a check failed, 2 the input is bad, 64 the usage is wrong,")
    print("130 and 143 stopped by a signal after saving.")


if __name__ == "__main__":
    main()
