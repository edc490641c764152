(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

(* What was parsed is kept marshalled: many thousand functions, which OCaml's collector has then no work with. *)
module Packed : sig
	type 'a t
	val pack : 'a -> 'a t
	val unpack : 'a t -> 'a
end = struct
	type 'a t = string
	let pack x = Marshal.to_string x []
	let unpack packed = Marshal.from_string packed 0
end

(* A function, and the lines that are all of it. *)
type kept = { first : int; last : int; lines : Digest.t; func : func Packed.t }

(* rest: what a text with none of the kept functions is made of. *)
type source = { mutable kept : kept list; mutable rest : (Digest.t * top list Packed.t) option }

let sources : (string, source) Hashtbl.t = Hashtbl.create 64
let seen : (string * int, unit) Hashtbl.t = Hashtbl.create 256
let count = ref 0
let count_again = ref 0
let parsed () = !count, !count_again

(* Bytes of the heap. *)
let most_memory = 200_000_000

let tidy () =
	if (Gc.quick_stat ()).Gc.heap_words * (Sys.word_size / 8) > most_memory then begin
		Hashtbl.reset sources;
		Gc.compact ()
	end

let lines_of file =
	let channel = open_in_bin file in
	let rec read found = match input_line channel with
		| line -> read (line :: found)
		| exception End_of_file -> Array.of_list (List.rev found) in
	let lines = read [] in
	close_in channel;
	lines
let slice lines first last = Array.to_list (Array.sub lines (first - 1) (last - first + 1))
let blank lines kept = List.iter (fun k -> Array.fill lines (k.first - 1) (k.last - k.first + 1) "") kept
let joined lines = String.concat "\n" (Array.to_list lines)
let digest lines first last = Digest.string (String.concat "\n" (slice lines first last))

let fits lines k = k.last <= Array.length lines && digest lines k.first k.last = k.lines

(* The word of a preprocessor line, "" for any other line. *)
let directive line =
	let line = String.trim line in
	if line = "" || line.[0] <> '#' then ""
	else List.hd (String.split_on_char ' ' (String.trim (String.sub line 1 (String.length line - 1))))

(* Can the lines be left out without a change of what is around them? *)
let stands_alone lines (place : pos) =
	let first = lines.(place.line - 1) and last = lines.(place.line_end - 1) in
	let is_blank line from upto = upto <= String.length line && String.trim (String.sub line from (upto - from)) = "" in
	let rec is_closed depth = function
		| [] -> depth = 0
		| line :: rest ->
			(match directive line with
			| "if" | "ifdef" | "ifndef" -> is_closed (depth + 1) rest
			| "endif" -> depth > 0 && is_closed (depth - 1) rest
			| "else" | "elif" -> depth > 0 && is_closed depth rest
			| "define" | "undef" -> false
			| _ -> is_closed depth rest) in
	is_blank first 0 place.col
	&& place.col_end <= String.length last && is_blank last place.col_end (String.length last)
	&& is_closed 0 (slice lines place.line place.line_end)

let note file (place : pos) =
	incr count;
	if Hashtbl.mem seen (file, place.line) then incr count_again else Hashtbl.replace seen (file, place.line) ()

(* Parses a text, which is not what the file has where some of it is known, or has to change. *)
let parse file lines is_whole =
	let text = joined lines in
	let made = Parseable.make text in
	let macros = Parseable.macros made in
	if is_whole && made.Parseable.text = text then Syntax.parse ~macros file
	else begin
		let name, channel = Filename.open_temp_file ~mode:[ Open_binary ] "part" (Filename.extension file) in
		output_string channel made.Parseable.text;
		close_out channel;
		match Syntax.parse ~named:file ~macros name with
		| tops -> Sys.remove name; tops
		| exception failure -> Sys.remove name; raise failure
	end

(* What was not the same. *)
let read_anew file source lines same =
	let tops = parse file lines (same = []) in
	let keep = function
		| Function func, (place : pos) ->
			note file place;
			if stands_alone lines place then
				let lines = digest lines place.line place.line_end in
				Some { first = place.line; last = place.line_end; lines; func = Packed.pack func }
			else None
		| _ -> None in
	let kept, others = List.partition (fun (kept, _) -> kept <> None) (List.map (fun top -> keep top, fst top) tops) in
	let more = List.filter_map fst kept in
	blank lines more;
	source.kept <- List.append more source.kept;
	source.rest <- Some (Digest.string (joined lines), Packed.pack (List.map snd others));
	List.map fst tops

let read file =
	let lines = lines_of file in
	let source = match Hashtbl.find_opt sources file with
		| Some source -> source
		| None ->
			let source = { kept = []; rest = None } in
			Hashtbl.replace sources file source;
			source in
	let same = List.filter (fits lines) source.kept in
	blank lines same;
	let rest = match source.rest with
		| Some (digest, rest) when digest = Digest.string (joined lines) -> Packed.unpack rest
		| _ -> read_anew file source lines same in
	let line = function Function f -> f.place.line | _ -> 0 in
	List.stable_sort (fun a b -> compare (line a) (line b))
		(List.append rest (List.map (fun k -> Function (Packed.unpack k.func)) same))
