// tlogclient follows a server's ledger with none of its code: golang.org/x/mod's transparency-log client.
//
//	tlogclient ADDRESS USER PASSWORD
//
// It takes the key from /.well-known/jwks.json and the checkpoint from /ledger/checkpoint, proves every leaf from the
// hash tiles, lets the ledger grow by signing in, and proves that the later checkpoint continues the earlier one. Then
// it falsifies what it was given and must find it out, so that the checks above are known to be able to fail.
package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func must(err error, what string) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "tlogclient: %s: %v\n", what, err)
		os.Exit(1)
	}
}

func fail(format string, args ...interface{}) {
	must(fmt.Errorf(format, args...), "FAILED")
}

func get(url string) ([]byte, error) {
	answer, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", url, answer.Status)
	}
	return body, err
}

// The server's checkpoint key: the Ed25519 key (RFC 8037) of its published set.
func checkpointKey(address string) note.Verifier {
	body, err := get(address + "/.well-known/jwks.json")
	must(err, "keys")
	var set struct {
		Keys []struct{ Kty, Crv, X, Kid string }
	}
	must(json.Unmarshal(body, &set), "keys")
	for _, key := range set.Keys {
		if key.Kty != "OKP" || key.Crv != "Ed25519" {
			continue
		}
		bytes, err := base64.RawURLEncoding.DecodeString(key.X)
		must(err, "key")
		text, err := note.NewEd25519VerifierKey(strings.SplitN(key.Kid, "+", 2)[0], ed25519.PublicKey(bytes))
		must(err, "key")
		if text != key.Kid {
			fail("the key is called %s, not %s", key.Kid, text)
		}
		verifier, err := note.NewVerifier(text)
		must(err, "key")
		return verifier
	}
	fail("no Ed25519 key at /.well-known/jwks.json")
	return nil
}

// A checkpoint (C2SP tlog-checkpoint): origin, size, root, signed.
func openCheckpoint(signed []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.SplitN(opened.Text, "\n", 4)
	// The ledger opened anew after a restore has the same key and an origin of its own: NAME/epoch-N.
	if len(lines) < 4 || lines[0] != verifier.Name() && !strings.HasPrefix(lines[0], verifier.Name()+"/epoch-") {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func checkpoint(address string, verifier note.Verifier) ([]byte, tlog.Tree) {
	signed, err := get(address + "/ledger/checkpoint")
	must(err, "checkpoint")
	tree, err := openCheckpoint(signed, verifier)
	must(err, "checkpoint")
	return signed, tree
}

// Reads tiles over HTTP; falsify flips one bit of the tile that it names.
type reader struct {
	address  string
	falsify  string
	fetched  map[string][]byte
	requests int
}

func (r *reader) Height() int { return height }

func (r *reader) SaveTiles([]tlog.Tile, [][]byte) {}

func (r *reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		// C2SP tlog-tiles leaves the height out of the path: it is always 8.
		path := strings.TrimPrefix(tile.Path(), "tile/8/")
		body, known := r.fetched[path]
		if !known {
			var err error
			if body, err = get(r.address + "/ledger/tile/" + path); err != nil {
				return nil, err
			}
			r.fetched[path] = body
			r.requests++
		}
		if path == r.falsify {
			body = append([]byte(nil), body...)
			body[0] ^= 1
		}
		all = append(all, body)
	}
	return all, nil
}

// Proves every leaf of the tree from tiles; the reader checks each tile against the signed root first.
func proveLeaves(tree tlog.Tree, hashes tlog.HashReader) error {
	for n := int64(0); n < tree.N; n++ {
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
		if err != nil {
			return fmt.Errorf("leaf %d: %w", n, err)
		}
		proof, err := tlog.ProveRecord(tree.N, n, hashes)
		if err != nil {
			return fmt.Errorf("leaf %d: %w", n, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, leaf[0]); err != nil {
			return fmt.Errorf("leaf %d: %w", n, err)
		}
		wrong := leaf[0]
		wrong[31] ^= 1
		if tlog.CheckRecord(proof, tree.N, tree.Hash, n, wrong) == nil {
			return fmt.Errorf("leaf %d: a falsified leaf was taken", n)
		}
	}
	return nil
}

func signIn(address, user, password string) {
	body, _ := json.Marshal(map[string]string{"username": user, "password": password})
	answer, err := http.Post(address+"/api/v1/sessions", "application/json", bytes.NewReader(body))
	must(err, "sign in")
	answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		fail("sign in: %s", answer.Status)
	}
}

func main() {
	if len(os.Args) != 4 {
		fail("tlogclient ADDRESS USER PASSWORD")
	}
	address := strings.TrimSuffix(os.Args[1], "/")
	first, err := get(address + "/ledger/checkpoint")
	must(err, "checkpoint")
	verifier := checkpointKey(address)
	old, err := openCheckpoint(first, verifier)
	must(err, "checkpoint")

	signIn(address, os.Args[2], os.Args[3])
	signed, tree := checkpoint(address, verifier)
	for begin := time.Now(); tree.N <= old.N; signed, tree = checkpoint(address, verifier) {
		if time.Since(begin) > 2*time.Minute {
			fail("no checkpoint after entry %d", old.N)
		}
		time.Sleep(200 * time.Millisecond)
	}

	source := &reader{address: address, fetched: map[string][]byte{}}
	hashes := tlog.TileHashReader(tree, source)
	must(proveLeaves(tree, hashes), "inclusion")
	proof, err := tlog.ProveTree(tree.N, old.N, hashes)
	must(err, "consistency")
	must(tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash), "consistency")

	// What must be found out.
	other := old
	other.Hash[0] ^= 1
	if tlog.CheckTree(proof, tree.N, tree.Hash, other.N, other.Hash) == nil {
		fail("another history was taken for an earlier one")
	}
	if _, err := openCheckpoint(bytes.Replace(signed, []byte("\n"+strconv.FormatInt(tree.N, 10)+"\n"), []byte("\n"+strconv.FormatInt(tree.N+1, 10)+"\n"), 1), verifier); err == nil {
		fail("a checkpoint with another size was taken")
	}
	for path := range source.fetched {
		bad := &reader{address: address, fetched: source.fetched, falsify: path}
		if proveLeaves(tree, tlog.TileHashReader(tree, bad)) == nil {
			fail("falsified tile %s was taken", path)
		}
	}
	fmt.Printf("%s: %d leaves proved from %d tiles, %d → %d consistent, every falsified tile found\n",
		verifier.Name(), tree.N, source.requests, old.N, tree.N)
}
