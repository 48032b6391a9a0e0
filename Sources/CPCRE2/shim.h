// PCRE2 in its 8-bit form.
#ifndef GATEHOUSE_CPCRE2_H
#define GATEHOUSE_CPCRE2_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#endif
