"""One controller, one number of applications, one fresh control plane: all that is measured."""
import http.client
import statistics
import sys
import threading
import time

from . import workload
from .control_plane import ApiError

# Nothing that works takes this long; a controller that hangs must not hang the bench.
LONGEST_SECONDS = 1800


def tell(line):
    """To whoever waits: a run takes many minutes."""
    print(line, file=sys.stderr, flush=True)


class Readiness:
    """In which generation each record was Ready, by a watch; each change of state is seen within
    milliseconds. What was Ready once counts: Flux takes Ready back while it looks again, which with
    a thousand applications and a short interval is true of some of them at every moment."""

    def __init__(self, client, path):
        self.client = client
        self.path = path
        self.ready = {}
        self.states = {}
        self.changed = threading.Condition()
        threading.Thread(target=self.follow, args=(self.list(),), daemon=True).start()

    def list(self):
        """The state, and the version to watch from."""
        listed = self.client.get(self.path)
        for record in listed["items"]:
            self.take(record)
        return listed["metadata"]["resourceVersion"]

    def follow(self, version):
        while True:
            try:
                for event in self.client.watch(self.path, version):
                    if event["type"] == "ERROR":
                        break
                    version = event["object"]["metadata"]["resourceVersion"]
                    if event["type"] != "BOOKMARK":
                        self.take(event["object"])
                else:
                    continue
                version = self.list()
            except (OSError, http.client.HTTPException, ValueError, ApiError):
                # The API server is away; what happened meanwhile is in the next watch.
                time.sleep(0.2)

    def take(self, record):
        name = record["metadata"]["name"]
        with self.changed:
            self.states[name] = record.get("status", {})
            if workload.is_ready(record):
                self.ready[name] = record["metadata"]["generation"]
            self.changed.notify_all()

    def await_all(self, generations, check):
        """Seconds by the clock at which all records had been Ready in at least these generations."""
        def missing():
            return [name for name, generation in generations.items()
                    if self.ready.get(name, 0) < generation]
        end = time.monotonic() + LONGEST_SECONDS
        with self.changed:
            while left := missing():
                check()
                if time.monotonic() > end:
                    raise SystemExit(f"bench: {len(left)} applications did not become Ready, such "
                                     f"as {left[0]}: {self.states.get(left[0])}")
                self.changed.wait(1)
            return time.monotonic()


class Run:
    """The phases of one profile, in their order; `figures` grows with each. What comes after the
    update is measured with `rest_interval`, another than the one before where it is given: an
    interval that lets a controller look again during an installation of many is a load of its own."""

    def __init__(self, plane, profile, apps, steady_seconds, rest_interval=None):
        self.plane = plane
        self.profile = profile
        self.apps = workload.names(apps)
        self.steady_seconds = steady_seconds
        self.rest_interval = rest_interval
        self.figures = {"profile": profile.name, "apps": apps}
        self.generations = {}

    def go(self):
        self.readiness = Readiness(self.plane.admin, self.profile.records)
        self.phase("install", self.install)
        self.settle()
        self.phase("update", self.update)
        self.settle()
        if self.rest_interval:
            self.change_all({"spec": {"interval": self.rest_interval}})
            self.settle()
        if self.steady_seconds > 0:
            self.phase("steady", lambda: time.sleep(self.steady_seconds))
        self.drift()
        self.figures["peak_mebibytes"] = self.profile.peak_mebibytes()
        return self.figures

    def phase(self, name, work):
        """Seconds until the work was done, and what the controllers spent until they were quiet."""
        position, cpu, started = (self.plane.audit_position(), self.profile.cpu_seconds(),
                                  time.monotonic())
        finished = work() or time.monotonic()
        if name != "steady":
            self.settle()
        self.profile.check()
        requests = self.plane.requests(self.profile.user, position)
        self.figures[name] = {
            "seconds": finished - started,
            "cpu_seconds": self.profile.cpu_seconds() - cpu,
            "requests": requests,
            "requests_an_app": sum(requests.values()) / len(self.apps)}
        tell(f"{self.profile.name}, {len(self.apps)} applications: {name} took "
             f"{finished - started:.1f} s")

    def settle(self):
        """Returns when the controllers have asked for nothing for two seconds, or never do."""
        for _ in range(10):
            position = self.plane.audit_position()
            time.sleep(2)
            if not self.plane.requests(self.profile.user, position):
                return

    def install(self):
        def create(app):
            made = self.plane.admin.create(self.profile.records, self.profile.record(app))
            self.generations[app] = made["metadata"]["generation"]
        self.plane.admin.together([lambda app=app: create(app) for app in self.apps])
        return self.readiness.await_all(self.generations, self.profile.check)

    def change_all(self, patch):
        def change(app):
            changed = self.plane.admin.patch(f"{self.profile.records}/{app}", patch)
            self.generations[app] = changed["metadata"]["generation"]
        self.plane.admin.together([lambda app=app: change(app) for app in self.apps])

    def update(self, version="v2"):
        self.change_all(self.profile.change(version))
        finished = self.readiness.await_all(self.generations, self.profile.check)
        self.check_version(version)
        return finished

    def check_version(self, version):
        """Ready must mean that it is there."""
        label = "app.kubernetes.io/version"
        for app in self.apps:
            live = self.plane.admin.get(workload.path_of("deployments", app))
            if live["metadata"]["labels"].get(label) != version:
                raise SystemExit(f"bench: {app} is Ready, but {label} is not {version}: "
                                 f"{live['metadata']['labels']}")

    def await_label(self, kind, label, value):
        """Returns when that object of each application has the label with this value, or with any."""
        end = time.monotonic() + LONGEST_SECONDS
        for app in self.apps:
            path = workload.path_of(kind, app)
            def has_label(_, live):
                found = live["metadata"]["labels"].get(label)
                return found == value if value else found is not None
            while not self.is_there(path, has_label):
                self.profile.check()
                if time.monotonic() > end:
                    raise SystemExit(f"bench: {path} never got {label}={value}")
                time.sleep(0.1)

    def check_all_there(self):
        """Nothing of any application is missing."""
        for app in self.apps:
            for kind in ("serviceaccounts", "services", "deployments", "ingresses"):
                if not self.is_there(workload.path_of(kind, app), lambda *_: True):
                    raise SystemExit(f"bench: {workload.path_of(kind, app)} is missing")

    def drift(self):
        """Seconds until changed fields of Deployments and deleted Services are as they were."""
        count = max(1, min(10, len(self.apps) // 2))
        deployments = [workload.path_of("deployments", app) for app in self.apps[:count]]
        services = [workload.path_of("services", app) for app in self.apps[-count:]]
        old = {path: self.plane.admin.get(path)["metadata"]["uid"] for path in services}
        self.figures["patched_repaired_seconds"] = self.repairs(
            deployments, lambda path: self.plane.admin.patch(path, {"spec": {"minReadySeconds": 7}}),
            lambda _, live: live["spec"].get("minReadySeconds") == 3)
        self.figures["deleted_restored_seconds"] = self.repairs(
            services, self.plane.admin.delete,
            lambda path, live: live["metadata"]["uid"] != old[path])

    def repairs(self, paths, damage, is_repaired):
        """Damages all at once; the median and the longest time until each was repaired."""
        damaged = {}
        for path in paths:
            damage(path)
            damaged[path] = time.monotonic()
        taken = []
        while damaged:
            self.profile.check()
            for path in list(damaged):
                if self.is_there(path, is_repaired):
                    taken.append(time.monotonic() - damaged.pop(path))
                elif time.monotonic() - damaged[path] > LONGEST_SECONDS:
                    raise SystemExit(f"bench: {path} was never repaired")
            time.sleep(0.01)
        return {"median": statistics.median(taken), "longest": max(taken)}

    def is_there(self, path, condition):
        try:
            return condition(path, self.plane.admin.get(path))
        except ApiError as error:
            if error.status != 404:
                raise
            return False
