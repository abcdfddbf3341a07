"""Programs that do the same work in turns, in one run on one machine, and their ratios."""
import contextlib
import os
import pathlib
import re
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
REQUEST = re.compile(r'"(?:GET|HEAD|PUT|POST|PATCH|DELETE) /v2/')


class Registry:
    """A registry of a fixture: where it is, and how many requests it has had."""

    def __init__(self, served):
        self.address = (served / "address").read_text(encoding="utf-8").strip()
        self.log = served / "log" / "registry.log"

    def requests(self):
        return len(REQUEST.findall(self.log.read_text(encoding="utf-8", errors="replace")))


@contextlib.contextmanager
def serve(folder, *options):
    """A real registry for as long as it is wanted."""
    fixture = str(ROOT / "tests/cluster/registry")
    subprocess.run([fixture, "start", folder, "--owner", str(os.getpid()), *options], check=True)
    try:
        yield Registry(folder)
    finally:
        subprocess.run([fixture, "stop", folder], check=True)


class Comparison:
    def __init__(self, arguments, work):
        self.runs = arguments.runs
        self.only = arguments.only
        self.quiet = arguments.json
        self.work = work
        self.rows = []
        self.binaries = pathlib.Path(os.environ["SEALIFT_BIN"])
        self.measure = self.binaries.parent / "tests/bench/bench_measure"
        self.environment = {
            "PATH": f"{self.binaries}:{os.environ['SEALIFT_PARTS']}:{os.environ['PATH']}",
            "HOME": str(work),
            "TMPDIR": str(work),
            "SEALIFT_PASSWORD": "bench",
            "COSIGN_PASSWORD": "bench",
            "GIT_CONFIG_NOSYSTEM": "1",
        }

    def do(self, *command, where=None):
        """Runs a step of the preparation; its output."""
        done = subprocess.run(command, cwd=where or self.work, env=self.environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False)
        if done.returncode != 0:
            sys.exit(f"bench: {' '.join(command)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def once(self, command):
        """Seconds by the clock, seconds of processors, and MiB of one run."""
        result = self.work / "measured"
        with open(self.work / "said", "w", encoding="utf-8") as said:
            subprocess.run([self.measure, result, *command], cwd=self.work, env=self.environment,
                           stdout=said, stderr=subprocess.STDOUT, check=True)
        seconds, cpu, kibibytes, status = result.read_text(encoding="utf-8").split()
        if status != "0":
            words = (self.work / "said").read_text(encoding="utf-8")
            sys.exit(f"bench: ended with {status}: {' '.join(command)}\n{words}")
        return float(seconds), float(cpu), int(kibibytes) / 1024

    def wants(self, name):
        return self.only in name

    def compare(self, name, registries=(), runs=None, **commands):
        """Each keyword is a program; its value makes the command of run number i. The first of them
        is ours. They take turns, and run -1 only warms up. With registries, their requests count."""
        if not self.wants(name):
            return
        runs = runs or self.runs
        taken = {program: [] for program in commands}
        for i in range(-1, runs):
            for program, command in commands.items():
                before = sum(registry.requests() for registry in registries)
                figures = self.once(command(i))
                asked = sum(registry.requests() for registry in registries) - before
                if i >= 0:
                    taken[program].append((*figures, asked))
        medians = {program: {"seconds": statistics.median(f[0] for f in figures),
                             "cpu_seconds": statistics.median(f[1] for f in figures),
                             "mebibytes": statistics.median(f[2] for f in figures),
                             "requests": statistics.median(f[3] for f in figures),
                             "fastest": min(figures)[0], "slowest": max(figures)[0]}
                   for program, figures in taken.items()}
        ours, *peers = medians
        for peer in peers:
            row = {"task": name, "program": ours, "peer": peer, "runs": runs,
                   "ours": medians[ours], "theirs": medians[peer]}
            for ratio, figure in (("time_ratio", "seconds"), ("cpu_ratio", "cpu_seconds"),
                                  ("memory_ratio", "mebibytes"), ("request_ratio", "requests")):
                theirs = medians[peer][figure]
                row[ratio] = medians[ours][figure] / theirs if theirs else None
            self.rows.append(row)
            self.print_row(row, bool(registries))

    def print_heading(self):
        if not self.quiet:
            print(f"{'':<22} {'':<17} {'wall time':^26} {'processor time':^24} {'peak memory':^28}")
            print(f"{'task':<22} {'peer':<17}"
                  f" {'ours':>9} {'theirs':>9} {'ratio':>6} {'ours':>8} {'theirs':>8} {'ratio':>6}"
                  f" {'ours':>10} {'theirs':>10} {'ratio':>6}")

    def print_row(self, row, with_requests=False):
        if self.quiet:
            return
        print(f"{row['task']:<22} {row['peer']:<17}"
              f" {row['ours']['seconds'] * 1000:>6.0f} ms {row['theirs']['seconds'] * 1000:>6.0f} ms"
              f" {row['time_ratio']:>6.2f}"
              f" {row['ours']['cpu_seconds'] * 1000:>5.0f} ms"
              f" {row['theirs']['cpu_seconds'] * 1000:>5.0f} ms {row['cpu_ratio']:>6.2f}"
              f" {row['ours']['mebibytes']:>6.1f} MiB {row['theirs']['mebibytes']:>6.1f} MiB"
              f" {row['memory_ratio']:>6.2f}"
              + (f" {row['ours']['requests']:>7.0f} {row['theirs']['requests']:>7.0f}"
                 f" {row['request_ratio'] or 0:>5.2f}" if with_requests else ""), flush=True)
