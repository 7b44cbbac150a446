package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// File is what a reader of a filled volume compares.
type File struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// fill writes a file of pseudo-random bytes, which no compression makes smaller, and waits until it is on the disk.
func fill(folder, name string, size int64, seed uint64) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(folder, filepath.Base(name)))
	if err != nil {
		return err
	}
	var key [32]byte
	for index := range 8 {
		key[index] = byte(seed >> (8 * index))
	}
	if _, err := io.CopyN(file, rand.NewChaCha8(key), size); err != nil {
		return errors.Join(err, file.Close())
	}
	return errors.Join(file.Sync(), file.Close())
}

// sums reads every file back.
func sums(folder string) (map[string]File, error) {
	found := map[string]File{}
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return found, nil
	}
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		file, err := os.Open(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		hash := sha256.New()
		size, err := io.Copy(hash, file)
		if err := errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
		found[entry.Name()] = File{Bytes: size, SHA256: hex.EncodeToString(hash.Sum(nil))}
	}
	return found, nil
}
