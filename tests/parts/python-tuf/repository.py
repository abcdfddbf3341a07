"""A TUF repository as python-tuf makes it, and python-tuf's own client: the judge of ours.

make DIR                        writes DIR/root.json and the states DIR/first and DIR/second
get ROOT METADATA TARGETS NAME  fetches a target with python-tuf's client from folders, prints it
canonical                       reads JSON from standard input, prints the bytes that are signed
"""

import copy
import datetime
import hashlib
import json
import pathlib
import shutil
import sys
import tempfile

from securesystemslib.formats import encode_canonical
from securesystemslib.signer import CryptoSigner
from tuf.api.exceptions import DownloadHTTPError
from tuf.api.metadata import (DelegatedRole, Delegations, MetaFile, Metadata, Root, Snapshot,
                              TargetFile, Targets, Timestamp)
from tuf.api.serialization.json import JSONSerializer
from tuf.ngclient import FetcherInterface, Updater

EXPIRES = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=30)).replace(
    microsecond=0)
CONTENTS = {"hello.txt": b"hello\n", "team/a/b.txt": b"from a team\n", "bins/x.txt": b"in a bin\n",
            "folder/\u00e9 \u4e16.txt": b"a name beyond ASCII\n"}


def target(path):
    return TargetFile.from_data(path, CONTENTS[path], ["sha256", "sha512"])


class Repository:
    """Keys of each kind, two of three for the root, delegations by path and by hash."""

    def __init__(self):
        self.signers = {
            "root": [CryptoSigner.generate_ecdsa(), CryptoSigner.generate_ed25519(),
                     CryptoSigner.generate_rsa()],
            "timestamp": [CryptoSigner.generate_ed25519()],
            "snapshot": [CryptoSigner.generate_rsa(scheme="rsassa-pss-sha256")],
            "targets": [CryptoSigner.generate_rsa(scheme="rsa-pkcs1v15-sha256"),
                        CryptoSigner.generate_ecdsa()],
            "team": [CryptoSigner.generate_ecdsa()],
            "bin": [CryptoSigner.generate_ed25519()],
        }
        root = Root(expires=EXPIRES, consistent_snapshot=True)
        for role in ("root", "timestamp", "snapshot", "targets"):
            for signer in self.signers[role]:
                root.add_key(signer.public_key, role)
        root.roles["root"].threshold = 2
        root.roles["targets"].threshold = 2
        root.unrecognized_fields["x-note"] = {"quote\"back\\": ["\t\n\u0001\u007f", None, True, -7]}
        self.root = root
        prefix = hashlib.sha256(b"bins/x.txt").hexdigest()[:2]
        delegations = Delegations({}, {
            "team": DelegatedRole("team", [], 1, True, paths=["team/*/*.txt"]),
            "bin": DelegatedRole("bin", [], 1, False, path_hash_prefixes=[prefix])})
        self.roles = {
            "targets": Targets(expires=EXPIRES, delegations=delegations),
            "team": Targets(expires=EXPIRES), "bin": Targets(expires=EXPIRES)}
        for role in ("team", "bin"):
            for signer in self.signers[role]:
                self.roles["targets"].add_key(signer.public_key, role)
        for path in CONTENTS:
            role = {"team": "team", "bins": "bin"}.get(path.split("/")[0], "targets")
            self.roles[role].targets[path] = target(path)
        self.snapshot = Snapshot(expires=EXPIRES)
        self.timestamp = Timestamp(expires=EXPIRES)

    def write(self, directory, name, signed, signers):
        metadata = Metadata(copy.deepcopy(signed))
        for signer in signers:
            metadata.sign(signer, append=True)
        data = metadata.to_bytes(JSONSerializer(compact=signed.type == "timestamp"))
        (directory / name).write_bytes(data)
        return data

    def publish(self, directory, old_root_signers=()):
        directory.mkdir(parents=True, exist_ok=True)
        self.write(directory, f"{self.root.version}.root.json", self.root,
                   [*self.signers["root"], *old_root_signers])
        for role, signed in self.roles.items():
            data = self.write(directory, f"{signed.version}.{role}.json", signed,
                              self.signers[role])
            self.snapshot.meta[f"{role}.json"] = MetaFile.from_data(signed.version, data,
                                                                   ["sha256"])
        data = self.write(directory, f"{self.snapshot.version}.snapshot.json", self.snapshot,
                          self.signers["snapshot"])
        self.timestamp.snapshot_meta = MetaFile.from_data(self.snapshot.version, data,
                                                          ["sha256", "sha512"])
        self.write(directory, "timestamp.json", self.timestamp, self.signers["timestamp"])
        for signed in self.roles.values():
            for path, file in signed.targets.items():
                for digest in file.hashes.values():
                    place = directory / "targets" / path
                    place.parent.mkdir(parents=True, exist_ok=True)
                    (place.parent / f"{digest}.{place.name}").write_bytes(CONTENTS[path])


def make(directory):
    directory = pathlib.Path(directory)
    repository = Repository()
    repository.publish(directory / "first")
    (directory / "root.json").write_bytes((directory / "first/1.root.json").read_bytes())
    # A key of the root and that of the timestamp are replaced; everything is one version further.
    old_signers = repository.signers["root"][:2]
    gone = repository.signers["root"].pop(0)
    repository.root.revoke_key(gone.public_key.keyid, "root")
    repository.root.revoke_key(repository.signers["timestamp"][0].public_key.keyid, "timestamp")
    repository.signers["timestamp"] = [CryptoSigner.generate_ecdsa()]
    repository.root.add_key(repository.signers["timestamp"][0].public_key, "timestamp")
    CONTENTS["hello.txt"] = b"hello again\n"
    repository.roles["targets"].targets["hello.txt"] = target("hello.txt")
    for signed in (repository.root, repository.snapshot, repository.timestamp,
                   repository.roles["targets"]):
        signed.version += 1
    shutil.copytree(directory / "first", directory / "second")
    repository.publish(directory / "second", old_signers)


class Folders(FetcherInterface):
    """A repository in folders."""

    def _fetch(self, url):
        path = pathlib.Path(url.removeprefix("file://"))
        if not path.is_file():
            raise DownloadHTTPError("missing", 404)
        yield path.read_bytes()


def get(root, metadata, targets, name):
    with tempfile.TemporaryDirectory() as folder:
        updater = Updater(folder, f"file://{metadata}/", target_dir=folder,
                          target_base_url=f"file://{targets}/", fetcher=Folders(),
                          bootstrap=pathlib.Path(root).read_bytes())
        updater.refresh()
        info = updater.get_targetinfo(name)
        if info is None:
            sys.exit(f"{name} is not listed")
        sys.stdout.write(pathlib.Path(updater.download_target(info)).read_text())


def main():
    command, *arguments = sys.argv[1:]
    if command == "make":
        make(*arguments)
    elif command == "get":
        get(*arguments)
    else:
        sys.stdout.buffer.write(encode_canonical(json.load(sys.stdin)).encode())


main()
