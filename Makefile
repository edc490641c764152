# SPDX-License-Identifier: GPL-2.0-only
#
#   make               build ./resvlint
#   make coccicheck    set up, build, and check a sample driver
#     KDIR=/path/to/linux   check that tree instead
#     M=drivers/gpu/drm     only this part of it, or code of its own somewhere else
#     COCCI=importer-locked only this rule: an id, or the path of a rule
#     MODE=report           or context, org, patch: what the rules alone print
#     KERNEL=6.12           the convention of this kernel, not of the tree
#     J=4                   processes at a time
#     STRICT=1              findings make `make` fail
#     V=1                   say more
#   make check         set up, build, and run all tests
#   make check-corpus  check real kernels: CORPUS=where to unpack them, or KDIR=an unpacked 6.1
#   make check-mutation  make right functions of 6.12 wrong: CORPUS= as above, or KDIR=an unpacked 6.12, J=4
#   make bench         compare with spatch that does nothing: KDIR=a whole tree, BENCH_TURNS=5
#   make deps          install what all of this needs
#   make kernel-rules  each rule as one file that spatch runs alone, in build/kernel-rules; with KDIR=/path/to/linux,
#                  also in that tree's scripts/coccinelle, for its own `make coccicheck`
#   make expected      let expected/ be what the fixtures and the sample give now: then read it
#   make format        lay out the C sources; format-check only looks
#   make lint          check the shell scripts
#   make install       PREFIX=/usr/local DESTDIR=
#   make clean
#
#   SAN=1              build, or check, with the address and undefined behaviour sanitizers

VERSION = 0.1
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share

PKG_CONFIG ?= pkg-config
CLANG_FORMAT ?= clang-format
SHELLCHECK ?= shellcheck
INSTALL ?= install
LIBS = libuv libpcre2-8 jansson libxxhash libgit2

OCAMLFLAGS ?= -warn-error +a

# What names a path goes to scripts through the environment, and is not expanded on the way.
PATHS = KDIR M COCCI CORPUS
$(foreach path,$(PATHS),$(eval override $(path) := $$(value $(path))))
export OCAMLFLAGS $(PATHS) MODE KERNEL J STRICT V BENCH_TURNS LIBS CC PKG_CONFIG CLANG_FORMAT

O = build$(if $(SAN),/san)
CFLAGS ?= -O2 -g
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wformat=2 -Werror
SANITIZE = $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all)
comma := ,

# Asked once, and only where something is compiled.
LIBS_CFLAGS = $(eval LIBS_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(LIBS)))$(LIBS_CFLAGS)
LIBS_LDLIBS = $(eval LIBS_LDLIBS := $(shell $(PKG_CONFIG) --libs $(LIBS)))$(LIBS_LDLIBS)

ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -iquote wrapper \
	$(WARNINGS) $(LIBS_CFLAGS) $(CFLAGS) $(SANITIZE) -pthread
ALL_LDLIBS = $(LIBS_LDLIBS) $(LDLIBS)

SOURCES = $(wildcard wrapper/*.c wrapper/*/*.c)
OBJECTS = $(SOURCES:%.c=$O/%.o)
MODULES = $(filter-out $O/wrapper/main.o,$(OBJECTS))
TESTS = $(patsubst %.c,$O/%,$(wildcard tests/unit/test_*.c))
PROGRAM = $(if $(SAN),$O/resvlint,resvlint)
# The OCaml of the rules, compiled for the spatch that is here: OCAMLPATH for it.
PACKAGES = build/ocaml
# Rules as files that stand alone.
KERNEL_RULES = build/kernel-rules
RULES = $(filter-out cocci/lib/%,$(wildcard cocci/*/*.cocci))
SCRIPTS = $(wildcard .ci/* cocci/lib/*.sh tests/*.sh) cocci/coccicheck

# For what may have to install something first: make looks at the world anew afterwards.
BUILD = $(MAKE) -s --no-print-directory

all: $(PROGRAM) ocaml

$(PROGRAM): $(OBJECTS)
	@echo "  LD      $@"
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(ALL_LDLIBS)

$O/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The directory that is compiled in where rules are looked for.
$O/wrapper/convention/catalogue.o: $O/datadir
$O/wrapper/convention/catalogue.o: private ALL_CFLAGS += -DDATADIR='"$(DATADIR)"'

$O/datadir: FORCE
	@mkdir -p $(@D)
	@echo '$(DATADIR)' | cmp -s - $@ || echo '$(DATADIR)' >$@

# Does nothing where it is made of the same sources, for the same spatch.
ocaml:
	@cocci/lib/compile.sh $(PACKAGES)

$O/tests/unit/test_%: $O/tests/unit/test_%.o $O/tests/unit/unit.o $(MODULES)
	@echo "  LD      $@"
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(ALL_LDLIBS) $(shell $(PKG_CONFIG) --libs check)

unit-tests: $(TESTS)

check-unit: $(TESTS)
	@for test in $(TESTS); do $$test || exit 1; done

deps:
	@.ci/deps run check

coccicheck:
	@.ci/deps run
	@$(BUILD) all >&2
	@cocci/coccicheck

check:
	@.ci/deps run check
	@$(BUILD) all unit-tests
	@RESVLINT='$(CURDIR)/$(PROGRAM)' RESVLINT_RULES='$(CURDIR)/cocci' tests/run.sh $(TESTS)

check-corpus:
	@.ci/deps run corpus
	@$(BUILD) all
	@tests/corpus.sh

check-mutation:
	@.ci/deps run corpus
	@$(BUILD) all
	@tests/mutation.sh

bench:
	@.ci/deps run bench
	@$(BUILD) all
	@tests/bench.sh

# Each as one file, also for the kernel tree KDIR.
kernel-rules:
	@rm -rf $(KERNEL_RULES)
	@cocci/lib/kernel-rules.sh $(KERNEL_RULES) $(RULES)
	@if [ -n "$$KDIR" ]; then \
		[ -d "$$KDIR/scripts/coccinelle" ] || { echo "$$KDIR has no scripts/coccinelle" >&2; exit 1; }; \
		cocci/lib/kernel-rules.sh "$$KDIR/scripts/coccinelle" $(RULES); \
	fi

rules-check:
	@tests/rules.sh

expected:
	@.ci/deps run
	@$(BUILD) all
	tests/fixtures.sh --update
	tests/sample.sh --update

format:
	$(CLANG_FORMAT) -i wrapper/*.[ch] wrapper/*/*.[ch] tests/unit/*.[ch]

format-check:
	$(CLANG_FORMAT) --dry-run -Werror wrapper/*.[ch] wrapper/*/*.[ch] tests/unit/*.[ch]

lint:
	$(SHELLCHECK) $(SCRIPTS)

install: $(PROGRAM) ocaml
	$(INSTALL) -D -m 755 $(PROGRAM) '$(DESTDIR)$(BINDIR)/resvlint'
	for file in $(RULES) $(wildcard cocci/lib/* cocci/tables/*); do \
		$(INSTALL) -D -m 644 "$$file" '$(DESTDIR)$(DATADIR)/resvlint'/"$$file" || exit 1; \
	done
	for file in $(PACKAGES)/resvlint/*; do \
		[ ! -f "$$file" ] || $(INSTALL) -D -m 644 "$$file" \
			'$(DESTDIR)$(DATADIR)/resvlint/cocci/compiled/resvlint'/"$${file##*/}" || exit 1; \
	done
	cocci/lib/kernel-rules.sh '$(DESTDIR)$(DATADIR)/resvlint/kernel-rules' $(RULES)

clean:
	rm -rf build resvlint

.PHONY: all ocaml unit-tests check-unit deps coccicheck check check-corpus check-mutation bench kernel-rules rules-check expected \
	format format-check lint install clean FORCE
.SECONDARY:
-include $(wildcard $O/wrapper/*.d $O/wrapper/*/*.d $O/tests/unit/*.d)
