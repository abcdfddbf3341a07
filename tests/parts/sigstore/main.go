// A private Sigstore for tests on loopback: Fulcio, a Rekor v2 log of tiles and a timestamp
// authority are the real servers' own code; the token issuer, the Certificate Transparency log and
// the Rekor v1 log, whose real servers need a database, are small ones of ours that use the
// libraries which the real ones and cosign use for the formats.
//
// "sigstore DIR" writes into DIR what signers and verifiers are given, then prints "ready", and
// serves until a signal ends it. Keys are new at each start; everything is in memory but the tiles.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// serve answers on a free port of loopback and returns the server's URL.
func serve(handler http.Handler) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go func() { log.Fatal(http.Serve(listener, handler)) }()
	return "http://" + listener.Addr().String(), nil
}

func run(directory string) error {
	people, err := startIssuer()
	if err != nil {
		return fmt.Errorf("the issuer of tokens for people: %w", err)
	}
	jobs, err := startIssuer()
	if err != nil {
		return fmt.Errorf("the issuer of tokens for jobs: %w", err)
	}
	certificateLog, err := startCertificateLog()
	if err != nil {
		return fmt.Errorf("the log of certificates: %w", err)
	}
	authority, err := startFulcio(people.url, jobs.url, certificateLog)
	if err != nil {
		return fmt.Errorf("fulcio: %w", err)
	}
	entryLog, err := startEntryLog()
	if err != nil {
		return fmt.Errorf("rekor v1: %w", err)
	}
	tiles, err := startTiles(filepath.Join(directory, "tiles"))
	if err != nil {
		return fmt.Errorf("rekor v2: %w", err)
	}
	timestamps, err := startTimestampAuthority()
	if err != nil {
		return fmt.Errorf("the timestamp authority: %w", err)
	}
	services := services{people, jobs, certificateLog, authority, entryLog, tiles, timestamps}
	return services.describe(directory)
}

func main() {
	if len(os.Args) != 2 || strings.HasPrefix(os.Args[1], "-") {
		log.Fatal("usage: sigstore DIR")
	}
	if err := run(os.Args[1]); err != nil {
		log.Fatal(err)
	}
	// Rekor takes the signals for itself, and ends its own part alone.
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, syscall.SIGINT, syscall.SIGTERM)
	fmt.Println("ready")
	<-stopped
}
