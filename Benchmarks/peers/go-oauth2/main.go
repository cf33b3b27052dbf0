// Go's net/http with the client of golang.org/x/oauth2: what a Go programmer would write.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/oauth2"
)

var (
	url         = flag.String("url", "", "what to ask for")
	concurrency = flag.Int("concurrency", 1, "requests under way at once")
	requests    = flag.Int("requests", 1, "how many are measured")
	warmUp      = flag.Int("warm-up", 32, "how many are made before")
	token       = flag.String("token", "test-token", "the bearer token")
	ca          = flag.String("ca", "", "PEM file with the certificate to trust")
)

func main() {
	flag.Parse()
	client := newClient()
	bad := run(client, *warmUp)

	before, start := usage(), time.Now()
	bad += run(client, *requests)
	wall, after := time.Since(start), usage()

	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"mode": "go-oauth2", "version": runtime.Version(), "requests": *requests, "concurrency": *concurrency,
		"cpu_seconds": cpu(after) - cpu(before), "wall_seconds": wall.Seconds(),
		"context_switches": after.Nvcsw + after.Nivcsw - before.Nvcsw - before.Nivcsw,
		"max_rss_kb":       maxRSS(), "bad": bad,
	})
}

func newClient() *http.Client {
	// The default of two idle connections per host would reconnect all the time.
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns = *concurrency
	transport.MaxIdleConnsPerHost = *concurrency
	if *ca != "" {
		pem, err := os.ReadFile(*ca)
		if err != nil {
			fail(err)
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(pem)
		transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, &http.Client{Transport: transport})
	return oauth2.NewClient(ctx, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: *token}))
}

func run(client *http.Client, total int) int64 {
	var bad int64
	var lanes sync.WaitGroup
	for lane := 0; lane < *concurrency; lane++ {
		share := total / *concurrency
		if lane < total%*concurrency {
			share++
		}
		lanes.Add(1)
		go func() {
			defer lanes.Done()
			for i := 0; i < share; i++ {
				if !get(client) {
					atomic.AddInt64(&bad, 1)
				}
			}
		}()
	}
	lanes.Wait()
	return bad
}

func get(client *http.Client) bool {
	response, err := client.Get(*url)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	major := 1
	if strings.HasPrefix(*url, "https:") {
		major = 2
	}
	return err == nil && response.StatusCode == 200 && len(body) > 0 && response.ProtoMajor == major
}

func usage() (usage syscall.Rusage) {
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return
}

func cpu(usage syscall.Rusage) float64 {
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+)`)

func maxRSS() int {
	status, _ := os.ReadFile("/proc/self/status")
	match := highWater.FindSubmatch(status)
	if match == nil {
		return 0
	}
	kilobytes, _ := strconv.Atoi(string(match[1]))
	return kilobytes
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
