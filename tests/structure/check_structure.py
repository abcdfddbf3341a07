#!/usr/bin/env python3
"""Checks one promise of the house (docs/architecture.md) and names each place that breaks it."""

import argparse
import pathlib
import re
import subprocess
import sys

try:
    import yaml
except ImportError:  # another Python than the distribution's, whose packages were installed
    sys.path.append("/usr/lib/python3/dist-packages")
    import yaml

# Which modules a module may include, itself apart. Builder and puller never see each other.
ALLOWED = {
    "base": set(),
    "process": {"base"},
    "endpoints": {"base"},
    "notify": {"base"},
    "archive": {"base"},
    "objects": {"base"},
    "checks": {"base", "objects"},
    "comparison": {"base", "objects"},
    "oci": {"base", "archive"},
    "logins": {"base", "oci", "process"},
    "cloud": {"base", "oci"},
    "crypto": {"base"},
    "pkcs11": {"base", "crypto"},
    "commits": {"base", "crypto"},
    "tuf": {"base", "crypto"},
    "sigstore": {"base", "crypto"},
    "keyless": {"base", "crypto", "sigstore"},
    "signing": {"base", "oci", "crypto", "sigstore"},
    "roots": {"base", "archive", "tuf", "sigstore", "signing"},
    "kube": {"base", "objects"},
    "builder": {"base", "process", "archive", "charts", "commits", "objects", "oci", "project",
                "signing"},
    "charts": {"base", "objects"},
    "project": {"base", "charts", "checks", "objects", "oci"},
    "delivery": {"base", "objects", "oci", "signing"},
    "artifacts": {"base", "archive", "objects", "oci", "signing", "delivery"},
    "members": {"base", "objects", "kube", "delivery"},
    "target": {"base", "objects", "kube", "delivery", "members"},
    "puller": {"base", "objects", "signing", "kube", "delivery", "artifacts", "members", "target"},
    "controller": {"base", "objects", "oci", "signing", "roots", "kube", "delivery", "members",
                   "target", "puller"},
    "console": {"base", "archive", "objects", "oci", "signing", "kube", "delivery", "controller"},
}
# src holds two programs and what they share: file name prefix → modules.
PULLER = ALLOWED["puller"] | {"cloud", "oci", "roots", "puller", "controller", "endpoints", "notify"}
PROGRAMS = {"puller_": PULLER, "sealift_puller": PULLER, "delivery_listeners": PULLER}
SEALIFT = ALLOWED["builder"] | ALLOWED["console"] | {"checks", "cloud", "comparison", "crypto",
                                                       "endpoints", "keyless", "pkcs11", "sigstore", "tuf",
                                                       "roots", "builder", "console", "logins"}

MAX_LINES = {".cc": 450, ".h": 180}
MAX_TEST_LINES = {".cc": 500, ".h": 180}

# The part of tuf that says what is believed.
TUF_JUDGES = ("canonical_json", "metadata", "metadata_reader", "parse_metadata", "path_pattern",
              "role_keys", "target_check", "target_search", "trusted_set")

# What only the program of people and CI needs.
BUILDERS_LIBRARIES = ("libgit2", "libp11-kit")

# What `sealift` loads where it needs it: linked, they would take half the time of a command that
# does not.
LATE_LIBRARIES = ("libcurl.so", "libgit2.so", "librnp.so")

# What starts a process, as libc names it.
STARTS_PROCESS = re.compile(
    r"^_*(v?fork|exec(ve|v|vp|vpe|l|lp|le|veat)|fexecve|posix_spawnp?|system|popen|clone3?)(@|$)")

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)


def sources(root, directories, suffixes=(".h", ".cc")):
    for directory in directories:
        for path in sorted((root / directory).rglob("*")):
            if path.suffix in suffixes:
                yield path


def includes(path):
    """(bracket, name) of each include of a file."""
    return INCLUDE.findall(path.read_text())


def module_of(name):
    """"sealift/oci/manifest.h" → "oci"; None for what is not ours."""
    parts = name.split("/")
    return parts[1] if len(parts) > 2 and parts[0] == "sealift" else None


def modules_of_program(path):
    for prefix, modules in PROGRAMS.items():
        if path.name.startswith(prefix):
            return modules
    return SEALIFT


def check_directions(root, _):
    for path in sources(root, [*ALLOWED, "src"]):
        home = path.relative_to(root).parts[0]
        allowed = modules_of_program(path) if home == "src" else ALLOWED[home] | {home}
        for _, name in includes(path):
            if ".." in name.split("/"):
                yield f"{path}: includes {name}; a module is entered through its public headers"
            module = module_of(name)
            if module is not None and module not in allowed:
                yield f"{path}: includes {name}; {home} may use {', '.join(sorted(allowed))}"


def check_headers(root, _):
    for module in ALLOWED:
        for path in sources(root, [f"{module}/include"], (".h",)):
            if "#pragma once" not in path.read_text():
                yield f"{path}: has no #pragma once"
            for _, name in includes(path):
                ours = module_of(name) is not None
                standard = "/" not in name and "." not in name
                expected = name == "tl/expected.hpp" and path.name == "result.h"
                if not (ours or standard or expected):
                    yield f"{path}: includes {name}; third-party headers stay in .cc files"


def check_readmes(root, _):
    for directory in [*ALLOWED, "src"]:
        readme = root / directory / "README.md"
        if not readme.is_file():
            yield f"{directory}: has no README.md that says what the room is for"


def check_sizes(root, _):
    for directories, limits in (([*ALLOWED, "src"], MAX_LINES), (["tests"], MAX_TEST_LINES)):
        for path in sources(root, directories):
            lines = len(path.read_text().splitlines())
            if lines > limits[path.suffix]:
                yield (f"{path}: {lines} lines, more than {limits[path.suffix]}; "
                       "it holds more than one idea")


def check_offline(root, _):
    """Whoever judges signatures can't reach the network, not even through another header."""
    def reached(path, seen):
        for _, name in includes(path):
            module = module_of(name)
            local = path.parent / name
            target = root / module / "include" / name if module else local
            if target.is_file() and target not in seen:
                seen.add(target)
                reached(target, seen)
        return seen

    # Of tuf, what judges; its client is there to fetch.
    judges = [*sources(root, ["commits", "crypto", "sigstore", "signing"]),
              *(root / "tuf" / f"{name}.cc" for name in TUF_JUDGES)]
    for path in judges:
        if root / "base/include/sealift/base/http.h" in reached(path, set()):
            yield f"{path}: reaches sealift/base/http.h; verification knows no network"
        if re.search(r"\bsystem_(clock|files)\(\)", path.read_text()):
            yield f"{path}: asks the machine's clock or disk; both are arguments here"


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def linked(program):
    """(libraries of a builder, undefined symbols, own symbols) of a program. A library that is
    loaded late is in no table, but who lacks it is told its name."""
    bytes_ = pathlib.Path(program).read_bytes()
    libraries = [name for name in BUILDERS_LIBRARIES if name.encode() in bytes_]
    undefined = [line.split()[-1]
                 for line in output_of("nm", "--dynamic", "--undefined-only", program).splitlines()]
    return libraries, undefined, output_of("nm", "--demangle", program)


def check_puller(_, options):
    libraries, undefined, symbols = linked(options.puller)
    for library in libraries:
        yield f"{options.puller}: links or loads {library}"
    for symbol in undefined:
        if STARTS_PROCESS.search(symbol):
            yield f"{options.puller}: can start a process: {symbol}"
    for room in ("builder", "commits", "logins", "pkcs11", "process"):
        if f"sealift::{room}::" in symbols:
            yield f"{options.puller}: holds code of the room {room}"
    if "sealift::puller::" not in symbols:
        yield f"{options.puller}: has no symbols to judge by"
    for library in re.findall(r"\(NEEDED\).*\[(.*)\]", output_of("readelf", "--dynamic", options.sealift)):
        if library.startswith(LATE_LIBRARIES):
            yield f"{options.sealift}: links {library}, which is to be loaded when it is needed"
    # The other program does all of this; a check that does not see it there is blind.
    libraries, undefined, _ = linked(options.sealift)
    for name in set(BUILDERS_LIBRARIES) - set(libraries):
        yield f"{options.sealift}: {name} was not found by this check"
    if not any(STARTS_PROCESS.search(symbol) for symbol in undefined):
        yield f"{options.sealift}: posix_spawn was not found by this check"


def documented_commands(root):
    """(file, line, words) of each command line of our programs in the documentation."""
    for path in [root / "README.md", *sorted((root / "docs").rglob("*.md")),
                 *sorted((root / "examples").rglob("*.md"))]:
        text = path.read_text()
        for block in re.finditer(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            first = text.count("\n", 0, block.start(1)) + 1
            joined = block.group(1).replace("\\\n", "\x00 ")
            number = first
            for line in joined.split("\n"):
                match = re.match(r"\s*(?:\$ )?(sealift(?:-puller)?)\s+(.*)", line.replace("\x00", ""))
                if match:
                    yield path, number, [match.group(1), *match.group(2).split()]
                number += 1 + line.count("\x00")


def flags_in(help_text):
    return set(re.findall(r"(?<![\w-])(--?[a-zA-Z][\w-]*)", help_text))


def check_commands(root, options):
    programs = {"sealift": options.sealift, "sealift-puller": options.puller}
    helps = {}

    def help_of(*words):
        if words not in helps:
            done = subprocess.run([programs[words[0]], *words[1:], "--help"], capture_output=True,
                                  text=True, check=False)
            # Help comes before errors: that of the program itself for a command that is not there.
            named = f"Usage: {' '.join(words)} " in done.stdout
            helps[words] = done.stdout if done.returncode == 0 and named else None
        return helps[words]

    found = 0
    for path, number, words in documented_commands(root):
        found += 1
        command = [words[0]]
        while len(command) < min(len(words), 3) and re.fullmatch(r"[a-z]+(-[a-z]+)*",
                                                                    words[len(command)]):
            command.append(words[len(command)])
            if command[0] == "sealift" and command[1] not in ("evidence", "key", "policy", "schemas", "trust"):
                break
        text = help_of(*command)
        if text is None:
            yield f"{path}:{number}: there is no command {' '.join(command)}"
            continue
        known = flags_in(text) | flags_in(help_of(words[0]))
        for word in words[1:]:
            if word in ("#", "|", "&&", ">", ";"):
                break
            flag = word.split("=")[0]
            if re.fullmatch(r"--?[a-zA-Z][\w-]*", flag) and flag not in known:
                yield f"{path}:{number}: {' '.join(command)} has no flag {flag}"
    if found == 0:
        yield "the documentation shows no command at all"


def check_exit_codes(root, options):
    codes = {int(code) for code in re.findall(r"^\s+k\w+ = (\d+),", (root / "src/exit_code.h")
                                              .read_text(), re.MULTILINE)}
    page = (root / "docs/exit-codes.md").read_text()
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)}
    if codes != documented:
        yield f"docs/exit-codes.md lists {sorted(documented)}, src/exit_code.h {sorted(codes)}"
    for program in (options.sealift, options.puller):
        text = output_of(program, "--help").partition("Exit codes:")[2].partition(".\n")[0]
        told = {int(code) for code in re.findall(r"\b(\d+) \w", text)}
        if told != codes:
            yield f"{program} --help lists {sorted(told)}, src/exit_code.h {sorted(codes)}"


def leaves(schema, path="", seen=None):
    """Paths of the fields that hold no other fields: "healthChecks[].current[].path". Where `seen` is
    a set, what several objects share (an anchor of the YAML) is listed with the first of them."""
    for name, field in schema.get("properties", {}).items():
        inner, mark = field, ""
        if "properties" in field.get("items", {}):
            inner, mark = field["items"], "[]"
        fields = inner.get("properties")
        if not fields:
            yield path + name
        elif seen is None or id(fields) not in seen:
            if seen is not None:
                seen.add(id(fields))
            yield from leaves(inner, f"{path}{name}{mark}.", seen)


def spec_fields(root, definition, seen=None):
    document = yaml.safe_load((root / "packaging/crds" / definition).read_text())
    schema = document["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    return set(leaves(schema["properties"]["spec"], "", seen))


def documented_annotations(root):
    page = (root / "docs/formats/delivery.md").read_text()
    section = page.partition("\n## Annotations\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `sealift\.dev/([\w-]+)", section, re.MULTILINE))


def check_fields(root, _):
    page = (root / "tests/e2e/fields/README.md").read_text()
    cases = set()
    for path in sources(root, ["tests"], (".cc",)):
        cases.update(f"{suite}.{name}" for suite, name in re.findall(
            r"^TEST(?:_F|_P)?\((\w+), (\w+)\)", path.read_text(), re.MULTILINE))
    for title, wanted in (("Delivery", spec_fields(root, "deliveries.sealift.dev.yaml")),
                          ("TrustPolicy", spec_fields(root, "trustpolicies.sealift.dev.yaml", set())),
                          ("Annotations", documented_annotations(root))):
        section = page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
        rows = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \| `([^`]+)` \|$", section, re.MULTILINE)
        listed = [row[0] for row in rows]
        if not wanted or sorted(listed) != sorted(wanted):
            yield (f"tests/e2e/fields/README.md: {title} lists {sorted(set(listed) - wanted)}, which "
                   f"there are not, and misses {sorted(wanted - set(listed))}")
        for field, *named in rows:
            for case in named:
                if case not in cases:
                    yield f"tests/e2e/fields/README.md: {field}: there is no test {case}"


def members_of(header, definition):
    """Names of the data members of a class or struct: "  Counter& rollbacks;" → rollbacks."""
    body = header.partition(f"\n{definition} {{\n")[2].partition("\n};\n")[0]
    return re.findall(r"^  [\w:<>&]+ (\w+)(?: = [^;]+)?;", body, re.MULTILINE)


def check_metrics(root, _):
    """What is declared as a metric is set somewhere in the programs, and not by tests alone."""
    home = root / "endpoints/include/sealift/endpoints/puller_metrics.h"
    header = home.read_text()
    product = "\n".join(path.read_text() for path in sources(root, [*ALLOWED, "src"])
                        if path != home)
    counted = members_of(header, "class PullerMetrics")
    sampled = members_of(header, "struct PullerSnapshot")
    # A check that finds no members is blind.
    if "rollbacks" not in counted or "ready" not in sampled or "sinks" not in sampled:
        yield f"{home}: the members were not found by this check"
    for name in counted:
        if not re.search(rf"\bmetrics_?(?:\.|->){name}\.(?:with\(.*\)\s*\.)?(?:add|observe)\(",
                         product):
            yield f"{home}: {name} is declared, and no program counts it"
    for name in sampled:
        if not re.search(rf"\bsnapshot\.{name}(?: [+]?= |\.push_back\()|[+][+]snapshot\.{name}\b",
                         product):
            yield f"{home}: {name} is declared, and no program sets it"


CHECKS = {"directions": check_directions, "headers": check_headers, "readmes": check_readmes,
          "sizes": check_sizes, "offline": check_offline, "puller": check_puller,
          "commands": check_commands, "exit_codes": check_exit_codes, "fields": check_fields,
          "metrics": check_metrics}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("check", choices=sorted(CHECKS))
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--sealift", required=True)
    parser.add_argument("--puller", required=True)
    options = parser.parse_args()
    faults = list(CHECKS[options.check](options.source, options))
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
