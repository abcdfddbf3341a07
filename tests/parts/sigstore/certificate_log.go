package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	ct "github.com/google/certificate-transparency-go"
	"github.com/google/certificate-transparency-go/tls"
	"github.com/google/certificate-transparency-go/x509"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
)

// certificateLog is a log of RFC 6962 that takes every chain in: add-chain, add-pre-chain, get-sth.
type certificateLog struct {
	url string
	key *ecdsa.PrivateKey

	mutex sync.Mutex
	tree  *compact.Range
}

func startCertificateLog() (*certificateLog, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	tree := &compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}
	l := &certificateLog{key: key, tree: tree.NewEmptyRange(0)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+ct.AddChainPath, func(w http.ResponseWriter, r *http.Request) {
		l.add(w, r, ct.X509LogEntryType)
	})
	mux.HandleFunc("POST "+ct.AddPreChainPath, func(w http.ResponseWriter, r *http.Request) {
		l.add(w, r, ct.PrecertLogEntryType)
	})
	mux.HandleFunc("GET "+ct.GetSTHPath, l.treeHead)
	l.url, err = serve(mux)
	return l, err
}

func (l *certificateLog) sign(data []byte) (tls.DigitallySigned, error) {
	return tls.CreateSignature(*l.key, tls.SHA256, data)
}

func readChain(r *http.Request) ([]*x509.Certificate, error) {
	var request ct.AddChainRequest
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		return nil, err
	}
	var chain []*x509.Certificate
	for _, der := range request.Chain {
		certificate, err := x509.ParseCertificate(der)
		if x509.IsFatal(err) {
			return nil, err
		}
		chain = append(chain, certificate)
	}
	return chain, nil
}

func (l *certificateLog) add(w http.ResponseWriter, r *http.Request, kind ct.LogEntryType) {
	chain, err := readChain(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	leaf, err := ct.MerkleTreeLeafFromChain(chain, kind, uint64(time.Now().UnixMilli()))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	promise, err := l.promise(leaf)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, 200, promise)
}

// promise takes the leaf in and signs that (RFC 6962, section 3.2).
func (l *certificateLog) promise(leaf *ct.MerkleTreeLeaf) (*ct.AddChainResponse, error) {
	hash, err := ct.LeafHashForLeaf(leaf)
	if err != nil {
		return nil, err
	}
	l.mutex.Lock()
	err = l.tree.Append(hash[:], nil)
	l.mutex.Unlock()
	if err != nil {
		return nil, err
	}
	timestamp := leaf.TimestampedEntry.Timestamp
	data, err := ct.SerializeSCTSignatureInput(
		ct.SignedCertificateTimestamp{SCTVersion: ct.V1, Timestamp: timestamp},
		ct.LogEntry{Leaf: *leaf})
	if err != nil {
		return nil, err
	}
	signed, err := l.sign(data)
	if err != nil {
		return nil, err
	}
	signature, err := tls.Marshal(signed)
	if err != nil {
		return nil, err
	}
	return &ct.AddChainResponse{
		SCTVersion: ct.V1,
		ID:         keyID(l.key.Public()),
		Timestamp:  timestamp,
		Extensions: base64.StdEncoding.EncodeToString(nil),
		Signature:  signature,
	}, nil
}

func (l *certificateLog) treeHead(w http.ResponseWriter, _ *http.Request) {
	l.mutex.Lock()
	size := l.tree.End()
	root := rfc6962.DefaultHasher.EmptyRoot()
	var err error
	if size > 0 {
		root, err = l.tree.GetRootHash(nil)
	}
	l.mutex.Unlock()
	head := ct.SignedTreeHead{Version: ct.V1, TreeSize: size,
		Timestamp: uint64(time.Now().UnixMilli())}
	copy(head.SHA256RootHash[:], root)
	var data []byte
	if err == nil {
		data, err = ct.SerializeSTHSignatureInput(head)
	}
	var signed tls.DigitallySigned
	if err == nil {
		signed, err = l.sign(data)
	}
	var signature []byte
	if err == nil {
		signature, err = tls.Marshal(signed)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, 200, ct.GetSTHResponse{TreeSize: size, Timestamp: head.Timestamp,
		SHA256RootHash: root, TreeHeadSignature: signature})
}
