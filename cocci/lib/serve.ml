(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

let say words = print_endline (String.concat "\t" ("resvlint" :: words))

let print_lost () =
	List.iter (function
		| file, Lost (line, line_end) ->
			Report.print_row ~rule:"-" "lost" { Report.nothing with place = { nowhere with file; line; line_end } } ""
		| _ -> ()) (Program.tops ())

(* The first of the sources that are looked at together tells for which they are. *)
let print_wanted sources =
	let first = List.hd (String.split_on_char ',' sources) in
	List.iter (fun (source, words) ->
		Report.print_row ~rule:"-" "want" {
			Report.nothing with
			Report.place = { nowhere with file = first }; inside = source; operation = String.concat " " words } "") (Program.wanted ())

let judge name = match Rule.find name with
	| Some rule -> Rule.look rule; Rule.facts rule
	| None -> failwith ("there is no rule " ^ name)

let work sources print =
	(match
		Program.read (String.split_on_char ',' sources);
		print ();
		print_lost ()
	with
	| () ->
		let parsed, again = Sources.parsed () in
		say [ "done"; string_of_int parsed; string_of_int again ]
	| exception failure -> say [ "failed"; String.map (function '\n' -> ' ' | c -> c) (Printexc.to_string failure) ]);
	Sources.tidy ()

let answer line = match String.split_on_char ' ' line with
	| "load" :: names -> List.iter Rule.load names
	| [ "know"; file ] -> Program.learn (Sources.lines_of file)
	| [ "enter"; file ] -> Callbacks.learn (Sources.lines_of file)
	| [ "ask"; file ] ->
		let lines = Sources.lines_of file in
		Callers.ask lines;
		Sections.learn lines;
		Descend.ask lines
	| "rules" :: sources :: names -> work sources (fun () -> List.iter judge names; print_wanted sources)
	| [ "wrappers"; source ] -> work source Wrappers.print_rows
	| [ "callers"; source ] -> work source Callers.print_rows
	| [ "descend"; source ] -> work source Descend.print_rows
	| _ -> failwith ("unknown request: " ^ line)

(* A process lives long, and has little to clean up in the meantime: a larger minor heap, in words, and a lazier
   collector. OCaml 5 sets aside the addresses of 128 minor heaps, which count for the limit of a process's memory, and
   with a lazier collector its heap is soon too large to keep what is parsed. *)
let tune () =
	let minor_heap_size, space_overhead = if Sys.ocaml_version < "5" then 4_000_000, 200 else 500_000, 80 in
	Gc.set { (Gc.get ()) with Gc.minor_heap_size; space_overhead }

let run () =
	Program.serves := true;
	tune ();
	say [ "ready" ];
	let rec next () = match input_line stdin with
		| line -> answer line; next ()
		| exception End_of_file -> () in
	next ()
