"""The application of Flux's public benchmark: a ServiceAccount, a Service, a Deployment with zero
replicas and an Ingress, as podinfo's, with names and labels made unique by substitution."""
import json

NAMESPACE = "bench-apps"
ACCOUNT = "applier"

MANIFESTS = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${APP}
  namespace: bench-apps
  labels: {app.kubernetes.io/name: "${APP}"}
---
apiVersion: v1
kind: Service
metadata:
  name: ${APP}
  namespace: bench-apps
  labels: {app.kubernetes.io/name: "${APP}"}
spec:
  type: ClusterIP
  selector: {app.kubernetes.io/name: "${APP}"}
  ports:
  - {name: http, port: 9898, protocol: TCP, targetPort: http}
  - {name: grpc, port: 9999, protocol: TCP, targetPort: grpc}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${APP}
  namespace: bench-apps
  labels: {app.kubernetes.io/name: "${APP}", app.kubernetes.io/version: "${VERSION}"}
spec:
  replicas: 0
  minReadySeconds: 3
  revisionHistoryLimit: 5
  progressDeadlineSeconds: 60
  strategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 0}}
  selector:
    matchLabels: {app.kubernetes.io/name: "${APP}"}
  template:
    metadata:
      annotations: {prometheus.io/scrape: "true", prometheus.io/port: "9797"}
      labels: {app.kubernetes.io/name: "${APP}"}
    spec:
      serviceAccountName: ${APP}
      containers:
      - name: podinfod
        image: ghcr.io/stefanprodan/podinfo:6.9.2
        imagePullPolicy: IfNotPresent
        ports:
        - {name: http, containerPort: 9898, protocol: TCP}
        - {name: http-metrics, containerPort: 9797, protocol: TCP}
        - {name: grpc, containerPort: 9999, protocol: TCP}
        command: [./podinfo, --port=9898, --port-metrics=9797, --grpc-port=9999, --level=info]
        env:
        - {name: PODINFO_UI_COLOR, value: "#34577c"}
        livenessProbe:
          exec: {command: [podcli, check, http, "localhost:9898/healthz"]}
          initialDelaySeconds: 5
          timeoutSeconds: 5
        readinessProbe:
          exec: {command: [podcli, check, http, "localhost:9898/readyz"]}
          initialDelaySeconds: 5
          timeoutSeconds: 5
        resources:
          limits: {cpu: 2000m, memory: 512Mi}
          requests: {cpu: 100m, memory: 64Mi}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${APP}
  namespace: bench-apps
  labels: {app.kubernetes.io/name: "${APP}"}
spec:
  rules:
  - host: ${APP}.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend: {service: {name: "${APP}", port: {number: 9898}}}
"""


def manifests(revision):
    """The same with a label that tells artifacts apart."""
    label = 'app.kubernetes.io/version: "${VERSION}"'
    return MANIFESTS.replace(label, f'{label}, bench/artifact: "{revision}"')


def names(count):
    return [f"app-{i:04}" for i in range(count)]


def path_of(kind, name):
    """Where an application's object is."""
    group = {"services": "/api/v1", "serviceaccounts": "/api/v1",
             "deployments": "/apis/apps/v1",
             "ingresses": "/apis/networking.k8s.io/v1"}[kind]
    return f"{group}/namespaces/{NAMESPACE}/{kind}/{name}"


def prepare(plane):
    """The namespaces, and the account that the controllers impersonate."""
    for namespace in (NAMESPACE, "bench-system"):
        plane.admin.create("/api/v1/namespaces", {"metadata": {"name": namespace}})
    plane.admin.create(f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts",
                       {"metadata": {"name": ACCOUNT}})
    plane.kubectl("create", "-f", "-", text=json.dumps({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "metadata": {"name": "applier", "namespace": NAMESPACE},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                    "name": "admin"},
        "subjects": [{"kind": "ServiceAccount", "name": ACCOUNT, "namespace": NAMESPACE}]}))


def give_power(plane, account):
    """All of it: what the account may do is not what is measured."""
    plane.kubectl("create", "clusterrolebinding", account, "--clusterrole=cluster-admin",
                  f"--serviceaccount=bench-system:{account}")


def is_ready(record):
    """By kstatus's rules: Ready is True for the generation that is wanted."""
    status = record.get("status", {})
    if status.get("observedGeneration") != record["metadata"]["generation"]:
        return False
    return any(condition["type"] == "Ready" and condition["status"] == "True" and
               condition.get("observedGeneration", record["metadata"]["generation"]) ==
               record["metadata"]["generation"]
               for condition in status.get("conditions", []))
