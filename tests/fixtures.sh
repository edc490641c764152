#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# fixtures.sh [--update] [RULE...]: run every fixture in every mode and compare with expected/.
#
#   fixtures/RULE/CASE.c        a C input for RULE; CASE-kernel-X.Y.c is checked with --kernel X.Y
#   expected/RULE/CASE.MODE     what it must give: json (its findings and what was not analysed) from resvlint check;
#                               where there is one, patch from the rule alone and fix from resvlint fix; and, for the
#                               first case that a rule reports, report, context and org from the rule alone
#
# In every case, the rule alone has to report the lines that resvlint does, but for what takes callers to know.
#
# --update writes expected/ anew: read it before you commit it. What it says is not believed by itself, since
# the fixtures say what is true. Comments mark the lines that have to be reported, and no other may be:
#
#   /* BAD */              reported with medium or high confidence; "BAD, twice": two findings
#   /* BAD: low */         reported with low confidence
#   /* GOOD, by its callers */  not reported, since the callers tell; the rule alone does not know them
#   /* BAD, missed */      known failures, "not ok ... # TODO": should be reported and is not,
#   /* BAD: low, missed */ should be reported with low confidence and is not,
#   /* GOOD, reported */   should not be reported and is
#   /* GOOD, not analysed */ begins what is not analysed, and should be
#   /* PATCH, wrong: why */ the patch is not what it should be
#
# Patches have to apply, mend what they touch, touch nothing else, and be none for a file that has them.
# So have diffs of fix, which are proved by fix itself; where the patch changes the same tokens, it does it in
# the same way.
#
# RESVLINT and SPATCH name other programs, JOBS the number of processes at a time.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
RESVLINT=${RESVLINT:-$root/resvlint}
SPATCH=${SPATCH:-spatch}
JOBS=${JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)}

update=
if [ "${1-}" = --update ]; then
	update=1
	shift
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
# Rules that run alone find the OCaml that they share.
SPATCH=$SPATCH "$root/cocci/lib/compile.sh" "$work/ocaml" "$root/build/ocaml"
OCAMLPATH=$work/ocaml${OCAMLPATH:+:$OCAMLPATH}
export OCAMLPATH

# Does this spatch lay out what a patch leaves in another way than that of expected/?
lays_out=1
case $("$SPATCH" --version) in
'spatch version 1.1.'*) lays_out= ;;
esac

passed=0
failed=0
known=0

ok() {
	passed=$((passed + 1))
	printf 'ok - %s\n' "$1"
}

# not_ok NAME [FILE]: FILE says why.
not_ok() {
	failed=$((failed + 1))
	printf 'not ok - %s\n' "$1"
	[ $# -lt 2 ] || sed 's/^/# /' "$2"
}

# todo NAME: a known failure.
todo() {
	known=$((known + 1))
	printf 'not ok - %s # TODO\n' "$1"
}

# verdict NAME FILE: ok when FILE, which tells what is wrong, is empty.
verdict() {
	if [ -s "$2" ]; then not_ok "$1" "$2"; else ok "$1"; fi
}

rule_file() {
	for path in "$root"/cocci/*/"$1.cocci"; do
		printf '%s\n' "$path"
	done
}

has_patch_mode() {
	case " $patching " in
	*" $1 "*) ;;
	*) return 1 ;;
	esac
}

# Sets kernel to the version that a fixture is for; "-" for whichever is the newest.
kernel_of() {
	case $1 in
	*-kernel-*) kernel=${1##*-kernel-} kernel=${kernel%.c} ;;
	*) kernel=- ;;
	esac
}

# cases RULE: names of its fixtures, without .c
cases() {
	for path in "$root/fixtures/$1"/*.c; do
		name=${path##*/}
		printf '%s\n' "${name%.c}"
	done
}

# Splits the output of one run over many files in directory $dir: CASE.MODE for each.
# The copy that a diff compares with has a name made up by spatch.
split_lines() {
	awk -v dir="$1" -v mode="$2" '
		mode == "org" {
			file = $0
			sub(/^.*\[\[view:/, "", file)
			sub(/::face=.*/, "", file)
		}
		mode == "report" { file = $0; sub(/:.*/, "", file) }
		{ sub(/\.c$/, "", file); print > (dir "/" file "." mode) }'
}

split_diff() {
	awk -v dir="$1" -v mode="$2" '
		/^--- / { held = $0; next }
		held != "" && /^\+\+\+ / {
			name = file = substr(held, 5)
			sub(/\.c$/, "", file)
			out = dir "/" file "." mode
			print "--- " name > out
			print "+++ " name > out
			held = ""
			next
		}
		held != "" { print held > out; held = "" }
		{ print > out }
		END { if (held != "") print held > out }'
}

# Those of fix begin with a line that names the file twice.
split_fix() {
	awk -v dir="$1" '
		/^diff --git / { file = substr($3, 3); sub(/\.c$/, "", file) }
		{ print > (dir "/" file ".fix") }'
}

split_json() {
	awk -v dir="$1" '
		/^  "(findings|not_analysed)": \[$/ { inside = 1; next }
		/^  \]/ { inside = 0 }
		!inside { next }
		{ line = substr($0, 5) }
		line == "{" { text = ""; file = "" }
		line ~ /^  "file": / {
			file = line
			sub(/^  "file": "/, "", file)
			sub(/(\.c)?",?$/, "", file)
		}
		line ~ /^},?$/ { print text "}" > (dir "/" file ".json"); next }
		{ text = text line "\n" }'
}

# The kernel versions that fixtures of RULE are for.
kernels_of() {
	for name in $(cases "$1"); do
		kernel_of "$name"
		echo "$kernel"
	done | sort -u
}

# The files of the fixtures of RULE that are for KERNEL.
files_of() {
	for name in $(cases "$1"); do
		kernel_of "$name"
		[ "$kernel" != "$2" ] || printf '%s.c\n' "$name"
	done
}

# run RULE MODE DIR: all fixtures of RULE, copied to DIR, in one process; DIR.out has CASE.MODE of each.
run() {
	rule=$1 mode=$2 dir=$3
	log=$dir.$mode.log
	for name in $(cases "$rule"); do
		: >"$dir.out/$name.$mode"
	done
	cd "$dir"
	case $mode in
	json | fix)
		: >"$log"
		for kernel in $(kernels_of "$rule"); do
			# shellcheck disable=SC2046 # names without blanks
			set -- $(files_of "$rule" "$kernel")
			[ "$kernel" = - ] || set -- --kernel "$kernel" "$@"
			case $mode in
			json) set -- check --format json --confidence low "$@" ;;
			fix) set -- fix "$@" ;;
			esac
			status=0
			"$RESVLINT" "$@" --rules "$root/cocci" --rule "$rule" --jobs 1 \
				>"$log.out" 2>>"$log" </dev/null || status=$?
			[ "$status" -le 1 ] || echo "resvlint: exit status $status" >"$log.failed"
			case $mode in
			json) split_json "$dir.out" <"$log.out" ;;
			fix) split_fix "$dir.out" <"$log.out" ;;
			esac
		done
		;;
	*)
		for name in $(cases "$rule"); do
			printf '%s.c\n\n' "$name"
		done >"$dir.$mode.groups"
		status=0
		TMPDIR=$work "$SPATCH" -D "$mode" --very-quiet --no-includes --macro-file "$root/cocci/lib/macros.h" \
			--cocci-file "$(rule_file "$rule")" --file-groups "$dir.$mode.groups" \
			>"$log.out" 2>"$log" </dev/null || status=$?
		[ "$status" -eq 0 ] || echo "spatch: exit status $status" >"$log.failed"
		case $mode in
		report | org) split_lines "$dir.out" "$mode" <"$log.out" ;;
		*) split_diff "$dir.out" "$mode" <"$log.out" ;;
		esac
		;;
	esac
}

# run_all FILE: the lines of FILE, "RULE MODE DIR" each, JOBS at a time.
run_all() {
	worker=0
	while [ "$worker" -lt "$JOBS" ]; do
		awk -v jobs="$JOBS" -v worker="$worker" 'NR % jobs == worker' "$1" >"$1.$worker"
		while read -r task_rule task_mode task_dir; do
			(run "$task_rule" "$task_mode" "$task_dir")
		done <"$1.$worker" &
		worker=$((worker + 1))
	done
	wait
	while read -r task_rule task_mode task_dir; do
		log=$task_dir.$task_mode.log
		if [ -f "$log.failed" ]; then
			tail -n 5 "$log" >>"$log.failed"
			not_ok "$task_rule $task_mode" "$log.failed"
		fi
	done <"$1"
}

# The findings of a .json: "LINE +" for medium and high confidence, "LINE l" for low; "LINE ?" where a line was
# not analysed.
marks_found() {
	awk '
		/^  "confidence": / { mark = /"low"/ ? "l" : "+" }
		/^  "reason": / { mark = "?" }
		/^  "line": / { line = $2; sub(/,$/, "", line) }
		/^}$/ { print line, mark; mark = "" }' "$1"
}

# Those that the comments ask for: "LINE MARKS KNOWN", where MARKS is "." for a line without a finding and
# KNOWN is "known" where it is known not to be so.
marks_wanted() {
	awk '
		match($0, /\/\* (BAD|GOOD)[^*]*\*\//) {
			mark = substr($0, RSTART + 3, RLENGTH - 6)
			known = mark ~ /, (missed|reported|not analysed)$/ ? "known" : "-"
			sub(/, (missed|reported|not analysed)$/, "", mark)
			if (mark == "BAD") want = "+"
			else if (mark == "BAD, twice") want = "++"
			else if (mark == "BAD: low") want = "l"
			else if (mark == "GOOD" && known == "known" || mark == "GOOD, by its callers") want = "."
			else want = "unknown comment"
			print NR, want, known
		}' "$1"
}

# truth RULE CASE: do the findings agree with the comments?
truth() {
	source=$root/fixtures/$1/$2.c
	marks_found "$work/$1.out/$2.json" >"$work/found"
	marks_wanted "$source" >"$work/wanted"
	awk -v source="$source" -v wrong="$work/wrong" -v todo="$work/todo" -v mended="$work/mended" '
		function words(marks) {
			if (marks == ".") return "no finding"
			if (marks == "+") return "a finding"
			if (marks == "++") return "two findings"
			if (marks == "l") return "a finding of low confidence"
			if (marks ~ /\?/) return "not analysed"
			return marks
		}
		BEGIN { printf "" > wrong; printf "" > todo; printf "" > mended }
		FILENAME == ARGV[1] { found[$1] = $2 == "+" ? "+" found[$1] : found[$1] $2; lines[$1]; next }
		{ wanted[$1] = $2; known[$1] = $3; lines[$1] }
		END {
			for (line in lines) {
				want = line in wanted ? wanted[line] : "."
				got = line in found ? found[line] : "."
				text = "line " line ": " words(got) ", should be " words(want)
				if (known[line] == "known")
					print (want == got ? "line " line ": is as it should be now" : text) \
						> (want == got ? mended : todo)
				else if (want != got)
					print text > wrong
			}
		}' "$work/found" "$work/wanted"
	for list in wrong todo mended; do
		[ ! -s "$work/$list" ] || sort -t ' ' -k 2n -o "$work/$list" "$work/$list"
	done
	verdict "$1/$2 truth" "$work/wrong"
	while read -r line; do
		todo "$1/$2 $line"
	done <"$work/todo"
	[ ! -s "$work/mended" ] || not_ok "$1/$2 known failures" "$work/mended"
}

# git_apply DIR PATCH [OPTION]: git takes no line on trust.
git_apply() {
	(cd "$1" && GIT_CEILING_DIRECTORIES=$work git -c core.autocrlf=false apply ${3:+"$3"} --whitespace=nowarn "$2")
}

# same_code RULE CASE: does the patch leave the tokens that the expected one does?
same_code() {
	rm -rf "$work/asked"
	mkdir "$work/asked"
	cp "$work/$1/$2.c" "$work/asked"
	if [ -s "$expected" ]; then
		git_apply "$work/asked" "$expected" -p0
	fi
	tokens "$work/asked/$2.c" >"$work/asked.tokens"
	tokens "$work/$1.mended/$2.c" | diff -u -L "expected/$1/$2.patch" -L "now" "$work/asked.tokens" -
}

# is_expected RULE CASE MODE
# Versions of spatch print the blanks within expressions differently. A patch is laid out as 1.1 does it; others take
# comments and empty lines along with what they remove, and have to leave the same code.
is_expected() {
	case $3 in
	report | org) diff -uw -L "expected/$1/$2.$3" -L "now" "$expected" "$got" ;;
	patch)
		diff -u -L "expected/$1/$2.$3" -L "now" "$expected" "$got" >"$work/diff" || {
			if [ -n "$lays_out" ] && has_patch_mode "$1"; then same_code "$1" "$2"; else cat "$work/diff"; false; fi
		}
		;;
	*) diff -u -L "expected/$1/$2.$3" -L "now" "$expected" "$got" ;;
	esac
}

# golden RULE CASE MODE: is the output the expected one?
golden() {
	expected=$root/expected/$1/$2.$3
	got=$work/$1.out/$2.$3
	# What is not there need not be expected.
	if [ ! -s "$got" ] && { [ -n "$update" ] || [ ! -f "$expected" ]; }; then
		rm -f "$expected"
		return 0
	fi
	if [ -n "$update" ] && { [ ! -f "$expected" ] || ! is_expected "$1" "$2" "$3" >"$work/wrong"; }; then
		cp "$got" "$expected"
	fi
	if [ ! -f "$expected" ]; then
		echo "no expected/$1/$2.$3" >"$work/wrong"
	else
		is_expected "$1" "$2" "$3" >"$work/wrong" 2>&1 || :
	fi
	verdict "$1/$2 $3" "$work/wrong"
}

# alone RULE CASE: does the rule alone report what resvlint does without callers and callees, and nothing that resvlint
# does not? It knows the newest convention only.
alone() {
	kernel_of "$2"
	[ "$kernel" = - ] || return 0
	awk '
		FILENAME == ARGV[1] { if (match($0, /^[^:]*:[0-9]+:/)) { split($0, at, ":"); reported[at[2] + 0] } next }
		FILENAME == ARGV[2] { if (index($0, "/* GOOD, by its callers */")) known[FNR]; next }
		/^{$/ { rule = sure = chain = 0 }
		/^  "rule": / { rule = 1 }
		/^  "confidence": "(medium|high)"/ { sure = 1 }
		/^  "chain": \[$/ { chain = 1 }
		/^  "line": / { line = $2 + 0 }
		/^}$/ && rule && chain { known[line] }
		/^}$/ && rule && sure {
			known[line]
			if (!chain && !(line in reported))
				print "line " line ": not by the rule alone"
		}
		END {
			for (line in reported)
				if (!(line in known))
					print "line " line ": by the rule alone only"
		}' "$work/$1.out/$2.report" "$root/fixtures/$1/$2.c" "$work/$1.out/$2.json" >"$work/wrong"
	verdict "$1/$2 alone" "$work/wrong"
}

# removed_lines PATCH: the numbers of the lines that it removes.
removed_lines() {
	awk '
		/^@@ / { split($2, from, ","); line = -from[1]; inside = 1; next }
		inside && /^-/ { print line }
		inside && /^[- ]/ { line++ }' "$1"
}

# changed_text SIGN PATCH: what is removed (-) or added (+) but for the suffix, assertions, locks, `<= 0`,
# WQ_MEM_RECLAIM, the marks of the fixtures, and blanks: spatch wraps lines that have become too long, and moves
# comments up. Another than 1.1 also
# removes comments.
changed_text() {
	awk -v sign="$1" -v lays_out="$lays_out" '
		/^@@ / { inside = 1; next }
		inside && substr($0, 1, 1) == sign {
			if (lays_out)
				sub(/\/\/.*/, "")
			text = text substr($0, 2)
		}
		END {
			if (lays_out)
				gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, "", text)
			gsub(/[[:space:]]/, "", text)
			gsub(/\/\*(BAD|GOOD)[^*]*\*\//, "", text)
			gsub(/\/\*[^*]*\*\/\(/, "(", text)
			gsub(/_unlocked\(/, "(", text)
			gsub(/[a-z_]*assert_held\([^;]*\);/, "", text)
			gsub(/dma_resv_(un)?lock\([^;]*\);/, "", text)
			gsub(/<=0\)/, ")", text)
			gsub(/[|]WQ_MEM_RECLAIM/, "", text)
			gsub(/,WQ_MEM_RECLAIM/, ",0", text)
			gsub(/;/, ";\n", text)
			print text
		}' "$2"
}

# remaining JSON LINES: the findings that a patch leaves. Those with a fix are mended, and so are those on
# LINES. How sure they are may change with what the patch brings in.
remaining() {
	awk -v numbers="$2" '
		BEGIN { while ((getline line < numbers) > 0) removed[line] }
		/^{$/ { line = ""; fixed = 0; text = "" }
		/^  "line": / { line = $2 + 0 }
		/^  "(function|operation)": / { text = text " " $2 }
		/^  "fix": \{/ { fixed = 1 }
		/^}$/ && !fixed && !(line in removed) { print text }' "$1" | sort
}

# mends RULE CASE: is its patch one that can be believed? "PATCH, wrong: why" in the fixture is a known failure.
mends() {
	patch=$work/$1.out/$2.patch
	before=$work/$1.out/$2.json
	after=$work/$1.mended.out/$2.json
	[ -s "$patch" ] || return 0
	removed_lines "$patch" >"$work/removed"
	changed_text - "$patch" >"$work/removed.text"
	awk '/^  "line": / { line = $2 + 0 } /^  "fix": \{/ { print line }' "$before" >"$work/fixed"
	# A patch that has no fixes to make removes what it is about.
	if [ -s "$work/fixed" ]; then : >"$work/gone"; else cp "$work/removed" "$work/gone"; fi
	remaining "$before" "$work/gone" >"$work/left"
	{
		awk -v removed="$work/removed" '
			BEGIN { while ((getline line < removed) > 0) gone[line] }
			!($1 in gone) { print "line " $1 ": has a fix, and is not mended" }' "$work/fixed"
		awk '
			/^{$/ { low = 0 }
			/^  "confidence": "low"/ { low = 1 }
			/^  "line": / { line = $2 + 0 }
			/^  "fix": \{/ && low { print "line " line ": has a fix, and is only suspected" }' "$before"
		remaining "$after" /dev/null | diff "$work/left" - |
			sed -n 's/^</gone, and not mended:/p; s/^>/new, or not mended:/p'
		sed -n 's/^  "fix": {/can still be mended/p' "$after"
		changed_text + "$patch" | diff "$work/removed.text" - | sed 's/^/changes what it should not: /'
		sed 's/^/patches again: /' "$work/$1.mended.out/$2.patch"
	} >"$work/wrong"

	why=$(sed -n 's|.*/\* PATCH, wrong: \(.*\) \*/.*|\1|p' "$work/$1/$2.c")
	if [ -z "$why" ]; then
		verdict "$1/$2 mended" "$work/wrong"
	elif [ -s "$work/wrong" ]; then
		todo "$1/$2 mended: $why"
	else
		echo "is as it should be now: $why" >"$work/wrong"
		not_ok "$1/$2 mended" "$work/wrong"
	fi
}

# tokens FILE: a line for each, without comments. Fixtures have no comment in a string.
tokens() {
	awk '
		{ text = text $0 "\n" }
		END {
			while (match(text, /\/\*([^*]|\*+[^*\/])*\*+\/|\/\/[^\n]*/)) {
				printf "%s ", substr(text, 1, RSTART - 1)
				text = substr(text, RSTART + RLENGTH)
			}
			print text
		}' "$1" | tr -s '[:space:]' '\n' | sed 's/[^A-Za-z0-9_]/\n&\n/g' | sed '/^$/d'
}

# edits FILE FILE: "FIRST LAST TEXT" for each change of tokens between them.
edits() {
	tokens "$1" >"$work/before.tokens"
	tokens "$2" >"$work/after.tokens"
	diff "$work/before.tokens" "$work/after.tokens" | awk '
		function flush() { if (range != "") print range text; text = "" }
		/^[0-9]/ {
			flush()
			split($0, side, /[acd]/)
			range = side[1] ~ /,/ ? side[1] : side[1] "," side[1]
			sub(/,/, " ", range)
			next
		}
		/^[<>]/ { text = text " " $0 }
		END { flush() }'
}

# fixes RULE CASE: does what fix gives apply, and do what the patch does in the same place? "same" counts.
fixes() {
	diff=$work/$1.out/$2.fix
	[ -s "$diff" ] || return 0
	rm -rf "$work/applied"
	mkdir "$work/applied"
	cp "$work/$1/$2.c" "$work/applied"
	: >"$work/wrong"
	if git_apply "$work/applied" "$diff" 2>"$work/wrong"; then
		edits "$work/$1/$2.c" "$work/applied/$2.c" >"$work/by-fix"
		edits "$work/$1/$2.c" "$work/$1.mended/$2.c" >"$work/by-patch"
		awk -v same="$work/same" '
			FILENAME == ARGV[1] { first[NR] = $1; last[NR] = $2; text[NR] = $0; count = NR; next }
			{
				for (i = 1; i <= count; i++)
					if (first[i] <= $2 && $1 <= last[i] && text[i] != $0)
						print "fix:" $0 "\npatch:" text[i]
					else if (text[i] == $0)
						print $0 >> same
			}' "$work/by-patch" "$work/by-fix" >"$work/wrong"
	fi
	verdict "$1/$2 fixed as the patch does" "$work/wrong"
}

# rows RULE: is every function or callback of the rule's clause reported in some place, and not in another?
rows() {
	clause=$(sed -n 's|^// Clause: ||p' "$(rule_file "$1")")
	awk -F '\t' -v clause="$clause" '$1 == clause { print $2 }' "$root/cocci/lib/convention.tsv" >"$work/rows"
	: >"$work/wrong"
	while read -r api; do
		case $api in
		*.*) use="([.]|->)${api#*.} = " ;;
		*) use="(^|[^a-z_])${api}[[:blank:]]*(/[*].*[*]/[[:blank:]]*)?[(]" ;;
		esac
		uses=$(cat "$work/$1"/*.c | grep -cE "$use" || :)
		found=$(cat "$work/$1.out"/*.json | awk -v api="$api" '
			/^  "(file|function)": / { place = place $2 }
			/^  "operation": / { operation = $2; line = NR }
			/^  "message": / { message = $0 }
			/^}$/ {
				if (operation == "\"" api "\",") print place line
				else if (message ~ (" " api "[ ,]")) print place
				place = ""
			}' | sort -u | wc -l)
		[ "$found" -gt 0 ] || echo "$api: no fixture that is reported" >>"$work/wrong"
		[ "$uses" -gt "$found" ] || echo "$api: no fixture that is not reported" >>"$work/wrong"
	done <"$work/rows"
	verdict "$1 every row of its clause" "$work/wrong"
}

rules=$*
if [ -z "$rules" ]; then
	for path in "$root"/cocci/*/*.cocci; do
		name=${path##*/}
		name=${name%.cocci}
		case $path in
		*/lib/*) ;;
		*) rules="$rules $name" ;;
		esac
	done
fi

patching=''
for rule in $rules; do
	if [ ! -f "$(rule_file "$rule")" ] || [ ! -d "$root/fixtures/$rule" ]; then
		not_ok "$rule: a rule with fixtures"
		continue
	fi
	mkdir "$work/$rule" "$work/$rule.out"
	cp "$root/fixtures/$rule"/*.c "$work/$rule"
	! grep -q 'depends on patch' "$(rule_file "$rule")" || patching="$patching $rule"
	for mode in report context org patch json; do
		echo "$rule $mode $work/$rule"
	done
	! has_patch_mode "$rule" || echo "$rule fix $work/$rule"
done >"$work/tasks"
run_all "$work/tasks"

for rule in $rules; do
	if [ ! -d "$work/$rule" ] || ! has_patch_mode "$rule"; then
		continue
	fi
	cp -R "$work/$rule" "$work/$rule.mended"
	mkdir "$work/$rule.mended.out"
	for name in $(cases "$rule"); do
		patch=$work/$rule.out/$name.patch
		[ ! -s "$patch" ] ||
			git_apply "$work/$rule.mended" "$patch" -p0 2>"$work/wrong" ||
			not_ok "$rule/$name patch applies" "$work/wrong"
	done
	for mode in patch json; do
		echo "$rule $mode $work/$rule.mended"
	done
done >"$work/tasks.mended"
run_all "$work/tasks.mended"

for rule in $rules; do
	[ -d "$work/$rule" ] || continue
	[ -z "$update" ] || mkdir -p "$root/expected/$rule"
	: >"$work/same"
	modes='report context org'
	for name in $(cases "$rule"); do
		for mode in json patch; do
			golden "$rule" "$name" "$mode"
		done
		if [ -s "$work/$rule.out/$name.report" ]; then
			for mode in $modes; do
				golden "$rule" "$name" "$mode"
			done
			modes=
		fi
		alone "$rule" "$name"
		truth "$rule" "$name"
		if has_patch_mode "$rule"; then
			golden "$rule" "$name" fix
			mends "$rule" "$name"
			fixes "$rule" "$name"
		fi
	done
	if has_patch_mode "$rule"; then
		[ -s "$work/same" ] && : >"$work/wrong" || echo "no edit is the same" >"$work/wrong"
		verdict "$rule fix and patch make the same edits" "$work/wrong"
	fi
	rows "$rule"
	for path in "$root/expected/$rule"/*; do
		[ -e "$path" ] || continue
		name=${path##*/}
		[ -f "$root/fixtures/$rule/${name%.*}.c" ] && continue
		if [ -n "$update" ]; then rm "$path"; else not_ok "expected/$rule/$name: no such fixture"; fi
	done
done

[ "$known" -eq 0 ] || printf '# %d known failures\n' "$known"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
