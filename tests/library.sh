#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016 # what looks like expansions is text
# The OCaml that rules share: how it is put together, compiled, found, and what is said where that fails.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# library: rules in ./mine with one rule, `told`, which reports each function of a.c, and a library.
library() {
	mkdir -p mine/g mine/lib mine/tables
	cp "$top"/cocci/lib/*.tsv "$top"/cocci/lib/*.h "$top/cocci/lib/compile.sh" "$top/cocci/lib/amalgam.sh" mine/lib/
	cp "$top"/cocci/tables/*.tsv mine/tables/
	cat >mine/lib/compat.mli <<-'END'
		val of_version : string
	END
	cat >mine/lib/compat-1.1.ml <<-'END'
		let of_version = "1.1"
	END
	sed 's/1\.1/1.3/' mine/lib/compat-1.1.ml >mine/lib/compat-1.3.ml
	sed 's/1\.1/9.0/' mine/lib/compat-1.1.ml >mine/lib/compat-9.0.ml
	# After what uses it, by its name.
	cat >mine/lib/zeal.ml <<-'END'
		let functions file =
		  let program, _ = Parse_c.parse_c_and_cpp false false file in
		  List.filter (fun (top, _) -> match top with Ast_c.Definition _ -> true | _ -> false) program
	END
	cat >mine/lib/tell.mli <<-'END'
		(* Prints a finding for each function. *)
		val functions : string list -> unit
		val serve : unit -> unit
		val words : string ref
	END
	cat >mine/lib/tell.ml <<-'END'
		let wanted, _, _, _, _, _, _ = List.hd Tables.lock_functions
		let words = ref "no rule knows"
		(* It isn't "@" that separates these. *)
		let one file _ =
		  Printf.printf
		    "resvlint\tfinding\ttold\thigh\tnot held\t%s\t3\t8\t3\t30\tprobe\tdma_buf_pin\tattach\t\t0\t%s %s\tof %s\tso\t\t\n"
		    file !words wanted Compat.of_version
		let functions = List.iter (fun file -> List.iter (one file) (Zeal.functions file))
		let rec serve () = match String.split_on_char ' ' (input_line stdin) with
		  | "rules" :: file :: _ -> functions [ file ]; print_endline "resvlint\tdone\t0\t0"; serve ()
		  | ("know" | "enter" | "ask" | "load") :: _ -> serve ()
		  | _ -> print_endline "resvlint\tdone\t0\t0"; serve ()
	END
	cat >mine/lib/rule.ml <<-'END'
		let offer name make = if name = "told" then make ()
	END
	cat >mine/lib/serve.cocci <<-'END'
		virtual serve
		@script:ocaml depends on serve@
		@@
		print_endline "resvlint\tready";
		Resvlint.Tell.serve ()
	END
	cat >mine/g/told.cocci <<-'END'
		/// Functions are told
		// Confidence: High
		// Tokens: dma_buf_map_attachment
		virtual facts

		@initialize:ocaml@
		@@
		let words = "it is"
		let () = Resvlint.Tell.words := words

		@script:ocaml@
		@@
		Resvlint.Tell.functions (Coccilib.files ())
	END
	bad_code >a.c
}

# compiler_is_told: ./compiled gets a line for each time that the library is compiled, ./scripted for each time that
# compile.sh runs.
compiler_is_told() {
	mkdir -p bin
	printf '#!/bin/sh\necho >>%s/scripted\nexec %s "$@"\n' "$PWD" "$(command -v mktemp)" >bin/mktemp
	chmod +x bin/mktemp
	for program in ocamlopt.opt ocamlopt; do
		{
			echo '#!/bin/sh'
			printf 'case "$*" in *resvlint.ml*) echo compiled >>%s/compiled ;; esac\n' "$PWD"
			printf 'exec %s "$@"\n' "$(command -v "$program")"
		} >"bin/$program"
		chmod +x "bin/$program"
	done
	PATH=$PWD/bin:$PATH
}

a_run_compiles() {
	library
	compiler_is_told
	run 1 check --rules mine a.c
	prints 'it is acquire [told]'
	case $("${SPATCH:-spatch}" --version) in
	*' 1.1.'*) prints 'of 1.1' ;;
	*) prints 'of 1.3' ;;
	esac
	warnings 1
	[ "$(wc -l <compiled)" = 1 ] || fail "not compiled once"
	[ -e scripted ] || fail "compile.sh is not told of"
}

what_is_compiled_is_used() {
	library
	mine/lib/compile.sh mine/compiled
	compiler_is_told
	run 1 check --rules mine a.c
	[ ! -e scripted ] || fail "compile.sh ran, though it need not"
	mv mine moved
	run 1 check --rules moved a.c
	[ ! -e compiled ] || fail "compiled after a move"
	echo 'let more = 1' >>moved/lib/zeal.ml
	run 1 check --rules moved a.c
	[ -e compiled ] || fail "not compiled, though the source has changed"
	moved/lib/compile.sh moved/compiled
	rm compiled
	sed -i 's/"it is"/"it may be"/' moved/g/told.cocci
	run 1 check --rules moved a.c
	prints 'it may be acquire [told]'
	[ -e compiled ] || fail "not compiled, though a rule has changed"
}

what_is_built_is_used() {
	library
	mine/lib/compile.sh build/ocaml
	compiler_is_told
	run 1 check --rules mine a.c
	[ ! -e compiled ] || fail "compiled, though it need not be"
	sed -i 's/^acquire/get/' mine/lib/lock-functions.tsv
	mine/lib/compile.sh build/ocaml
	[ -e compiled ] || fail "not compiled anew, though a table has changed"
}

another_spatch() {
	library
	mine/lib/compile.sh mine/compiled
	sed -i '1s/$/ or so/' mine/compiled/resvlint/stamp
	compiler_is_told
	run 1 check --rules mine a.c
	[ -e compiled ] || fail "that of another spatch is used"
}

# Without exec bits, and from names that a shell would take apart.
odd_places() {
	library
	chmod 644 mine/lib/*
	mkdir 'o d;d'
	mv mine 'o d;d/mine'
	TMPDIR="$PWD/o d;d" run 1 check --rules 'o d;d/mine' a.c
	prints 'it is acquire [told]'
}

# spatch parses what a macro stands before only if it is told.
block_macros_parse() {
	tail -n +2 "$top/cocci/lib/block-macros.tsv" | while IFS=$(printf '\t') read -r macro runs locks; do
		grep -q "^#define ${macro}[ (]" "$top/cocci/lib/macros.h" || fail "$macro is not in macros.h"
		case $runs,$locks in
		once,guard | once,kept | 'until locked,kept' | 'until locked,released') ;;
		*) fail "$macro: $runs, $locks" ;;
		esac
	done
}

an_error() {
	library
	echo 'let wrong = 1 + "x"' >>mine/lib/zeal.ml
	run 2 check --rules mine a.c
	says "cannot compile the rules' OCaml library" 'lib/zeal.ml", line 4' 'but an expression was expected'
	if mine/lib/compile.sh out 2>.err; then
		fail "an error is none"
	fi
	says 'mine/lib/zeal.ml", line 4'
	[ ! -e out/resvlint ] || fail "a package is left"
}

a_warning() {
	library
	echo 'let _ = fun x -> 1' >>mine/lib/zeal.ml
	OCAMLFLAGS='' mine/lib/compile.sh out 2>.err
	says 'unused variable x'
	rm -r out
	if OCAMLFLAGS='-warn-error +a' mine/lib/compile.sh out 2>.err; then
		fail "a warning is no error"
	fi
}

no_compiler() {
	library
	mkdir bin
	for program in sh dirname readlink head cat cmp mkdir mktemp rm sed; do
		ln -s "$(command -v "$program")" bin/
	done
	SPATCH=$(command -v "${SPATCH:-spatch}") PATH=$PWD/bin run 2 check --rules mine a.c
	says 'no OCaml compiler' 'apt install ocaml'
}

# What has to be written otherwise in a .cocci.
alone() {
	library
	cp "$top/cocci/lib/kernel-rules.sh" "$top/cocci/lib/escape.awk" mine/lib/
	cat >>mine/lib/zeal.ml <<-'END'
		(* Don't "say *) @ \" #" '"' (* nested
		   lines @ *) // here. *)
		let id (x : 'a) (y' : 'b) = ignore y'; x
		let texts = [ "a\\"; {|two"s\ @|}; {q|x|}|q}; "// # @@ \" \064" ] @ [ "b" ] @ [ "it's" ^ "(*" ]
		let marks = [ '"'; '\''; '\\'; '@'; '#'; '\n'; '\064'; '('; '/' ]
		let odd = id marks @@ id texts
		let text = String.concat "," texts ^ String.concat "" @@ List.map (String.make 1) odd
	END
	echo "let () = print_endline Zeal.text" >>mine/lib/tell.ml
	mine/lib/compile.sh compiled
	OCAMLPATH=$PWD/compiled "${SPATCH:-spatch}" --very-quiet -D facts --cocci-file mine/g/told.cocci a.c >package 2>.err
	grep -q 'two"s' package || fail "nothing is printed: $(cat .err)"
	mine/lib/kernel-rules.sh made mine/g/told.cocci
	"${SPATCH:-spatch}" --very-quiet -D facts --cocci-file made/g/told.cocci a.c >file 2>.err
	same package file
	echo "let f = Option.get" >>mine/lib/zeal.ml
	if mine/lib/kernel-rules.sh made mine/g/told.cocci 2>.err; then
		fail "a module is missing, and nobody says so"
	fi
	says "no module Option"
}

check "a run compiles the library, once, with what is for this spatch" a_run_compiles
check "what is compiled beside the rules is used as long as it fits" what_is_compiled_is_used
check "what make has built is used, and built anew when a table changes" what_is_built_is_used
check "what is compiled for another spatch is not used" another_spatch
check "places with names that a shell would take apart" odd_places
check "spatch is told of the macros that stand before a block" block_macros_parse
check "an error is told, with its line" an_error
check "a warning is an error if asked for" a_warning
check "no compiler" no_compiler
check "a rule that runs alone has the library in it, as it is" alone

finish
