"""A controller for the bench: how it is set up, and what an application is to it."""
import hashlib
import http.server
import io
import json
import os
import pathlib
import subprocess
import tarfile
import threading

from . import workload
from .control_plane import FIXTURES, ROOT, Process

SYSTEM = "bench-system"


def run(*command, where=None, environment=None):
    done = subprocess.run([str(part) for part in command], cwd=where, text=True,
                          capture_output=True, check=False, env=os.environ | (environment or {}))
    if done.returncode != 0:
        raise SystemExit(f"bench: {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


class Profile:
    """Between __enter__ and __exit__ the controllers run. `records` is the path of the collection
    whose objects become Ready, `users` who the controllers are to the API server."""

    name = ""
    records = ""

    def __init__(self, plane, folder, interval):
        self.plane = plane
        self.folder = folder
        self.interval = interval
        self.processes = []

    @property
    def user(self):
        return f"system:serviceaccount:{SYSTEM}:{self.name}"

    def start(self, name, command, environment=None):
        process = Process(command, self.folder / f"{name}.log", environment or {})
        self.processes.append(process)
        return process

    def __exit__(self, *_):
        for process in self.processes:
            process.stop()

    def check(self):
        for process in self.processes:
            process.check()

    def cpu_seconds(self):
        return sum(process.cpu_seconds() for process in self.processes)

    def peak_mebibytes(self):
        return sum(process.peak_mebibytes() for process in self.processes)


class Sealift(Profile):
    """sealift-puller on the custom resources of the cluster, signatures verified."""

    name = "sealift"
    records = f"/apis/sealift.dev/v1alpha1/namespaces/{workload.NAMESPACE}/deliveries"

    def __init__(self, plane, folder, interval, build="release"):
        super().__init__(plane, folder, interval)
        programs = pathlib.Path(os.environ["SEALIFT_BIN"])
        self.sealift = programs / "sealift"
        self.secret = {"SEALIFT_PASSWORD": "bench"}
        self.puller = programs / "sealift-puller"
        if build != "release":
            self.puller = ROOT / "build" / build / "src/sealift-puller"
        self.relay = plane.relay

    def __enter__(self):
        self.registry = self.folder / "registry"
        self.start_registry()
        self.address = (self.registry / "address").read_text(encoding="utf-8").strip()
        self.make_source()
        self.publish("r1")
        self.plane.kubectl("apply", "--server-side", "-f", ROOT / "packaging/crds")
        for definition in ("deliveries", "trustpolicies"):
            self.plane.kubectl("wait", "--for=condition=Established", "--timeout=60s",
                               f"crd/{definition}.sealift.dev")
        self.plane.kubectl("create", "-f", "-", text=json.dumps(self.policy()))
        kubeconfig = self.plane.account(SYSTEM, self.name)
        self.give_shipped_roles()
        self.start("sealift-puller", [
            self.puller, "--kubeconfig", kubeconfig, "--state", self.folder / "state",
            "--default-service-account", workload.ACCOUNT, "--listen", "127.0.0.1:0",
            "--allow-local-addresses"],
            # What a sanitizer finds ends the program, and check() tells.
            {"TSAN_OPTIONS": "halt_on_error=1", "ASAN_OPTIONS": "detect_leaks=1",
             "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"})
        return self

    def __exit__(self, *_):
        super().__exit__()
        self.stop_registry()

    def end(self):
        """The program is stopped, and has to end well: leaks are told then."""
        for process in self.processes:
            process.stop()
            if process.process.returncode != 0:
                raise SystemExit(process.last_words())

    def give_shipped_roles(self):
        """What `sealift install` grants, and no more."""
        for name in ("namespace", "puller-roles"):
            self.plane.kubectl("apply", "--server-side", "-f",
                               ROOT / f"packaging/install/{name}.yaml")
        for role in ("deliveries", "policies", "watch"):
            self.plane.kubectl("create", "clusterrolebinding", f"sealift-puller-{role}",
                               f"--clusterrole=sealift-puller-{role}",
                               f"--serviceaccount={SYSTEM}:{self.name}")

    def make_source(self):
        self.source = self.folder / "source"
        (self.source / "app").mkdir(parents=True)
        run("git", "init", "-q", where=self.source)
        run(self.sealift, "key", "generate", "--output-key-prefix", "bench", where=self.folder,
            environment=self.secret)

    def publish(self, revision):
        """An artifact whose Deployments carry the label bench/artifact."""
        (self.source / "app/app.yaml").write_text(workload.manifests(revision), encoding="utf-8")
        run("git", "add", ".", where=self.source)
        run("git", "-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "-q",
            "-m", revision, where=self.source)
        target = f"oci://{self.address}/bench/app:v1"
        run(self.sealift, "push", target, "--plain-http", "--from", self.source, "--path", "app",
            "--sequence", revision.removeprefix("r"), "--sign", self.folder / "bench.key",
            environment=self.secret)

    def policy(self):
        key = (self.folder / "bench.pub").read_text(encoding="utf-8")
        return {"apiVersion": "sealift.dev/v1alpha1", "kind": "TrustPolicy",
                "metadata": {"name": "bench"},
                "spec": {"repositories": [f"{self.address}/bench/**"],
                         "signatures": {"keys": [{"name": "bench", "publicKey": key}]}}}

    def record(self, app):
        return {"apiVersion": "sealift.dev/v1alpha1", "kind": "Delivery",
                "metadata": {"name": app},
                "spec": {"artifact": {"url": f"oci://{self.address}/bench/app", "tag": "v1",
                                      "insecure": True},
                         "interval": self.interval, "serviceAccountName": workload.ACCOUNT,
                         "prune": True, "wait": True, "timeout": "5m",
                         "substitute": {"APP": app, "VERSION": "v1"}}}

    def change(self, version):
        return {"spec": {"substitute": {"VERSION": version}}}

    def stop_registry(self):
        run(FIXTURES / "registry", "stop", self.registry)

    def start_registry(self):
        run(FIXTURES / "registry", "start", self.registry, "--owner", os.getpid())


class SealiftWithoutPreflight(Sealift):
    """The same, without a dry run before the first write, as Flux has none."""

    name = "no-preflight"

    def record(self, app):
        record = super().record(app)
        record["spec"]["preflight"] = False
        return record


class Flux(Profile):
    """kustomize-controller, with the flags of Flux's own benchmark. Its source-controller cannot be
    built from the modules that are served, so the bench stands in for it: one OCIRepository for all
    applications, whose artifact the bench serves. Fetching, and in its way also verification, cost
    Flux nothing here."""

    name = "flux"
    records = ("/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/"
               f"{workload.NAMESPACE}/kustomizations")
    # Its CustomResourceDefinitions, from the module cache.
    modules = {"github.com/fluxcd/source-controller@v1.9.5":
               "h1:MFPyCodUi9hZIMaKDsC/rYbNoyzpvrAdrPVixj7W9F0=",
               "github.com/fluxcd/kustomize-controller@v1.9.5":
               "h1:/XY2zy3K7fntyppEXIHG7oRMzmfgIt50eJzUfaPX1Kc="}

    def __enter__(self):
        self.define()
        self.serve()
        kubeconfig = self.plane.account(SYSTEM, self.name)
        workload.give_power(self.plane, self.name)
        program = pathlib.Path(os.environ["SEALIFT_PARTS"]) / "kustomize-controller"
        self.start("kustomize-controller", [
            program, "--watch-all-namespaces", "--concurrent=20", "--kube-api-qps=500",
            "--kube-api-burst=1000", "--requeue-dependency=5s", "--log-level=error",
            "--enable-leader-election=false", "--metrics-addr=127.0.0.1:0",
            "--health-addr=127.0.0.1:0"],
            {"KUBECONFIG": str(kubeconfig), "RUNTIME_NAMESPACE": SYSTEM})
        return self

    def __exit__(self, *_):
        super().__exit__()
        self.server.shutdown()

    def define(self):
        for module, checksum in self.modules.items():
            found = json.loads(run("go", "mod", "download", "-json", module, where=self.folder,
                                   environment={"GOFLAGS": "-mod=mod"}))
            if found["Sum"] != checksum:
                raise SystemExit(f"bench: {module} has the checksum {found['Sum']}")
            self.plane.kubectl("apply", "--server-side", "-f",
                               pathlib.Path(found["Dir"]) / "config/crd/bases")
        for kind in ("ocirepositories.source", "kustomizations.kustomize"):
            self.plane.kubectl("wait", "--for=condition=Established", "--timeout=60s",
                               f"crd/{kind}.toolkit.fluxcd.io")

    def serve(self):
        content = archive_of(workload.MANIFESTS)
        digest = hashlib.sha256(content).hexdigest()
        self.server = serve_bytes(content)
        port = self.server.server_address[1]
        path = f"/apis/source.toolkit.fluxcd.io/v1/namespaces/{workload.NAMESPACE}/ocirepositories"
        made = self.plane.admin.create(path, {
            "apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "OCIRepository",
            "metadata": {"name": "bench"},
            "spec": {"interval": self.interval, "url": "oci://registry.example.com/bench/app",
                     "ref": {"tag": "v1"}}})
        self.plane.admin.patch(f"{path}/bench/status", {"status": {
            "observedGeneration": made["metadata"]["generation"],
            "conditions": [{"type": "Ready", "status": "True", "reason": "Succeeded",
                            "message": "stored", "lastTransitionTime": "2026-01-01T00:00:00Z",
                            "observedGeneration": made["metadata"]["generation"]}],
            "artifact": {"url": f"http://127.0.0.1:{port}/app.tar.gz", "path": "app.tar.gz",
                         "revision": f"v1@sha256:{digest}", "digest": f"sha256:{digest}",
                         "lastUpdateTime": "2026-01-01T00:00:00Z", "size": len(content)}}})

    def record(self, app):
        return {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
                "metadata": {"name": app},
                "spec": {"sourceRef": {"kind": "OCIRepository", "name": "bench"}, "path": "./",
                         "interval": self.interval, "serviceAccountName": workload.ACCOUNT,
                         "prune": True, "wait": True, "timeout": "5m",
                         "postBuild": {"substitute": {"APP": app, "VERSION": "v1"}}}}

    def change(self, version):
        return {"spec": {"postBuild": {"substitute": {"VERSION": version}}}}


def archive_of(manifests):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        entry = tarfile.TarInfo("app.yaml")
        entry.size = len(manifests)
        archive.addfile(entry, io.BytesIO(manifests.encode()))
    return content.getvalue()


def serve_bytes(content):
    """An HTTP server that answers every GET with these bytes."""
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


PROFILES = {profile.name: profile for profile in (Sealift, SealiftWithoutPreflight, Flux)}
