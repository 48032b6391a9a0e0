#include "llhttp_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CNIOLLHTTP.h"

// Bytes that come in pieces.
struct text {
    uint8_t *bytes;
    size_t count;
    size_t capacity;
};

struct reading {
    struct text target, name, value, fields, body;
    int in_trailers;
    int complete;
};

static void add(struct text *text, const void *bytes, size_t count) {
    if (text->count + count > text->capacity) {
        size_t capacity = (text->count + count) * 2 + 64;
        uint8_t *grown = realloc(text->bytes, capacity);
        if (grown == NULL) abort();
        text->bytes = grown;
        text->capacity = capacity;
    }
    if (count > 0) memcpy(text->bytes + text->count, bytes, count);
    text->count += count;
}

static void add_string(struct text *text, const void *bytes, size_t count) {
    uint32_t length = (uint32_t)count;
    add(text, &length, 4);
    add(text, bytes, count);
}

static int on_url(llhttp_t *parser, const char *at, size_t count) {
    add(&((struct reading *)parser->data)->target, at, count);
    return 0;
}

static int on_name(llhttp_t *parser, const char *at, size_t count) {
    add(&((struct reading *)parser->data)->name, at, count);
    return 0;
}

static int on_value(llhttp_t *parser, const char *at, size_t count) {
    add(&((struct reading *)parser->data)->value, at, count);
    return 0;
}

static int on_value_complete(llhttp_t *parser) {
    struct reading *reading = parser->data;
    // Trailer lines come the same way; they are no part of what is compared.
    if (!reading->in_trailers) {
        uint8_t more = 1;
        add(&reading->fields, &more, 1);
        add_string(&reading->fields, reading->name.bytes, reading->name.count);
        add_string(&reading->fields, reading->value.bytes, reading->value.count);
    }
    reading->name.count = 0;
    reading->value.count = 0;
    return 0;
}

// What llhttp knows only until the message ends.
struct framing {
    uint8_t kind;
    uint64_t length;
};
static _Thread_local struct framing framing;

static int on_headers_complete(llhttp_t *parser) {
    struct reading *reading = parser->data;
    reading->in_trailers = 1;
    framing.kind = 0;
    framing.length = 0;
    if (parser->flags & F_CHUNKED) {
        framing.kind = 2;
    } else if (parser->flags & F_CONTENT_LENGTH) {
        framing.kind = 1;
        framing.length = parser->content_length;
    }
    return 0;
}

static int on_body(llhttp_t *parser, const char *at, size_t count) {
    add(&((struct reading *)parser->data)->body, at, count);
    return 0;
}

static int on_message_complete(llhttp_t *parser) {
    ((struct reading *)parser->data)->complete = 1;
    return HPE_PAUSED;
}

const char *llhttp_peer_version(void) {
    static char version[32];
    snprintf(version, sizeof version, "%d.%d.%d", LLHTTP_VERSION_MAJOR, LLHTTP_VERSION_MINOR, LLHTTP_VERSION_PATCH);
    return version;
}

size_t llhttp_peer_read(const uint8_t *bytes, size_t count, uint8_t *record, size_t capacity) {
    llhttp_settings_t settings;
    c_nio_llhttp_settings_init(&settings);
    settings.on_url = on_url;
    settings.on_header_field = on_name;
    settings.on_header_value = on_value;
    settings.on_header_value_complete = on_value_complete;
    settings.on_headers_complete = on_headers_complete;
    settings.on_body = on_body;
    settings.on_message_complete = on_message_complete;
    struct reading reading;
    memset(&reading, 0, sizeof reading);
    llhttp_t parser;
    c_nio_llhttp_init(&parser, HTTP_REQUEST, &settings);
    parser.data = &reading;
    llhttp_errno_t code = c_nio_llhttp_execute(&parser, (const char *)bytes, count);

    struct text out = {NULL, 0, 0};
    uint8_t verdict = reading.complete ? 1 : code == HPE_OK ? 0 : 2;
    add(&out, &verdict, 1);
    const char *reason = verdict == 2 ? c_nio_llhttp_errno_name(code) : "";
    add_string(&out, reason, strlen(reason));
    if (reading.complete) {
        const char *method = c_nio_llhttp_method_name(parser.method);
        add_string(&out, method, strlen(method));
        add_string(&out, reading.target.bytes, reading.target.count);
        uint8_t version = (uint8_t)(parser.http_major * 10 + parser.http_minor);
        add(&out, &version, 1);
        add(&out, &framing.kind, 1);
        add(&out, &framing.length, 8);
        uint8_t end = 0;
        add(&out, reading.fields.bytes, reading.fields.count);
        add(&out, &end, 1);
        add_string(&out, reading.body.bytes, reading.body.count);
        const char *stop = c_nio_llhttp_get_error_pos(&parser);
        uint32_t consumed = stop == NULL ? (uint32_t)count : (uint32_t)(stop - (const char *)bytes);
        add(&out, &consumed, 4);
    }
    size_t length = out.count <= capacity ? out.count : 0;
    if (length > 0) memcpy(record, out.bytes, length);
    free(out.bytes);
    free(reading.target.bytes);
    free(reading.name.bytes);
    free(reading.value.bytes);
    free(reading.fields.bytes);
    free(reading.body.bytes);
    return length;
}
