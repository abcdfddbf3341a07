"""The least that any controller must ask: four applies and two status patches for an application,
by a program that reads nothing and waits for nothing."""
import json
import os
import pathlib
import subprocess

from . import workload
from .control_plane import ROOT


def measure(plane, apps):
    folder = plane.folder.parent
    plane.kubectl("apply", "--server-side", "-f", ROOT / "packaging/crds")
    plane.kubectl("wait", "--for=condition=Established", "--timeout=60s",
                  "crd/deliveries.sealift.dev")
    kubeconfig = plane.account("bench-system", "bare")
    workload.give_power(plane, "bare")
    manifests = folder / "app.yaml"
    manifests.write_text(workload.MANIFESTS, encoding="utf-8")
    program = pathlib.Path(os.environ["SEALIFT_BIN"]).parent / "tests/bench/bench_bare_client"
    position = plane.audit_position()
    done = subprocess.run([program, kubeconfig, manifests, workload.NAMESPACE, str(apps)],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"bench: {program.name}: {done.stderr}")
    told = json.loads(done.stdout)
    requests = plane.requests("system:serviceaccount:bench-system:bare", position)
    return {"profile": "bare", "apps": apps,
            "install": told | {"requests": requests,
                               "requests_an_app": sum(requests.values()) / apps}}
