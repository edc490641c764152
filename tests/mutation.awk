# SPDX-License-Identifier: GPL-2.0-only
# Finds in C files what can be changed so that a right function becomes a wrong one, and makes the changes.
#
#   awk -f mutation.awk -v mode=sites  LOCK-FUNCTIONS.tsv FILE...
#   awk -f mutation.awk -v mode=sites -v inherited=LIST LOCK-FUNCTIONS.tsv FILE...
#   awk -f mutation.awk -v mode=apply EDITS FILE
#
# The first prints a line for each change, and one for each call that inherits the lock:
#
#   change    KIND PLACE RULE FILE FUNCTION LINE OPERATION EDITS-FILE EDITS-FUNCTION EDITS [CALL-LINE]
#   inherited FILE FUNCTION static|global LINE OPERATION NAME-EDIT
#
# LINE is that of the operation after the change: no change moves lines. With a LIST of `inherited` lines, the
# second prints the changes for those of these functions that have a caller that holds the lock, in the
# first such caller; CALL-LINE is where that calls the function.
# EDITS are `cut,START,LENGTH`, `name,START,LENGTH,NEW`, `zero,START,LENGTH` and `move,START,LENGTH,TO`,
# in bytes from the start of the file, with `;` between them; the third makes those that are a line each.
#
# This reads C by its layout: the body of a function is what stands between braces in the first column.

# What holds is followed along the text: a block that ends with a jump leaves what held before it, and at a
# label what held at the first goto holds. That is coarse, but it is not the program's own way to find out.

BEGIN {
	FS = OFS = "\t"
	variants = " dma_buf_map_attachment dma_buf_unmap_attachment dma_buf_vmap dma_buf_vunmap "
	split(variants " dma_buf_pin dma_buf_unpin", names, " ")
	for (i in names)
		locked[names[i]] = "importer-locked"
	locked["dma_buf_move_notify"] = "exporter-move-notify"
	locked["dma_buf_invalidate_mappings"] = "exporter-move-notify"
	split(variants, names, " ")
	for (i in names)
		unlocked[names[i] "_unlocked"] = names[i]
	split("attach dynamic_attach detach export fd get put mmap begin_cpu_access end_cpu_access", names, " ")
	for (i in names)
		outside["dma_buf_" names[i]] = 1
	split("if while for switch", names, " ")
	for (i in names)
		takes_condition[names[i]] = 1
	split("return goto break continue", names, " ")
	for (i in names)
		jumps[names[i]] = 1
	if (inherited != "") {
		while ((getline line < inherited) > 0) {
			split(line, f, "\t")
			if (f[1] != "inherited" || f[3] in locked || (f[2], f[3]) in first)
				continue
			first[f[2], f[3]] = f[5] OFS f[6] OFS f[7] "," f[6] "_unlocked"
			wanted[f[3]] = wanted[f[3]] " " f[2]
			is_static[f[2], f[3]] = f[4] == "static"
		}
	}
}

FILENAME == ARGV[1] && mode == "sites" {
	if (FNR == 1 || $5 == "common")
		next
	if ($1 == "acquire")
		acquires[$2] = $3 == "&1->lock" ? 1 : $3
	else if ($1 == "release" || $1 == "release-all")
		releases[$2] = $1 == "release-all" ? 0 : $3 == "&1->lock" ? 1 : $3
	next
}

FILENAME == ARGV[1] {
	split($0, f, ",")
	edits[++edit_count] = $0
	start_of[edit_count] = f[2]
	next
}

FNR == 1 {
	if (file != "")
		end_of_file()
	file = FILENAME
	text = ""
	lines = 0
}

{
	text = text $0 "\n"
	line_text[++lines] = $0
}

END {
	if (mode == "apply")
		apply()
	else if (file != "")
		end_of_file()
	if (inherited != "")
		only_callers()
}

function end_of_file()
{
	clean_lines()
	find_functions()
}

# Replaces comments, strings and preprocessor lines by blanks.
function clean_lines(	i, line, out, comment, directive, what, close_at)
{
	clean = ""
	comment = directive = 0
	for (i = 1; i <= lines; i++) {
		line = line_text[i]
		out = ""
		if (!comment && (directive || line ~ /^[ \t]*#/)) {
			directive = line ~ /\\$/
			if (line !~ /\/\*/ || line ~ /\*\//) {
				clean_line[i] = blanks(length(line))
				clean = clean clean_line[i] "\n"
				continue
			}
		}
		while (line != "") {
			if (comment) {
				close_at = index(line, "*/")
				if (!close_at) {
					out = out blanks(length(line))
					break
				}
				out = out blanks(close_at + 1)
				line = substr(line, close_at + 2)
				comment = 0
				continue
			}
			if (!match(line, /\/\*|\/\/|"|'/)) {
				out = out line
				break
			}
			what = substr(line, RSTART, RLENGTH)
			out = out substr(line, 1, RSTART - 1)
			line = substr(line, RSTART)
			if (what == "//") {
				out = out blanks(length(line))
				break
			}
			if (what == "/*") {
				comment = 1
				out = out "  "
				line = substr(line, 3)
				continue
			}
			if (what == "\"")
				match(line, /^"(\\.|[^"\\])*"/)
			else
				match(line, /^'(\\.|[^'\\])*'/)
			if (RSTART == 0)
				RLENGTH = 1
			out = out blanks(RLENGTH)
			line = substr(line, RLENGTH + 1)
		}
		clean_line[i] = out
		clean = clean out "\n"
	}
}

function blanks(n)
{
	while (length(spaces) < n)
		spaces = spaces "                                "
	return substr(spaces, 1, n)
}

# The functions of the file, each with where its body starts; then the file's own lock functions; then each body.
function find_functions(	i, offset, header, header_lines, n, name)
{
	n = 0
	offset = 1
	header = ""
	for (i = 1; i <= lines; i++) {
		if (clean_line[i] ~ /^\{/ && match(header, /[A-Za-z_][A-Za-z_0-9]*[ \t\n]*\(/)) {
			name = substr(header, RSTART, RLENGTH)
			sub(/[ \t\n]*\($/, "", name)
			n++
			function_name[n] = name
			function_static[n] = header ~ /(^|[ \t\n])static[ \t\n]/
			function_line[n] = i
			function_start[n] = offset
			header = ""
		} else if (clean_line[i] ~ /^\}/) {
			if (n && !function_end[n])
				function_end[n] = offset
			header = ""
		} else if (clean_line[i] ~ /[;}][ \t]*$/ || clean_line[i] ~ /^[ \t]*$/) {
			header = ""
		} else {
			header = header clean_line[i] "\n"
		}
		offset += length(line_text[i]) + 1
	}
	split("", own_acquires)
	split("", own_releases)
	for (i = 1; i <= n; i++)
		find_own_locks(function_name[i], substr(clean, function_start[i], function_end[i] - function_start[i]))
	for (i = 1; i <= n; i++)
		walk(i)
	split("", function_end)
}

# A function that does nothing to a lock but take it, and is called so, and its opposite.
function find_own_locks(name, body)
{
	if (name in acquires || name in releases || body ~ /dma_buf_[a-z_]*\(/ || length(body) > 500)
		return
	if (name ~ /unlock|unreserve/) {
		if (body ~ /dma_resv_unlock\(/ && body !~ /dma_resv_lock/)
			own_releases[name] = 1
	} else if (name ~ /lock|reserve/ && name !~ /try/) {
		if (body ~ /dma_resv_lock(_interruptible)?\(/ && body !~ /dma_resv_unlock\(/)
			own_acquires[name] = 1
	}
}

function walk(nr,	name, body, base, pos, word, at, next_char, depth, paren, i, start_inner, start_outer, expect, leaves,
	held, held_at, dead, dead_at, label_held, close_at, after, label, n, condition_paren, prefix)
{
	name = function_name[nr]
	base = function_start[nr]
	body = substr(clean, base, function_end[nr] - base)
	if (inherited == "" && body !~ /dma_buf_/)
		return
	split("", label_held)
	n = depth = paren = held = dead = leaves = 0
	expect = 3
	pos = 1
	condition_paren = -1
	at = 0
	while (match(substr(body, pos), /[A-Za-z_][A-Za-z_0-9]*|[^ \t\n]/)) {
		at = pos + RSTART - 1
		word = substr(body, at, RLENGTH)
		pos = at + RLENGTH
		# Where statements start: the outer one with its `if (...)`, the inner one without.
		if (expect == 3)
			start_outer = start_inner = at
		else if (expect)
			start_inner = at
		expect = 0
		if (word == "(") {
			paren++
			continue
		}
		if (word == ")") {
			paren--
			if (paren == condition_paren) {
				expect = 1
				condition_paren = -1
			}
			continue
		}
		if (word == "{" && !paren) {
			depth++
			held_at[depth] = held
			dead_at[depth] = dead
			expect = 3
			continue
		}
		if (word == "}" && !paren) {
			if (dead)
				held = held_at[depth]
			dead = dead_at[depth]
			depth--
			expect = 3
			continue
		}
		if (word == ";" && !paren) {
			if (leaves)
				dead = 1
			leaves = 0
			expect = 3
			continue
		}
		if (word !~ /^[A-Za-z_]/)
			continue
		next_char = substr(body, pos, 80)
		sub(/^[ \t\n]+/, "", next_char)
		next_char = substr(next_char, 1, 2)
		if (word == "else" || word == "do") {
			expect = 1
			continue
		}
		if (word in takes_condition) {
			condition_paren = paren
			continue
		}
		if (word == "case" || word == "default") {
			if (dead)
				held = held_at[depth]
			dead = 0
			continue
		}
		if (!paren && at == start_inner && next_char ~ /^:/) {
			if (dead)
				held = word in label_held ? label_held[word] : 0
			dead = 0
			pos += index(substr(body, pos), ":")
			expect = 3
			continue
		}
		if (word in jumps) {
			if (word == "goto") {
				match(substr(body, pos), /[A-Za-z_][A-Za-z_0-9]*/)
				label = substr(body, pos + RSTART - 1, RLENGTH)
				if (!(label in label_held))
					label_held[label] = held
			}
			leaves = start_inner == start_outer
		}
		if (next_char !~ /^\(/)
			continue
		if (!(word in acquires || word in releases || word in own_acquires || word in own_releases ||
		      word in locked || word in unlocked || word in outside || word in wanted)) {
			continue
		}
		close_at = closing(body, pos)
		if (!close_at)
			continue
		n++
		event[n] = word
		event_at[n] = at
		event_length[n] = close_at - at + 1
		event_line[n] = line_of(nr, body, at)
		event_inner[n] = start_inner
		event_outer[n] = start_outer
		event_after_else[n] = substr(body, start_outer, 5) ~ /^else[^a-z]/
		prefix = substr(body, start_inner, at - start_inner)
		after = substr(body, close_at + 1, 80)
		sub(/^[ \t\n]+/, "", after)
		event_simple[n] = prefix == "" && after ~ /^;/
		event_statement[n] = (prefix == "" || prefix ~ /^[^(){}=,]*[^=!<>(){},]=[ \t\n]*$/) && after ~ /^;/
		event_statement_length[n] = close_at - start_inner + 1
		event_state[n] = held
		event_object[n] = argument(substr(body, pos, close_at - pos + 1),
			word in acquires ? acquires[word] : word in releases ? releases[word] : 1)
		if (word in acquires || word in own_acquires) {
			event_does[n] = "acquire"
			held = n
		} else if (word in releases || word in own_releases) {
			event_does[n] = "release"
			held = -n
		} else {
			event_does[n] = "operation"
		}
	}
	for (i = 1; i <= n; i++)
		if (event_does[i] == "operation")
			changes(nr, name, base, i, n)
}

# Where the parenthesis ends that opens at or after FROM.
function closing(body, from,	open, p, c)
{
	p = from
	open = 0
	while (match(substr(body, p), /[()]/)) {
		p += RSTART - 1
		c = substr(body, p, 1)
		open += c == "(" ? 1 : -1
		if (!open)
			return p
		p++
	}
	return 0
}

function line_of(nr, body, at,	before)
{
	before = substr(body, 1, at - 1)
	return function_line[nr] + gsub(/\n/, "", before)
}

# The NR-th argument of `(...)`, without blanks; nr 0 stands for anything.
function argument(call, nr,	p, c, open, count, out)
{
	if (nr == 0)
		return "*"
	open = 0
	count = 1
	out = ""
	for (p = index(call, "("); p <= length(call); p++) {
		c = substr(call, p, 1)
		if (c == ")" || c == "]" || c == "}")
			open--
		if (c == "," && open == 1)
			count++
		else if (open && count == nr && c !~ /[ \t\n]/)
			out = out c
		if (c == "(" || c == "[" || c == "{")
			open++
	}
	return out
}

function edit_of(what, base, at, len)
{
	return what "," (base + at - 1) "," len
}

# The edits that take away the acquire A and all that belongs to it.
function without_lock(base, a, n,	i, out)
{
	out = ""
	for (i = 1; i <= n; i++) {
		if (event_does[i] == "operation")
			continue
		if (i != a && !related(event_object[i], event_object[a]))
			continue
		out = out (out == "" ? "" : ";") edit_of(event_simple[i] ? "cut" : "zero", base, event_at[i], event_length[i])
	}
	return out
}

# Whether these arguments of lock functions name the same lock: one may be a part of the other.
function related(a, b)
{
	sub(/^&/, "", a)
	sub(/^&/, "", b)
	return a == "*" || a == b || begins(a, b) || begins(b, a)
}

function begins(a, b)
{
	return index(a, b "->") == 1 || index(a, b ".") == 1
}

# The edit that moves the statement of I before that of J, or "".
function moved(base, i, j)
{
	if (!event_statement[i] || event_after_else[j])
		return ""
	return edit_of("move", base, event_inner[i], event_statement_length[i]) "," (base + event_outer[j] - 1)
}

function change(kind, place, rule, name, line, operation, to)
{
	print "change", kind, place, rule, file, name, line, operation, file, name, to
}

function changes(nr, name, base, i, n,	word, held, to)
{
	word = event[i]
	held = event_state[i]
	if (word in wanted) {
		call_to[++call_count] = word
		call_file[call_count] = file
		call_function[call_count] = name
		call_line[call_count] = event_line[i]
		moved_line[call_count] = held > 0 ? event_line_of_statement(nr, base, held) : 0
		delete_lock[call_count] = held > 0 ? without_lock(base, held, n) : ""
		move_call[call_count] = held > 0 ? moved(base, i, held) : ""
	}
	if (inherited != "")
		return
	if (word in unlocked) {
		change("plain", "itself", "importer-locked", name, event_line[i], unlocked[word],
			edit_of("name", base, event_at[i], length(word)) "," unlocked[word])
	} else if (word in locked && held > 0) {
		if (index(variants, " " word " "))
			change("unlocked", "itself", "importer-unlocked", name, event_line[i], word "_unlocked",
				edit_of("name", base, event_at[i], length(word)) "," word "_unlocked")
		change("no lock", "itself", locked[word], name, event_line[i], word, without_lock(base, held, n))
		if ((to = moved(base, i, held)) != "")
			change("before", "itself", locked[word], name, event_line_of_statement(nr, base, held), word, to)
	} else if (word in locked) {
		print "inherited", file, name, function_static[nr] ? "static" : "global", event_line[i], word,
			edit_of("name", base, event_at[i], length(word))
	} else if (word in outside && held < 0 && (to = moved(base, i, -held)) != "") {
		change("inside", "itself", "importer-unlocked", name, event_line_of_statement(nr, base, -held), word, to)
	}
}

function event_line_of_statement(nr, base, i)
{
	return line_of(nr, substr(clean, base, function_end[nr] - base), event_outer[i])
}

# For each function one caller that holds the lock: the first.
function only_callers(	i, name, n, homes, h, f)
{
	for (i = 1; i <= call_count; i++) {
		name = call_to[i]
		n = split(wanted[name], homes, " ")
		for (h = 1; h <= n; h++) {
			if (is_static[homes[h], name] && call_file[i] != homes[h])
				continue
			if (delete_lock[i] == "" || (homes[h], name) in chosen)
				continue
			chosen[homes[h], name] = 1
			split(first[homes[h], name], f, "\t")
			caller_change("no lock", call_line[i], locked[f[2]], homes[h], name, f[1], f[2], i, delete_lock[i])
			if (move_call[i] != "")
				caller_change("before", moved_line[i], locked[f[2]], homes[h], name, f[1], f[2], i, move_call[i])
			if (index(variants, " " f[2] " "))
				caller_change("unlocked", "", "importer-unlocked", homes[h], name, f[1], f[2] "_unlocked", i, f[3])
		}
	}
}

function caller_change(kind, call, rule, home, name, line, operation, i, to)
{
	print "change", kind, "caller", rule, home, name, line, operation,
		kind == "unlocked" ? home : call_file[i], kind == "unlocked" ? name : call_function[i], to, call
}

# The text without what is no line break.
function emptied(part)
{
	gsub(/[^\n]/, "", part)
	return part
}

function apply(	i, j, n, f, part, swap)
{
	# A move is two edits.
	n = edit_count
	for (i = 1; i <= n; i++) {
		split(edits[i], f, ",")
		if (f[1] == "move") {
			part = substr(text, f[2], f[3])
			gsub(/[ \t]*\n[ \t]*/, " ", part)
			edits[i] = "cut," f[2] "," f[3]
			edits[++edit_count] = "insert," f[4] ",0"
			start_of[edit_count] = f[4]
			inserted[edits[edit_count]] = part "; "
		}
	}
	# From the end on, so that the places of the others stay right.
	for (i = 2; i <= edit_count; i++)
		for (j = i; j > 1 && start_of[j] + 0 > start_of[j - 1] + 0; j--) {
			swap = start_of[j]
			start_of[j] = start_of[j - 1]
			start_of[j - 1] = swap
			swap = edits[j]
			edits[j] = edits[j - 1]
			edits[j - 1] = swap
		}
	for (i = 1; i <= edit_count; i++) {
		split(edits[i], f, ",")
		part = substr(text, f[2], f[3])
		if (f[1] == "name")
			part = f[4]
		else if (f[1] == "zero")
			part = "0" emptied(part)
		else if (f[1] == "insert")
			part = inserted[edits[i]]
		else
			part = emptied(part)
		text = substr(text, 1, f[2] - 1) part substr(text, f[2] + f[3])
	}
	printf "%s", text
}
