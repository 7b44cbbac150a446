// Command orders takes numbered orders and writes them to its volume before it says that it has them.
package main

import (
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

type shop struct {
	journal *Journal
	files   string
	site    string
	// fault is the status that is given instead of an answer; 0 for none.
	fault atomic.Int32
}

func main() {
	folder := os.Getenv("DATA")
	if folder == "" {
		folder = "/data"
	}
	journal, err := OpenJournal(folder)
	if err != nil {
		log.Fatal(err)
	}
	shop := &shop{journal: journal, files: filepath.Join(folder, "files"), site: os.Getenv("SITE")}
	server := &http.Server{Addr: ":8080", Handler: shop.handler(), ReadHeaderTimeout: 2 * time.Second}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-stop
		server.Close()
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

func (shop *shop) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", shop.health)
	mux.HandleFunc("POST /orders", shop.add)
	mux.HandleFunc("GET /orders", shop.list)
	mux.HandleFunc("POST /fill", shop.fill)
	mux.HandleFunc("GET /sums", shop.sums)
	mux.HandleFunc("POST /fault", shop.setFault)
	return http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		answer.Header().Set("x-site", shop.site)
		if status := shop.fault.Load(); status != 0 && request.URL.Path != "/fault" {
			fail(answer, int(status), errors.New("a fault was ordered at /fault"))
			return
		}
		mux.ServeHTTP(answer, request)
	})
}

func (shop *shop) health(answer http.ResponseWriter, _ *http.Request) {
	if err := shop.journal.Check(); err != nil {
		fail(answer, http.StatusServiceUnavailable, err)
		return
	}
	say(answer, http.StatusOK, map[string]bool{"ok": true})
}

func (shop *shop) add(answer http.ResponseWriter, request *http.Request) {
	var order Order
	if err := json.NewDecoder(request.Body).Decode(&order); err != nil || order.Number <= 0 {
		fail(answer, http.StatusBadRequest, errors.New(`an order is {"number": 1, "text": "..."}, numbered from 1`))
		return
	}
	added, err := shop.journal.Add(order)
	if err != nil {
		fail(answer, http.StatusServiceUnavailable, err)
		return
	}
	status := http.StatusOK
	if added {
		status = http.StatusCreated
	}
	say(answer, status, map[string]int64{"number": order.Number})
}

func (shop *shop) list(answer http.ResponseWriter, _ *http.Request) {
	say(answer, http.StatusOK, map[string][]int64{"numbers": shop.journal.Numbers()})
}

func (shop *shop) fill(answer http.ResponseWriter, request *http.Request) {
	query := request.URL.Query()
	size, err := strconv.ParseInt(query.Get("bytes"), 10, 64)
	seed, seedErr := strconv.ParseUint(query.Get("seed"), 10, 64)
	if err := errors.Join(err, seedErr); err != nil || query.Get("name") == "" {
		fail(answer, http.StatusBadRequest, errors.New("say /fill?name=NAME&bytes=NUMBER&seed=NUMBER"))
		return
	}
	if err := fill(shop.files, query.Get("name"), size, seed); err != nil {
		fail(answer, http.StatusServiceUnavailable, err)
		return
	}
	shop.sums(answer, request)
}

func (shop *shop) sums(answer http.ResponseWriter, _ *http.Request) {
	files, err := sums(shop.files)
	if err != nil {
		fail(answer, http.StatusServiceUnavailable, err)
		return
	}
	say(answer, http.StatusOK, map[string]map[string]File{"files": files})
}

func (shop *shop) setFault(answer http.ResponseWriter, request *http.Request) {
	var wanted struct {
		Status int32 `json:"status"`
	}
	if err := json.NewDecoder(request.Body).Decode(&wanted); err != nil || (wanted.Status != 0 && (wanted.Status < 400 || wanted.Status > 599)) {
		fail(answer, http.StatusBadRequest, errors.New(`a fault is {"status": 400 to 599}, or {"status": 0} for none`))
		return
	}
	shop.fault.Store(wanted.Status)
	say(answer, http.StatusOK, wanted)
}

func say(answer http.ResponseWriter, status int, body any) {
	answer.Header().Set("content-type", "application/json")
	answer.WriteHeader(status)
	if err := json.NewEncoder(answer).Encode(body); err != nil {
		log.Print(err)
	}
}

func fail(answer http.ResponseWriter, status int, err error) {
	log.Print(err)
	say(answer, status, map[string]string{"error": err.Error()})
}
