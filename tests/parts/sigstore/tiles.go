package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix/app"
	"github.com/sigstore/rekor-tiles/v2/pkg/note"
	"github.com/sigstore/sigstore/pkg/cryptoutils"
)

// tiles is a Rekor v2 log.
type tiles struct {
	url    string
	public ed25519.PublicKey
	id     []byte
}

// The server wants its ports named. An address of loopback that is this process's own has them
// free.
func ownLoopback() string {
	id := os.Getpid()
	return fmt.Sprintf("127.%d.%d.%d", 1+id>>16&0x3f, id>>8&0xff, id&0xff)
}

func startTiles(directory string) (*tiles, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	pem, err := cryptoutils.MarshalPrivateKeyToPEM(private)
	if err != nil {
		return nil, err
	}
	keyFile := directory + ".key"
	if err := os.WriteFile(keyFile, pem, 0o600); err != nil {
		return nil, err
	}
	host := ownLoopback()
	t := &tiles{url: "http://" + host + ":3000", public: public}
	_, t.id, err = note.KeyHash(host, public)
	if err != nil {
		return nil, err
	}
	// The server is a program that reads its command line, and no library.
	os.Args = []string{"rekor-server", "serve", "--http-address", host, "--http-port", "3000",
		"--grpc-address", host, "--grpc-port", "3001", "--http-metrics-port", "3002",
		"--hostname", host, "--storage-dir", directory, "--signer-filepath", keyFile,
		"--checkpoint-interval", "100ms", "--batch-max-age", "20ms", "--log-level", "warn"}
	go app.Execute()
	return t, awaitHealth(t.url + "/healthz")
}

func awaitHealth(url string) error {
	var err error
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		var response *http.Response
		if response, err = http.Get(url); err != nil {
			continue
		}
		_ = response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return nil
		}
		err = fmt.Errorf("%s answers %s", url, response.Status)
	}
	return err
}
