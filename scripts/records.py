"""Reads the files of the dataset without any package beyond Python's own.

The dataset uses a small part of YAML: mappings and lists in block or flow form, plain and quoted scalars, folded text
(`>-`) and comments. Anything else raises ValueError. Dates stay text; whole numbers and booleans become Python's.
"""

import re
from pathlib import Path

KEY = re.compile(r'^("(?:[^"\\]|\\.)*"|[^\s:#\[\]{}",][^:]*?):(?:\s+(.*))?$')


def load(path):
    """The content of a file as dicts, lists and scalars."""
    return parse(Path(path).read_text(encoding="utf-8"))


def records(root):
    """All records, by `ISO3/topic`."""
    files = sorted((Path(root) / "dataset/countries").glob("*/*.yaml"))
    return {f"{file.parent.name}/{file.stem}": load(file) for file in files}


def parse(text):
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            lines.append((len(line) - len(line.lstrip(" ")), line.strip(), number))
    value, rest = _block(lines, 0)
    if rest != len(lines):
        raise ValueError(f"line {lines[rest][2]}: unexpected indentation")
    return value


def _block(lines, at):
    indent, first, _ = lines[at]
    return _list(lines, at, indent) if first.startswith("- ") else _mapping(lines, at, indent)


def _list(lines, at, indent):
    out = []
    while at < len(lines) and lines[at][0] == indent and lines[at][1].startswith("- "):
        _, line, number = lines[at]
        rest = line[2:].strip()
        if rest[0] not in "[{\"'" and rest != ">-" and KEY.match(rest):
            # A mapping that begins on the line of its dash: read it as if it stood two columns further in.
            lines[at] = (indent + 2, rest, number)
            value, at = _mapping(lines, at, indent + 2)
        else:
            value, at = _value(lines, at, indent, rest)
        out.append(value)
    return out, at


def _mapping(lines, at, indent):
    out = {}
    while at < len(lines) and lines[at][0] == indent and not lines[at][1].startswith("- "):
        _, line, number = lines[at]
        match = KEY.match(line)
        if not match:
            raise ValueError(f"line {number}: expected a key")
        key = _scalar(match[1])
        if match[2] is None or match[2] == "":
            if at + 1 >= len(lines) or lines[at + 1][0] <= indent:
                raise ValueError(f"line {number}: no value")
            out[key], at = _block(lines, at + 1)
        else:
            out[key], at = _value(lines, at, indent, match[2])
    return out, at


def _value(lines, at, indent, text):
    if text == ">-":
        parts = []
        at += 1
        while at < len(lines) and lines[at][0] > indent:
            parts.append(lines[at][1])
            at += 1
        return " ".join(parts), at
    if text[0] in "[{":
        number = lines[at][2]
        while _open(text):
            at += 1
            if at == len(lines):
                raise ValueError(f"line {number}: a list or mapping without an end")
            text += " " + lines[at][1]
        value, end = _flow(text, 0)
        if text[end:].strip():
            raise ValueError(f"line {number}: text after the end of a list or mapping")
        return value, at + 1
    return _scalar(text), at + 1


def _open(text):
    """Whether a list or mapping in flow form goes on in the next line."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'', "", text) if '"' in text or "'" in text else text
    return sum(bare.count(c) for c in "[{") > sum(bare.count(c) for c in "]}")


def _flow(text, at):
    opening = text[at]
    closing = {"[": "]", "{": "}"}[opening]
    out = [] if opening == "[" else {}
    at += 1
    while True:
        at = _skip(text, at)
        if text[at] == closing:
            return out, at + 1
        if text[at] == ",":
            at += 1
            continue
        if opening == "{":
            match = re.compile(r'("(?:[^"\\]|\\.)*"|[^\s:,{}\[\]]+):\s*').match(text, at)
            if not match:
                raise ValueError(f"expected a key in {text!r}")
            value, at = _flow_value(text, match.end())
            out[_scalar(match[1])] = value
        else:
            value, at = _flow_value(text, at)
            out.append(value)


def _flow_value(text, at):
    if text[at] in "[{":
        return _flow(text, at)
    if text[at] in "\"'":
        match = re.compile(r'"(?:[^"\\]|\\.)*"' if text[at] == '"' else r"'(?:[^']|'')*'").match(text, at)
        return _scalar(match[0]), match.end()
    end = at
    while text[end] not in ",]}":
        end += 1
    return _scalar(text[at:end].strip()), end


def _skip(text, at):
    while text[at] == " ":
        at += 1
    return at


def _scalar(text):
    if text.startswith('"'):
        return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), text[1:-1])
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"-?(0|[1-9][0-9]*)", text):
        return int(text)
    return text
