#!/usr/bin/env python3
"""Writes docs/reference from the CustomResourceDefinitions of packaging/crds.

--check writes nothing and fails where a page is not what would be written."""

import argparse
import pathlib
import sys

try:
    import yaml
except ImportError:  # another Python than the distribution's, whose packages were installed
    sys.path.append("/usr/lib/python3/dist-packages")
    import yaml

PAGES = {"deliveries.sealift.dev.yaml": "delivery.md",
         "trustpolicies.sealift.dev.yaml": "trust-policy.md"}

LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
PATTERNS = {f"^{LABEL}$": "an RFC 1123 label",
            f"^{LABEL}([.]{LABEL})*$": "an RFC 1123 subdomain",
            f"^({LABEL}([.]{LABEL})*)?$": "an RFC 1123 subdomain, or empty",
            "^([A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?)?$": "as values of labels are",
            "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$": "lower-case letters and digits, with \".\" and \"-\" between them",
            # Those of every Kubernetes condition (metav1.Condition).
            f"^({LABEL}([.]{LABEL})*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$":
                "as types of conditions are",
            "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$": "as reasons of conditions are"}


def type_of(schema):
    if schema.get("x-kubernetes-int-or-string"):
        return "string or integer"
    if "type" not in schema:
        return "any"
    kind = schema["type"]
    if kind == "array":
        return "list of " + type_of(schema["items"])
    if kind == "object" and "additionalProperties" in schema:
        return "map of " + type_of(schema["additionalProperties"])
    return "time" if schema.get("format") == "date-time" else kind


def prose(text):
    """As text of a table's cell: nothing of it is markup."""
    text = " ".join(text.split())
    for character in "\\`*_<|":
        text = text.replace(character, "\\" + character)
    return text


def code(text):
    """As code in a table's cell, where a bar ends the cell even within code."""
    return "`" + str(text).replace("|", "\\|") + "`"


def show(value):
    return code('""' if value == "" else str(value).lower() if isinstance(value, bool) else value)


def limits(schema):
    """What the value must be, a phrase for each rule."""
    if "enum" in schema:
        yield "One of " + ", ".join(show(value) for value in schema["enum"])
    bounds = (("minimum", "At least"), ("maximum", "At most"))
    for member, words in bounds:
        if member in schema:
            yield f"{words} {schema[member]}"
    for member, what in (("Length", "characters"), ("Items", "entries"), ("Properties", "entries")):
        most, least = schema.get("max" + member), schema.get("min" + member, 0)
        if most is not None and most == least:
            yield f"Exactly {most} of its fields"
        elif most is not None:
            yield f"{least} to {most} {what}" if least else f"At most {most} {what}"
        elif least:
            yield f"At least {least} {what}"
    if "pattern" in schema:
        known = PATTERNS.get(schema["pattern"])
        yield known[0].upper() + known[1:] if known else "Matches " + code(schema["pattern"])
    messages = [f"“{prose(rule['message'])}”" for rule in schema.get("x-kubernetes-validations", [])]
    if messages:
        yield "Refused with " + " or ".join(filter(None, [", ".join(messages[:-1]), messages[-1]]))


def meaning(schema, required):
    parts = [prose(schema.get("description", "")).rstrip(".")]
    if required:
        parts.append("Required")
    if "default" in schema:
        parts.append("Default: " + show(schema["default"]))
    parts += limits(schema)
    inner = schema.get("items") or schema.get("additionalProperties")
    if isinstance(inner, dict):
        parts += [f"Each: {part[0].lower() + part[1:]}" for part in limits(inner)]
        if inner.get("description"):
            parts.append(prose(inner["description"]).rstrip("."))
    return ". ".join(part for part in parts if part) + "."


def rows(schema, prefix, seen):
    """(name, type, meaning) of each field below an object, depth first."""
    for name, field in schema.get("properties", {}).items():
        path = prefix + name
        yield path, type_of(field), meaning(field, name in schema.get("required", []))
        inner, suffix = field, "."
        while inner.get("type") == "array":
            inner, suffix = inner["items"], "[]" + suffix
        if "properties" not in inner:
            continue
        # An anchor of the YAML: the same fields have been listed above.
        shared = id(inner["properties"])
        if shared in seen:
            yield path + suffix + "*", "", f"As {code(seen[shared] + '*')}."
            continue
        seen[shared] = path + suffix
        yield from rows(inner, path + suffix, seen)


def page(definition, source):
    spec = definition["spec"]
    version = spec["versions"][0]
    schema = version["schema"]["openAPIV3Schema"]
    names = spec["names"]
    lines = [f"# {names['kind']} reference", "",
             f"<!-- Written by tools/api_reference.py from {source}. -->", "",
             " ".join(schema["description"].split()), "",
             "| | |", "|---|---|",
             f"| apiVersion | {code(spec['group'] + '/' + version['name'])} |",
             f"| kind | {code(names['kind'])} |",
             f"| scope | {spec['scope'].lower()} |",
             f"| names for kubectl | {', '.join(map(code, [names['plural'], names['singular'], *names['shortNames']]))}"
             f"; with others by {', '.join(map(code, names['categories']))} |"]
    for rule in schema.get("x-kubernetes-validations", []):
        field = code(rule["fieldPath"].lstrip(".")) + " " if "fieldPath" in rule else ""
        lines.append(f"| refused with | {field}“{prose(rule['message'])}” |")
    for part in ("spec", "status"):
        body = schema["properties"][part]
        lines += ["", f"## {part}", "", " ".join(body["description"].split()), "",
                  "| field | type | meaning |", "|---|---|---|"]
        lines += [f"| {code(name)} | {kind} | {text} |" for name, kind, text in rows(body, "", {})]
    lines += ["", "## Columns of kubectl get", "", "| column | field | meaning |", "|---|---|---|"]
    for column in version["additionalPrinterColumns"]:
        name = column["name"] + (" (wide)" if column.get("priority") else "")
        lines.append(f"| {name} | {code(column['jsonPath'])} | {column.get('description', '')} |")
    return "\n".join(lines) + "\n"


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    stale = []
    for source, name in PAGES.items():
        text = page(yaml.safe_load((root / "packaging/crds" / source).read_text()),
                    f"packaging/crds/{source}")
        target = root / "docs/reference" / name
        if options.check:
            if not target.is_file() or target.read_text() != text:
                stale.append(name)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    for name in stale:
        print(f"docs/reference/{name} is not what tools/api_reference.py writes; run it")
    sys.exit(1 if stale else 0)


if __name__ == "__main__":
    main()
