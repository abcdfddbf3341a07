package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/cyberphone/json-canonicalization/go/src/webpki.org/jsoncanonicalizer"
	"github.com/go-openapi/runtime"
	"github.com/go-openapi/strfmt"
	"github.com/sigstore/rekor/pkg/generated/models"
	"github.com/sigstore/rekor/pkg/types"
	_ "github.com/sigstore/rekor/pkg/types/dsse/v0.0.1"
	_ "github.com/sigstore/rekor/pkg/types/hashedrekord/v0.0.1"
	_ "github.com/sigstore/rekor/pkg/types/intoto/v0.0.2"
	"github.com/sigstore/rekor/pkg/util"
	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/merkle/testonly"
)

const (
	treeID = 0x5ea11f7
	// Entries that an earlier tree of the log held: the global index is not the tree's.
	earlierEntries = 1000
)

// entryLog is a Rekor v1 log: what goes in is checked and made canonical by Rekor's own code.
type entryLog struct {
	url    string
	public crypto.PublicKey
	signer signature.Signer

	mutex   sync.Mutex
	tree    *testonly.Tree
	entries map[string]models.LogEntryAnon // by ID
}

func startEntryLog() (*entryLog, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	signer, err := signature.LoadECDSASigner(key, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	l := &entryLog{public: key.Public(), signer: signer,
		tree: testonly.New(rfc6962.DefaultHasher), entries: map[string]models.LogEntryAnon{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/log/entries", l.create)
	mux.HandleFunc("GET /api/v1/log/entries/{id}", l.get)
	l.url, err = serve(mux)
	return l, err
}

func refuse(w http.ResponseWriter, status int, err error) {
	answer(w, status, models.Error{Code: int64(status), Message: err.Error()})
}

func (l *entryLog) create(w http.ResponseWriter, r *http.Request) {
	body, err := canonicalEntry(r)
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	id := fmt.Sprintf("%016x%x", treeID, rfc6962.DefaultHasher.HashLeaf(body))
	address := "/api/v1/log/entries/" + id
	if _, there := l.entries[id]; there {
		w.Header().Set("Location", address)
		refuse(w, http.StatusConflict, fmt.Errorf("an equivalent entry already exists in the "+
			"transparency log with UUID %s", id))
		return
	}
	entry, err := l.include(r.Context(), body)
	if err != nil {
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	l.entries[id] = entry
	w.Header().Set("Location", address)
	w.Header().Set("ETag", id)
	answer(w, http.StatusCreated, models.LogEntry{id: entry})
}

func (l *entryLog) get(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	l.mutex.Lock()
	entry, there := l.entries[id]
	l.mutex.Unlock()
	if !there {
		refuse(w, http.StatusNotFound, fmt.Errorf("there is no entry %s", id))
		return
	}
	answer(w, 200, models.LogEntry{id: entry})
}

func canonicalEntry(r *http.Request) ([]byte, error) {
	proposed, err := models.UnmarshalProposedEntry(r.Body, runtime.JSONConsumer())
	if err != nil {
		return nil, err
	}
	entry, err := types.CreateVersionedEntry(proposed)
	if err != nil {
		return nil, err
	}
	return types.CanonicalizeEntry(r.Context(), entry)
}

func (l *entryLog) include(ctx context.Context, body []byte) (models.LogEntryAnon, error) {
	index := l.tree.Size()
	l.tree.AppendData(body)
	global, inTree := int64(index)+earlierEntries, int64(index)
	size, now := int64(l.tree.Size()), time.Now().Unix()
	id := hex.EncodeToString(keyID(l.public))
	entry := models.LogEntryAnon{Body: body, IntegratedTime: &now, LogID: &id, LogIndex: &global}
	promise, err := l.promise(ctx, entry)
	if err != nil {
		return entry, err
	}
	hashes, err := l.tree.InclusionProof(index, l.tree.Size())
	if err != nil {
		return entry, err
	}
	root := l.tree.Hash()
	checkpoint, err := util.CreateAndSignCheckpoint(ctx, strings.TrimPrefix(l.url, "http://"),
		treeID, l.tree.Size(), root, l.signer)
	if err != nil {
		return entry, err
	}
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, l.tree.Size(),
		rfc6962.DefaultHasher.HashLeaf(body), hashes, root); err != nil {
		return entry, err
	}
	rootText, note := hex.EncodeToString(root), string(checkpoint)
	inclusion := models.InclusionProof{Checkpoint: &note, Hashes: []string{}, LogIndex: &inTree,
		RootHash: &rootText, TreeSize: &size}
	for _, hash := range hashes {
		inclusion.Hashes = append(inclusion.Hashes, hex.EncodeToString(hash))
	}
	entry.Verification = &models.LogEntryAnonVerification{InclusionProof: &inclusion,
		SignedEntryTimestamp: strfmt.Base64(promise)}
	return entry, nil
}

// promise signs that the entry is taken in ("signed entry timestamp").
func (l *entryLog) promise(ctx context.Context, entry models.LogEntryAnon) ([]byte, error) {
	payload, err := entry.MarshalBinary()
	if err != nil {
		return nil, err
	}
	canonical, err := jsoncanonicalizer.Transform(payload)
	if err != nil {
		return nil, err
	}
	return l.signer.SignMessage(bytes.NewReader(canonical))
}
