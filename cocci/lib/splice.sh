#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# splice.sh RULE.cocci...: put the shared parts of lib/ into the rules that ask for them.
#
# spatch resolves an #include relative to where it runs, which in a kernel tree is not here, so each
# rule carries what it shares with others, between two lines that name the part:
#	// >>> lib/NAME.cocci
#	// <<< lib/NAME.cocci
# A table, lib/NAME.tsv, becomes an OCaml list of that name; "-" in it is "_" there.
set -eu

lib=$(cd "$(dirname "$0")" && pwd)
for rule; do
	awk -v lib="$lib" '
		function row(line, columns, n, i, text) {
			n = split(line, columns, "\t")
			for (i = 1; i <= n; i++)
				text = text (i > 1 ? ", " : "") "\"" columns[i] "\""
			return "\t(" text ");"
		}
		/^\/\/ >>> lib\// {
			print
			part = substr($0, 12)
			file = lib "/" part
			table = part ~ /\.tsv$/
			if (table) {
				name = substr(part, 1, length(part) - 4)
				gsub("-", "_", name)
				print "@initialize:ocaml@\n@@\nlet " name " = ["
				status = (getline line < file)
			}
			while ((status = (getline line < file)) > 0)
				print table ? row(line) : line
			if (status < 0) {
				print "splice.sh: " FILENAME ": cannot read " file > "/dev/stderr"
				exit 1
			}
			if (table)
				print "]"
			close(file)
			inside = 1
		}
		/^\/\/ <<< lib\// { inside = 0 }
		!inside && !/^\/\/ >>> lib\//
		END { if (inside) { print "splice.sh: " FILENAME ": no <<< line for " part > "/dev/stderr"; exit 1 } }
	' "$rule" >"$rule.tmp" || { rm -f "$rule.tmp"; exit 1; }
	if cmp -s "$rule" "$rule.tmp"; then rm "$rule.tmp"; else mv "$rule.tmp" "$rule"; fi
done
