// libcurl for Swift: one function per argument type, because Swift cannot call C's variadic functions.
#ifndef GATEHOUSE_CLIBCURL_H
#define GATEHOUSE_CLIBCURL_H

#include <curl/curl.h>
#include <stdint.h>

static inline CURLcode gh_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode gh_curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode gh_curl_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode gh_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode gh_curl_set_url(CURL *easy, CURLU *value) {
    return curl_easy_setopt(easy, CURLOPT_CURLU, value);
}

// The user data of every callback is a number (a slot and its generation), never an address of Swift's.
typedef size_t (*gh_curl_data_callback)(char *bytes, size_t size, size_t count, void *name);
typedef int (*gh_curl_prereq_callback)(void *name, char *, char *, int, int);
static inline CURLcode gh_curl_set_data_callback(CURL *easy, CURLoption option, gh_curl_data_callback callback) {
    return curl_easy_setopt(easy, option, callback);
}
static inline CURLcode gh_curl_set_prereq_callback(CURL *easy, gh_curl_prereq_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
}
static inline CURLcode gh_curl_set_open_callback(CURL *easy, curl_sockopt_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, callback);
}
static inline CURLcode gh_curl_set_close_callback(CURL *easy, curl_closesocket_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, callback);
}
static inline CURLcode gh_curl_set_name(CURL *easy, CURLoption option, uintptr_t name) {
    return curl_easy_setopt(easy, option, (void *)name);
}

static inline CURLcode gh_curl_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}
// The socket of the last connection that served the handle and was kept; -1 when there is none. libcurl looks through
// all its connections for it.
static inline int gh_curl_last_socket(CURL *easy) {
    curl_socket_t fd = CURL_SOCKET_BAD;
    return easy && curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK ? fd : -1;
}
static inline CURLcode gh_curl_get_name(CURL *easy, uintptr_t *value) {
    char *pointer = 0;
    CURLcode code = curl_easy_getinfo(easy, CURLINFO_PRIVATE, &pointer);
    *value = (uintptr_t)pointer;
    return code;
}

static inline CURLMcode gh_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}
static inline CURLMcode gh_curl_multi_set_socket_callback(CURLM *multi, curl_socket_callback callback) {
    return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callback);
}
static inline CURLMcode gh_curl_multi_set_timer_callback(CURLM *multi, curl_multi_timer_callback callback) {
    return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callback);
}
// Takes the next finished transfer: its result and handle, or 0 when there is none.
static inline int gh_curl_multi_take_done(CURLM *multi, CURL **easy, CURLcode *result) {
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
        if (message->msg == CURLMSG_DONE) {
            *easy = message->easy_handle;
            *result = message->data.result;
            return 1;
        }
    }
    return 0;
}
static inline unsigned int gh_curl_version_number(void) { return curl_version_info(CURLVERSION_NOW)->version_num; }
/* The file of authorities that this libcurl takes by default, NULL without one. */
static inline const char *gh_curl_authorities_file(void) {
#if LIBCURL_VERSION_NUM >= 0x074600
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    return info->age >= CURLVERSION_SEVENTH ? info->cainfo : NULL;
#else
    return NULL;
#endif
}
static inline CURLcode gh_curl_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

#define GH_CURL_WRITEFUNC_PAUSE ((size_t)CURL_WRITEFUNC_PAUSE)
#define GH_CURL_READFUNC_PAUSE ((size_t)CURL_READFUNC_PAUSE)
#define GH_CURL_READFUNC_ABORT ((size_t)CURL_READFUNC_ABORT)
static inline size_t gh_curl_writefunc_pause(void) { return CURL_WRITEFUNC_PAUSE; }
static inline size_t gh_curl_readfunc_pause(void) { return CURL_READFUNC_PAUSE; }
static inline size_t gh_curl_readfunc_abort(void) { return CURL_READFUNC_ABORT; }
static inline int gh_curl_socket_timeout(void) { return CURL_SOCKET_TIMEOUT; }

#endif
