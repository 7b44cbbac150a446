package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"sync"
)

// Order is one line of the journal.
type Order struct {
	Number int64  `json:"number"`
	Text   string `json:"text,omitempty"`
}

// Journal keeps orders in one file, a JSON line each. An order that Add has taken is on the disk.
type Journal struct {
	mutex sync.Mutex
	file  *os.File
	// Where the last whole line ends.
	end    int64
	orders map[int64]bool
}

// OpenJournal reads what is there. The end of a line that a crash tore off is cut away: nobody was promised it.
func OpenJournal(folder string) (*Journal, error) {
	file, err := os.OpenFile(filepath.Join(folder, "orders.log"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(file)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	whole := bytes.LastIndexByte(content, '\n') + 1
	journal := &Journal{file: file, end: int64(whole), orders: map[int64]bool{}}
	for number, line := range bytes.Split(content[:whole], []byte{'\n'}) {
		if len(line) == 0 {
			continue
		}
		var order Order
		if err := json.Unmarshal(line, &order); err != nil {
			return nil, errors.Join(fmt.Errorf("line %d of %s is no order: %w", number+1, file.Name(), err), file.Close())
		}
		journal.orders[order.Number] = true
	}
	if err := file.Truncate(int64(whole)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return journal, nil
}

// Add takes an order; it says false when the number was taken before.
func (journal *Journal) Add(order Order) (bool, error) {
	line, err := json.Marshal(order)
	if err != nil {
		return false, err
	}
	journal.mutex.Lock()
	defer journal.mutex.Unlock()
	if journal.orders[order.Number] {
		return false, nil
	}
	line = append(line, '\n')
	if err := journal.write(line); err != nil {
		// What was torn off must not be carried on with: the next order begins where the last whole one ends.
		return false, errors.Join(err, journal.file.Truncate(journal.end))
	}
	journal.end += int64(len(line))
	journal.orders[order.Number] = true
	return true, nil
}

func (journal *Journal) write(line []byte) error {
	if _, err := journal.file.WriteAt(line, journal.end); err != nil {
		return err
	}
	return journal.file.Sync()
}

// Numbers gives every order's number, ascending.
func (journal *Journal) Numbers() []int64 {
	journal.mutex.Lock()
	defer journal.mutex.Unlock()
	numbers := make([]int64, 0, len(journal.orders))
	for number := range journal.orders {
		numbers = append(numbers, number)
	}
	sort.Slice(numbers, func(a, b int) bool { return numbers[a] < numbers[b] })
	return numbers
}

// Check writes to the disk, as the next order would.
func (journal *Journal) Check() error {
	journal.mutex.Lock()
	defer journal.mutex.Unlock()
	return journal.file.Sync()
}
