#!/usr/bin/env python3
"""Runs the tests that CTest knows under a label, and counts their cases.

CTest would start a program once for each case; a program with a shared fixture (a control plane)
would start it as often. So each GoogleTest program runs once, with all of its cases, and reports
them as JSON. A case that CTest lists and the report does not contain (a crash, a hang) failed; so
did one that was skipped, because a skipped test proves nothing.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

HANG_SECONDS = 900


def listed_programs(build_directories, label):
    """Programs by command, {(command, environment, directory): names of the cases}, the longest
    first, so that none is left to run alone at the end."""
    programs, costs = {}, {}
    for directory in build_directories:
        listing = subprocess.run(
            ["ctest", "--show-only=json-v1", "--label-regex", f"^({label})$",
             "--test-dir", directory],
            check=True, capture_output=True, text=True).stdout
        for test in json.loads(listing)["tests"]:
            if "command" not in test:
                sys.exit(f"run_suite: {test['name']} has no command; was it built?")
            properties = {p["name"]: p["value"] for p in test.get("properties", [])}
            arguments = test["command"]
            is_gtest = any(a.startswith("--gtest_filter") for a in arguments)
            command = tuple(a for a in arguments if not (is_gtest and a.startswith("--gtest_")))
            key = (command, is_gtest, tuple(properties.get("ENVIRONMENT", [])),
                   properties.get("WORKING_DIRECTORY", directory))
            programs.setdefault(key, []).append(test["name"])
            costs[key] = float(properties.get("COST", 0))
    return dict(sorted(programs.items(), key=lambda program: -costs[program[0]]))


def run_program(key, names):
    """Returns (program, passed, failed, seconds, text to show)."""
    command, is_gtest, environment, directory = key
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        report = pathlib.Path(scratch, "report.json")
        arguments = list(command)
        if is_gtest:
            arguments.append(f"--gtest_output=json:{report}")
        process = subprocess.Popen(
            arguments, cwd=directory,
            env={**os.environ, **dict(e.split("=", 1) for e in environment)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            start_new_session=True)
        try:
            output, _ = process.communicate(timeout=HANG_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            output += f"\nkilled: still running after {HANG_SECONDS} s\n"
        passed, not_run = count_cases(report, is_gtest, process.returncode)
    output = without_passed_cases(output)
    failed = max(len(names) - passed, 0 if process.returncode == 0 else 1)
    if failed and process.returncode < 0:
        output += f"\nended by signal {-process.returncode}\n"
    output += "".join(f"skipped, which counts as failed: {name}\n" for name in not_run)
    return pathlib.Path(command[0]).name, passed, failed, time.monotonic() - started, output


def without_passed_cases(output):
    """GoogleTest's own brief output does not name the case that crashed; this keeps it."""
    kept, case = [], []
    for line in output.splitlines():
        if line.startswith("[ RUN "):
            kept += case
            case = [line]
        elif line.startswith("[       OK ]"):
            case = []
        elif case:
            case.append(line)
        elif not line.startswith("[-----"):
            kept.append(line)
    return "\n".join(kept + case) + "\n"


def count_cases(report, is_gtest, status):
    if not is_gtest:
        return (1 if status == 0 else 0), []
    if not report.exists():
        return 0, []
    passed, not_run = 0, []
    for suite in json.loads(report.read_text(errors="replace"))["testsuites"]:
        for case in suite["testsuite"]:
            if case.get("result") != "COMPLETED":
                not_run.append(f"{suite['name']}.{case['name']}")
            elif not case.get("failures"):
                passed += 1
    return passed, not_run


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--suite", required=True, help="name to print")
    parser.add_argument("--label", required=True, help="regular expression for the label of CTest")
    parser.add_argument("--jobs", type=int, default=1, help="programs at a time")
    parser.add_argument("--totals", required=True, help="file to write 'PASSED FAILED' to")
    parser.add_argument("directories", nargs="+", help="folders of the build")
    options = parser.parse_args()
    totals = [0, 0]
    programs = listed_programs(options.directories, options.label)
    if not programs:
        print(f"{options.suite:10} CTest lists no test with the label {options.label}: FAILED")
        totals[1] = 1
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        runs = [pool.submit(run_program, key, names) for key, names in programs.items()]
        for run in concurrent.futures.as_completed(runs):
            name, passed, failed, seconds, output = run.result()
            if failed:
                print(output, flush=True)
            print(f"{options.suite:10} {name}: {passed} passed, {failed} failed ({seconds:.1f} s)",
                  flush=True)
            totals[0] += passed
            totals[1] += failed
    pathlib.Path(options.totals).write_text(f"{totals[0]} {totals[1]}\n")


if __name__ == "__main__":
    main()
