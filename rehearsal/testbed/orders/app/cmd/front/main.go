// Command front is the web front of the shop: it forwards every request to the orders service.
package main

import (
	"encoding/json"
	"errors"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const timeout = 2 * time.Second

func main() {
	// Kubernetes tells each container the Services that were there before it: no DNS is needed in the cluster.
	host, port := os.Getenv("ORDERS_SERVICE_HOST"), os.Getenv("ORDERS_SERVICE_PORT")
	if host == "" || port == "" {
		log.Fatal("ORDERS_SERVICE_HOST and ORDERS_SERVICE_PORT are not set: create the Service orders before this Pod.")
	}
	server := &http.Server{
		Addr:              ":8080",
		Handler:           handler(&url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}, os.Getenv("SITE")),
		ReadHeaderTimeout: timeout,
	}
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

func handler(orders *url.URL, site string) http.Handler {
	proxy := &httputil.ReverseProxy{
		Rewrite: func(request *httputil.ProxyRequest) { request.SetURL(orders) },
		Transport: &http.Transport{
			DialContext:           (&net.Dialer{Timeout: timeout}).DialContext,
			ResponseHeaderTimeout: timeout,
		},
		ModifyResponse: func(response *http.Response) error {
			// The front says it for both: they share a site.
			response.Header.Del("x-site")
			return nil
		},
		ErrorHandler: func(answer http.ResponseWriter, _ *http.Request, err error) {
			answer.Header().Set("content-type", "application/json")
			answer.WriteHeader(http.StatusBadGateway)
			if err := json.NewEncoder(answer).Encode(map[string]string{"error": "orders does not answer: " + err.Error()}); err != nil {
				log.Print(err)
			}
		},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /front-healthz", func(answer http.ResponseWriter, _ *http.Request) {
		answer.Header().Set("x-site", site)
		answer.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("/", func(answer http.ResponseWriter, request *http.Request) {
		answer.Header().Set("x-site", site)
		proxy.ServeHTTP(answer, request)
	})
	return mux
}
