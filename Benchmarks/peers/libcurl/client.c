// libcurl: the easy interface for one request at a time, the multi interface for more.
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static const char *url, *token = "test-token", *ca;
static long concurrency = 1, requests = 1, warm_up = 32;
static long bad;

static size_t collect(char *bytes, size_t size, size_t count, void *length) {
    static char body[1 << 16];
    size_t *used = length;
    size_t more = size * count;
    if (*used + more > sizeof body) return 0;
    memcpy(body + *used, bytes, more);
    *used += more;
    return more;
}

static CURL *make(size_t *length) {
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, token);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, length);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, length);
    if (ca) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, ca);
        curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
        curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    }
    return easy;
}

static void judge(CURL *easy, CURLcode code, size_t *length) {
    long status = 0, version = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
    long expected = strncmp(url, "https:", 6) == 0 ? CURL_HTTP_VERSION_2_0 : CURL_HTTP_VERSION_1_1;
    if (code != CURLE_OK || status != 200 || version != expected || *length == 0) bad++;
    *length = 0;
}

static void one_by_one(CURL *easy, size_t *length, long total) {
    for (long i = 0; i < total; i++) judge(easy, curl_easy_perform(easy), length);
}

static void side_by_side(CURLM *multi, CURL **easies, long total) {
    long started = 0, running = 0;
    for (; started < concurrency && started < total; started++, running++)
        curl_multi_add_handle(multi, easies[started]);
    while (running > 0) {
        int alive, left;
        curl_multi_perform(multi, &alive);
        for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
            if (message->msg != CURLMSG_DONE) continue;
            CURL *easy = message->easy_handle;
            CURLcode code = message->data.result;
            size_t *length;
            curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&length);
            judge(easy, code, length);
            curl_multi_remove_handle(multi, easy);
            running--;
            if (started < total) {
                curl_multi_add_handle(multi, easy);
                started++, running++;
                alive++;
            }
        }
        if (running > 0) curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
}

static long max_rss(void) {
    char line[256];
    long kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmHWM: %ld", &kilobytes) == 1) break;
    if (status) fclose(status);
    return kilobytes;
}

static double seconds(struct timeval time) { return time.tv_sec + time.tv_usec / 1e6; }

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int count, char **words) {
    for (int i = 1; i + 1 < count; i += 2) {
        const char *name = words[i], *value = words[i + 1];
        if (!strcmp(name, "--url")) url = value;
        else if (!strcmp(name, "--token")) token = value;
        else if (!strcmp(name, "--ca")) ca = value;
        else if (!strcmp(name, "--concurrency")) concurrency = atol(value);
        else if (!strcmp(name, "--requests")) requests = atol(value);
        else if (!strcmp(name, "--warm-up")) warm_up = atol(value);
    }
    if (!url || concurrency < 1 || curl_global_init(CURL_GLOBAL_DEFAULT)) return 64;

    CURL **easies = calloc(concurrency, sizeof *easies);
    size_t *lengths = calloc(concurrency, sizeof *lengths);
    for (long i = 0; i < concurrency; i++) easies[i] = make(&lengths[i]);
    CURLM *multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, concurrency);

    struct rusage before, after;
    double start = 0;
    for (int measured = 0; measured < 2; measured++) {
        long total = measured ? requests : warm_up;
        if (measured) start = now();
        getrusage(RUSAGE_SELF, &before);
        if (concurrency == 1) one_by_one(easies[0], &lengths[0], total);
        else side_by_side(multi, easies, total);
    }
    getrusage(RUSAGE_SELF, &after);

    printf("{\"mode\":\"libcurl\",\"version\":\"%s\",\"requests\":%ld,\"concurrency\":%ld,\"cpu_seconds\":%f,"
           "\"context_switches\":%ld,\"wall_seconds\":%f,\"max_rss_kb\":%ld,\"bad\":%ld}\n",
           curl_version_info(CURLVERSION_NOW)->version, requests, concurrency,
           seconds(after.ru_utime) + seconds(after.ru_stime) - seconds(before.ru_utime) - seconds(before.ru_stime),
           after.ru_nvcsw + after.ru_nivcsw - before.ru_nvcsw - before.ru_nivcsw, now() - start, max_rss(), bad);
    return 0;
}
