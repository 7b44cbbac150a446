package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFilesHaveTheBytesOfTheirSeed(t *testing.T) {
	one, other := t.TempDir(), t.TempDir()
	// More than one buffer, and no whole number of them.
	const size = 100_003
	for _, file := range []struct {
		folder string
		seed   uint64
	}{{one, 7}, {other, 7}} {
		if err := fill(file.folder, "ballast", size, file.seed); err != nil {
			t.Fatal(err)
		}
	}
	if err := fill(one, "different", size, 8); err != nil {
		t.Fatal(err)
	}
	first, err := sums(one)
	if err != nil {
		t.Fatal(err)
	}
	second, err := sums(other)
	if err != nil {
		t.Fatal(err)
	}
	if first["ballast"] != second["ballast"] || first["ballast"].Bytes != size {
		t.Errorf("the same seed gave %v and %v", first["ballast"], second["ballast"])
	}
	if first["ballast"].SHA256 == first["different"].SHA256 {
		t.Error("two seeds gave the same bytes")
	}
}

func TestSumsShowAChangedByte(t *testing.T) {
	folder := t.TempDir()
	if err := fill(folder, "ballast", 5000, 7); err != nil {
		t.Fatal(err)
	}
	before, err := sums(folder)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "ballast")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content[4321] ^= 1
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	after, err := sums(folder)
	if err != nil {
		t.Fatal(err)
	}
	if before["ballast"] == after["ballast"] {
		t.Error("a changed byte does not show")
	}
}

func TestFilesStayInTheirFolder(t *testing.T) {
	volume := t.TempDir()
	if err := fill(filepath.Join(volume, "files"), "../orders.log", 1, 7); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(volume, "orders.log")); !os.IsNotExist(err) {
		t.Errorf("fill wrote outside of its folder: %v", err)
	}
}

func TestAVolumeWithoutFilesHasNoSums(t *testing.T) {
	if files, err := sums(filepath.Join(t.TempDir(), "files")); err != nil || len(files) != 0 {
		t.Errorf("sums said %v, %v", files, err)
	}
}
