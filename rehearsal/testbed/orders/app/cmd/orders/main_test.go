package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

func newShop(t *testing.T) *shop {
	t.Helper()
	folder := t.TempDir()
	return &shop{journal: open(t, folder), files: filepath.Join(folder, "files"), site: "dr"}
}

// ask sends "METHOD /path" and wants that status. It gives the body without the line's end.
func ask(t *testing.T, shop *shop, what, body string, status int) string {
	t.Helper()
	method, path, _ := strings.Cut(what, " ")
	answer := httptest.NewRecorder()
	shop.handler().ServeHTTP(answer, httptest.NewRequest(method, path, strings.NewReader(body)))
	if answer.Code != status {
		t.Errorf("%s was answered with %d %s, not %d", what, answer.Code, answer.Body, status)
	}
	if site := answer.Header().Get("x-site"); site != "dr" {
		t.Errorf("%s was answered by site %q", what, site)
	}
	return strings.TrimSpace(answer.Body.String())
}

func TestTheShopTakesNumberedOrders(t *testing.T) {
	shop := newShop(t)
	if body := ask(t, shop, "GET /orders", "", http.StatusOK); body != `{"numbers":[]}` {
		t.Errorf("an empty shop says %s", body)
	}
	if body := ask(t, shop, "POST /orders", `{"number":7,"text":"tea"}`, http.StatusCreated); body != `{"number":7}` {
		t.Errorf("a new order was answered with %s", body)
	}
	// The customer orders again when he got no answer: that is the same order.
	ask(t, shop, "POST /orders", `{"number":7,"text":"tea"}`, http.StatusOK)
	ask(t, shop, "POST /orders", `{"number":3}`, http.StatusCreated)
	if body := ask(t, shop, "GET /orders", "", http.StatusOK); body != `{"numbers":[3,7]}` {
		t.Errorf("the shop says %s", body)
	}
	ask(t, shop, "GET /healthz", "", http.StatusOK)
}

func TestTheShopRefusesWhatIsNoOrder(t *testing.T) {
	shop := newShop(t)
	for _, body := range []string{"", "{}", `{"number":0}`, `{"number":-1}`, `{"number":"1"}`, "tea"} {
		ask(t, shop, "POST /orders", body, http.StatusBadRequest)
	}
	wantNumbers(t, shop.journal)
}

func TestAFaultIsGivenInsteadOfEveryAnswer(t *testing.T) {
	shop := newShop(t)
	ask(t, shop, "POST /fault", `{"status":503}`, http.StatusOK)
	ask(t, shop, "GET /healthz", "", http.StatusServiceUnavailable)
	ask(t, shop, "GET /orders", "", http.StatusServiceUnavailable)
	ask(t, shop, "POST /orders", `{"number":1}`, http.StatusServiceUnavailable)
	wantNumbers(t, shop.journal)
	ask(t, shop, "POST /fault", `{"status":0}`, http.StatusOK)
	ask(t, shop, "POST /orders", `{"number":1}`, http.StatusCreated)
}

func TestAFaultIsAnErrorsStatus(t *testing.T) {
	shop := newShop(t)
	for _, body := range []string{"", "x", `{"status":200}`, `{"status":399}`, `{"status":600}`, `{"status":-1}`} {
		ask(t, shop, "POST /fault", body, http.StatusBadRequest)
	}
	ask(t, shop, "GET /healthz", "", http.StatusOK)
}

func TestAVolumeThatFailsIsNotHealthyAndTakesNoOrders(t *testing.T) {
	shop := newShop(t)
	shop.journal.file.Close()
	ask(t, shop, "GET /healthz", "", http.StatusServiceUnavailable)
	ask(t, shop, "POST /orders", `{"number":1}`, http.StatusServiceUnavailable)
	if body := ask(t, shop, "GET /orders", "", http.StatusOK); body != `{"numbers":[]}` {
		t.Errorf("an order that is not on the disk is listed: %s", body)
	}
}

func TestTheVolumeIsFilledAndSummed(t *testing.T) {
	shop := newShop(t)
	filled := ask(t, shop, "POST /fill?name=ballast&bytes=1000&seed=1", "", http.StatusOK)
	if !strings.Contains(filled, `"ballast":{"bytes":1000,`) {
		t.Errorf("the shop says %s", filled)
	}
	if sums := ask(t, shop, "GET /sums", "", http.StatusOK); sums != filled {
		t.Errorf("the sums are %s and were %s", sums, filled)
	}
	for _, query := range []string{"", "name=a&bytes=1", "name=a&seed=1", "bytes=1&seed=1", "name=a&bytes=x&seed=1"} {
		ask(t, shop, "POST /fill?"+query, "", http.StatusBadRequest)
	}
}

func TestOtherMethodsAndPathsAreNotAnswered(t *testing.T) {
	shop := newShop(t)
	ask(t, shop, "DELETE /orders", "", http.StatusMethodNotAllowed)
	ask(t, shop, "GET /nowhere", "", http.StatusNotFound)
}
