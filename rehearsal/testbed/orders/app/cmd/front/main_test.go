package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// front stands before the server at that address.
func front(t *testing.T, address string) *httptest.Server {
	t.Helper()
	orders, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler(orders, "dr"))
	t.Cleanup(server.Close)
	return server
}

func body(t *testing.T, response *http.Response) string {
	t.Helper()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return string(content)
}

func get(t *testing.T, address string, status int) (string, http.Header) {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != status {
		t.Errorf("%s was answered with %d, not %d", address, response.StatusCode, status)
	}
	return body(t, response), response.Header
}

func TestTheFrontForwards(t *testing.T) {
	orders := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		content, _ := io.ReadAll(request.Body)
		answer.Header().Set("x-site", "dr")
		answer.WriteHeader(http.StatusCreated)
		io.WriteString(answer, request.Method+" "+request.URL.RequestURI()+" "+string(content))
	}))
	defer orders.Close()
	response, err := http.Post(front(t, orders.URL).URL+"/orders?a=b", "application/json", strings.NewReader("tea"))
	if err != nil {
		t.Fatal(err)
	}
	if got := body(t, response); response.StatusCode != http.StatusCreated || got != "POST /orders?a=b tea" {
		t.Errorf("the answer is %d %q", response.StatusCode, got)
	}
	if sites := response.Header.Values("x-site"); len(sites) != 1 || sites[0] != "dr" {
		t.Errorf("the site is said %v; once is enough", sites)
	}
}

func TestTheFrontPassesErrorsOn(t *testing.T) {
	orders := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		http.Error(answer, "a fault", http.StatusServiceUnavailable)
	}))
	defer orders.Close()
	if got, _ := get(t, front(t, orders.URL).URL+"/healthz", http.StatusServiceUnavailable); got != "a fault\n" {
		t.Errorf("the answer is %q", got)
	}
}

func TestTheFrontSaysThatOrdersDoesNotAnswer(t *testing.T) {
	orders := httptest.NewServer(http.NotFoundHandler())
	orders.Close()
	server := front(t, orders.URL)
	got, header := get(t, server.URL+"/orders", http.StatusBadGateway)
	if !strings.Contains(got, "orders does not answer") || header.Get("x-site") != "dr" {
		t.Errorf("the answer is %q of site %q", got, header.Get("x-site"))
	}
	// The front itself is well: Kubernetes need not start it again.
	_, header = get(t, server.URL+"/front-healthz", http.StatusNoContent)
	if header.Get("x-site") != "dr" {
		t.Errorf("the site is %q", header.Get("x-site"))
	}
}

// It takes the front's whole timeout: two seconds, within the six of a health checker.
func TestTheFrontDoesNotWaitForever(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	orders := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer orders.Close()
	defer close(release)
	client := http.Client{Timeout: 2 * timeout}
	response, err := client.Get(front(t, orders.URL).URL + "/orders")
	if err != nil {
		t.Fatal(err)
	}
	if got := body(t, response); response.StatusCode != http.StatusBadGateway {
		t.Errorf("the answer is %d %q", response.StatusCode, got)
	}
}
