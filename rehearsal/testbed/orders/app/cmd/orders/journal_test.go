package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

func open(t *testing.T, folder string) *Journal {
	t.Helper()
	journal, err := OpenJournal(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { journal.file.Close() })
	return journal
}

func add(t *testing.T, journal *Journal, number int64) bool {
	t.Helper()
	added, err := journal.Add(Order{Number: number, Text: "tea"})
	if err != nil {
		t.Fatal(err)
	}
	return added
}

func wantNumbers(t *testing.T, journal *Journal, want ...int64) {
	t.Helper()
	if got := journal.Numbers(); !slices.Equal(got, want) {
		t.Errorf("the journal has %v, not %v", got, want)
	}
}

func write(t *testing.T, folder, content string) string {
	t.Helper()
	path := filepath.Join(folder, "orders.log")
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOrdersAreTakenOnce(t *testing.T) {
	journal := open(t, t.TempDir())
	if !add(t, journal, 2) || !add(t, journal, 1) {
		t.Error("new orders were not taken")
	}
	if add(t, journal, 2) {
		t.Error("order 2 was taken twice")
	}
	wantNumbers(t, journal, 1, 2)
}

func TestOrdersSurviveARestart(t *testing.T) {
	folder := t.TempDir()
	before := open(t, folder)
	add(t, before, 1)
	add(t, before, 2)
	// Nothing is closed: a process that is killed closes nothing either.
	after := open(t, folder)
	wantNumbers(t, after, 1, 2)
	if add(t, after, 2) {
		t.Error("order 2 was taken again after the restart")
	}
	add(t, after, 3)
	wantNumbers(t, open(t, folder), 1, 2, 3)
}

func TestATornLineIsCutAway(t *testing.T) {
	folder := t.TempDir()
	// Longer than the line that comes in its place: nothing of it may be left behind that.
	torn := "{\"number\":3,\"text\":\"a big pot of black tea, with mil"
	path := write(t, folder, "{\"number\":1}\n{\"number\":2}\n"+torn)
	journal := open(t, folder)
	wantNumbers(t, journal, 1, 2)
	add(t, journal, 3)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := "{\"number\":1}\n{\"number\":2}\n{\"number\":3,\"text\":\"tea\"}\n"; string(content) != want {
		t.Errorf("the journal is %q, not %q", content, want)
	}
}

func TestAWholeLineThatIsNoOrderIsRefused(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "{\"number\":1}\nnot an order\n")
	_, err := OpenJournal(folder)
	if err == nil || !strings.Contains(err.Error(), "line 2 of ") {
		t.Errorf("the error is %v; it must name line 2", err)
	}
}

func TestAJournalThatCannotBeOpenedIsAnError(t *testing.T) {
	if _, err := OpenJournal(filepath.Join(t.TempDir(), "nowhere")); err == nil {
		t.Error("a volume that is not there was taken for an empty one")
	}
}

// A file that is open for reading fails as the file of a read-only volume does; root could write to a folder without
// permissions.
func TestAnOrderThatCannotBeWrittenIsNotTaken(t *testing.T) {
	folder := t.TempDir()
	journal := open(t, folder)
	add(t, journal, 1)
	readOnly, err := os.Open(journal.file.Name())
	if err != nil {
		t.Fatal(err)
	}
	defer readOnly.Close()
	writable := journal.file
	journal.file = readOnly
	if added, err := journal.Add(Order{Number: 2}); added || err == nil {
		t.Errorf("Add said %v, %v on a volume that takes nothing", added, err)
	}
	wantNumbers(t, journal, 1)
	journal.file = writable
	if !add(t, journal, 2) {
		t.Error("order 2 was not taken when it could be written again")
	}
	wantNumbers(t, open(t, folder), 1, 2)
}

func TestCheckFailsWithoutItsFile(t *testing.T) {
	journal := open(t, t.TempDir())
	if err := journal.Check(); err != nil {
		t.Fatal(err)
	}
	journal.file.Close()
	if journal.Check() == nil {
		t.Error("a journal without its file is healthy")
	}
}

func TestConcurrentOrdersAreWholeLines(t *testing.T) {
	folder := t.TempDir()
	journal := open(t, folder)
	taken := make(chan bool, 40)
	var all sync.WaitGroup
	for index := range 40 {
		all.Go(func() {
			added, err := journal.Add(Order{Number: int64(index/2 + 1)})
			if err != nil {
				t.Error(err)
			}
			taken <- added
		})
	}
	all.Wait()
	close(taken)
	count := 0
	for added := range taken {
		if added {
			count++
		}
	}
	if count != 20 {
		t.Errorf("20 numbers, each ordered twice, were taken %d times", count)
	}
	if numbers := open(t, folder).Numbers(); len(numbers) != 20 {
		t.Errorf("%d orders are on the disk, not 20", len(numbers))
	}
}
