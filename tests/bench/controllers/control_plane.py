"""A fresh control plane, its requests as it logs them, and a client that costs little."""
import base64
import collections
import concurrent.futures
import http.client
import json
import os
import pathlib
import ssl
import subprocess
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[3]
FIXTURES = ROOT / "tests/cluster"


class ApiError(Exception):
    def __init__(self, status, text):
        super().__init__(f"{status}: {text[:500]}")
        self.status = status


class Client:
    """HTTP to the API server as one user, one connection for each thread."""

    def __init__(self, server, ca, token):
        self.address = urllib.parse.urlsplit(server)
        self.tls = ssl.create_default_context(cafile=ca)
        self.token = token
        self.local = threading.local()

    def connect(self, timeout=120):
        return http.client.HTTPSConnection(self.address.hostname, self.address.port,
                                           context=self.tls, timeout=timeout)

    def headers(self, content_type="application/json"):
        return {"Authorization": f"Bearer {self.token}", "Content-Type": content_type,
                "User-Agent": "sealift-bench"}

    def send(self, method, path, body=None, content_type="application/json"):
        data = None if body is None else json.dumps(body)
        status, text = self.exchange(method, path, data, content_type)
        while status == 429:
            # The storage of a new definition takes a moment; nothing was done.
            time.sleep(0.1)
            status, text = self.exchange(method, path, data, content_type)
        if status >= 300:
            raise ApiError(status, text.decode(errors="replace"))
        return json.loads(text)

    def exchange(self, method, path, data, content_type):
        for attempt in (1, 2):
            connection = getattr(self.local, "connection", None)
            if connection is None:
                connection = self.local.connection = self.connect()
            try:
                connection.request(method, path, data, self.headers(content_type))
                answer = connection.getresponse()
                return answer.status, answer.read()
            except (http.client.HTTPException, OSError):
                # A kept connection may have ended since.
                connection.close()
                self.local.connection = None
                if attempt == 2:
                    raise
        return None

    def get(self, path):
        return self.send("GET", path)

    def create(self, path, body):
        return self.send("POST", path, body)

    def patch(self, path, body):
        return self.send("PATCH", path, body, "application/merge-patch+json")

    def apply(self, path, body):
        return self.send("PATCH", f"{path}?fieldManager=bench&force=true", body,
                         "application/apply-patch+yaml")

    def delete(self, path):
        return self.send("DELETE", path)

    def together(self, calls, threads=4):
        """Makes all calls, a few at a time; the first failure is raised."""
        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(call) for call in calls]:
                done.result()

    def watch(self, path, version):
        """The events of a watch from that resourceVersion on, until the server ends it."""
        connection = self.connect(timeout=600)
        try:
            connection.request("GET", f"{path}?watch=true&resourceVersion={version}",
                               headers=self.headers())
            answer = connection.getresponse()
            if answer.status != 200:
                raise ApiError(answer.status, answer.read().decode(errors="replace"))
            for line in answer:
                yield json.loads(line)
        finally:
            connection.close()


class ControlPlane:
    """tests/cluster/cluster in a folder, for as long as the `with` lasts."""

    def __init__(self, folder):
        self.folder = folder
        self.relay = None  # what the kubeconfigs of accounts go through

    @property
    def port(self):
        return urllib.parse.urlsplit(self.server).port

    def fixture(self, action, *arguments):
        subprocess.run([FIXTURES / "cluster", action, self.folder, *arguments], check=True)

    def __enter__(self):
        self.fixture("start", "--measured", "--owner", str(os.getpid()))
        environment = dict(line.split("=", 1) for line in
                           (self.folder / "env").read_text(encoding="utf-8").splitlines())
        self.server = environment["SEALIFT_CLUSTER_SERVER"].strip("'")
        self.ca = environment["SEALIFT_CLUSTER_CA"].strip("'")
        self.admin = Client(self.server, self.ca,
                            environment["SEALIFT_CLUSTER_ADMIN_TOKEN"].strip("'"))
        self.audit = self.folder / "log/audit.jsonl"
        return self

    def __exit__(self, *_):
        self.fixture("stop")

    def kubectl(self, *arguments, text=None):
        program = pathlib.Path(os.environ["SEALIFT_PARTS"]) / "kubectl"
        done = subprocess.run([program, "--kubeconfig", self.folder / "kubeconfig", *arguments],
                              input=text, text=True, capture_output=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"bench: kubectl {' '.join(map(str, arguments))}\n{done.stderr}")
        return done.stdout

    def account(self, namespace, name):
        """A kubeconfig for a new service account, whose requests the audit log tells apart."""
        self.admin.create(f"/api/v1/namespaces/{namespace}/serviceaccounts",
                          {"metadata": {"name": name}})
        made = self.admin.create(
            f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token",
            {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
             "spec": {"expirationSeconds": 86400}})
        ca = base64.b64encode(pathlib.Path(self.ca).read_bytes()).decode()
        path = self.folder / f"{name}.kubeconfig"
        server = f"https://127.0.0.1:{self.relay.port}" if self.relay else self.server
        path.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "bench",
            "clusters": [{"name": "bench", "cluster": {"server": server,
                                                       "certificate-authority-data": ca}}],
            "users": [{"name": "bench", "user": {"token": made["status"]["token"]}}],
            "contexts": [{"name": "bench", "context": {"cluster": "bench", "user": "bench",
                                                       "namespace": namespace}}]}),
            encoding="utf-8")
        return path

    def audit_position(self):
        return self.audit.stat().st_size if self.audit.exists() else 0

    def requests(self, user, start, end=None):
        """What that user asked for between two positions of the log: "patch", "patch/status",
        "patch (dry run)", "watch", … and how often. Impersonated requests count for whoever sent
        them."""
        counts = collections.Counter()
        with open(self.audit, "rb") as log:
            log.seek(start)
            while (end is None or log.tell() < end) and (line := log.readline()):
                if not line.endswith(b"\n"):
                    break
                event = json.loads(line)
                if event["user"].get("username") != user:
                    continue
                # A watch is told of at its beginning and at its end.
                if event["verb"] == "watch" and event["stage"] != "ResponseStarted":
                    continue
                counts[request_name(event)] += 1
        return dict(counts)


def request_name(event):
    reference = event.get("objectRef", {})
    name = event["verb"]
    if reference.get("subresource"):
        name += "/" + reference["subresource"]
    if "dryRun=All" in event["requestURI"]:
        name += " (dry run)"
    if reference.get("resource") == "leases":
        name += " (lease)"
    if not reference:
        name += " (discovery)"
    return name


class Process:
    """A controller that runs until the `with` ends, and what the kernel says about it."""

    def __init__(self, command, log, environment):
        self.log = log
        with open(log, "ab") as output:
            # The kernel ends it together with us.
            self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *map(str, command)],
                                            stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                            env=os.environ | environment)

    def check(self):
        if self.process.poll() is not None:
            raise SystemExit(self.last_words())

    def last_words(self):
        tail = self.log.read_text(encoding="utf-8", errors="replace")[-6000:]
        return f"bench: {self.log.stem} ended with {self.process.returncode}\n{tail}"

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8")
        user, system = fields.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def status_number(self, name):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1])
        raise SystemExit(f"bench: the kernel tells no {name}")

    def peak_mebibytes(self):
        return self.status_number("VmHWM") / 1024

    def resident_mebibytes(self):
        return self.status_number("VmRSS") / 1024

    def threads(self):
        return self.status_number("Threads")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))
