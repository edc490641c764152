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

(* A text, with where each line of it begins, and where it ends. *)
type text = { all : string; starts : int array }

let text_of all =
	let count = ref 0 in
	String.iter (fun c -> if c = '\n' then incr count) all;
	let starts = Array.make (!count + 2) 0 and line = ref 0 in
	String.iteri (fun i c -> if c = '\n' then begin incr line; starts.(!line) <- i + 1 end) all;
	starts.(!count + 1) <- String.length all;
	{ all; starts }

let line_count all = Array.length (text_of all).starts - 1

let read_file file =
	let channel = open_in_bin file in
	let all = really_input_string channel (in_channel_length channel) in
	close_in channel;
	all
let lines_of file = match List.rev (String.split_on_char '\n' (read_file file)) with
	| "" :: lines -> List.rev lines
	| lines -> List.rev lines

let slice text first last = String.sub text.all text.starts.(first - 1) (text.starts.(last) - text.starts.(first - 1))
let fits text k = k.last < Array.length text.starts && Digest.string (slice text k.first k.last) = k.lines

(* A text with nothing in the lines of functions. *)
let without text functions =
	let buffer = Buffer.create (String.length text.all) in
	let add_until line from = Buffer.add_string buffer (String.sub text.all from (text.starts.(line) - from)) in
	let rec each from = function
		| [] -> add_until (Array.length text.starts - 1) from
		| k :: rest ->
			add_until (k.first - 1) from;
			Buffer.add_string buffer (String.make (k.last - k.first + 1) '\n');
			each text.starts.(k.last) rest in
	each 0 (List.sort (fun a b -> compare a.first b.first) functions);
	Buffer.contents buffer

(* The word of a preprocessor line, "" for any other line. *)
let directive line =
	let line = String.trim line in
	if line = "" || line.[0] <> '#' then ""
	else List.hd (String.split_on_char ' ' (String.trim (String.sub line 1 (String.length line - 1))))

(* Can the lines be left out without a change of what is around them? *)
let stands_alone text (place : pos) =
	let first = text.starts.(place.line - 1) and last = text.starts.(place.line_end - 1) and after = text.starts.(place.line_end) in
	let is_blank from upto = upto >= from && String.trim (String.sub text.all from (upto - from)) = "" in
	let rec is_closed depth = function
		| [] -> depth = 0
		| line :: rest ->
			(match directive line with
			| "if" | "ifdef" | "ifndef" -> is_closed (depth + 1) rest
			| "endif" -> depth > 0 && is_closed (depth - 1) rest
			| "else" | "elif" -> depth > 0 && is_closed depth rest
			| "define" | "undef" -> false
			| _ -> is_closed depth rest) in
	is_blank first (first + place.col)
	&& is_blank (last + place.col_end) after
	&& is_closed 0 (String.split_on_char '\n' (slice text place.line place.line_end))

let note file (place : pos) =
	incr count;
	if Hashtbl.mem seen (file, place.line) then incr count_again else Hashtbl.replace seen (file, place.line) ()

(* Asides, parsed, each as a function that stands in a line of its own behind so many others. *)

(* Columns in the line that an aside is of: none is that of something else. *)
let beside line (p : pos) = { p with line; col = p.col + 10_000; line_end = line; col_end = p.col_end + 10_000 }

let placed line f =
	let expr e =
		let node = match e.node with Var name -> Var (Parseable.shown name) | same -> same in
		{ node; at = beside line e.at } in
	{ f with body = map ~stmt:(fun s -> { s with where = beside line s.where }) expr f.body; place = beside line f.place; closing = beside line f.closing }

let calls f = List.filter_map (fun s -> match s.kind with Expr (Some e) -> Some e | _ -> None) f.body

let read_aside (aside : Parseable.aside) f =
	let f = placed aside.Parseable.line f in
	match aside.Parseable.about with
	| Parseable.Annotated name -> Prototype { f with fname = name; body = []; annotations = Annotations.about_reservations f.params (calls f) }
	| Parseable.Made name -> Made { f with fname = name; static = true }
	| Parseable.Head name -> Block_macro ({ f with fname = name; static = true }, aside.Parseable.code)

(* What is known of a source besides its functions is put where it belongs. *)
let put_together count (made : Parseable.t) tops =
	let is_aside = function
		| Function f, _ -> f.place.line > count
		| Lost (first, _), _ -> first > count
		| _ -> false in
	let asides, tops = List.partition is_aside tops in
	let asides = List.concat_map (function
		| Function f, _ -> [ read_aside (List.nth made.Parseable.asides (f.place.line - count - 2)) f ]
		| _ -> []) asides in
	let is_of f = function Prototype a -> a.fname = f.fname && a.place.line = f.place.line | _ -> false in
	let finish = function
		| Function f, place ->
			let annotations = match List.find_opt (is_of f) asides with Some (Prototype a) -> a.annotations | _ -> [] in
			Function { f with annotations; body = Cleanup.rewrite made.Parseable.cleanups f.body }, place
		| Lost (first, last), place -> Lost (first, min last count), place
		| top -> top in
	let stays aside = match aside with
		| Prototype a -> a.annotations <> [] && not (List.exists (function Function f, _ -> is_of f aside | _ -> false) tops)
		| _ -> true in
	List.append (List.map finish tops) (List.map (fun aside -> (aside, nowhere)) (List.filter stays asides))

(* The line of what is in another source. *)
let elsewhere = max_int

(* Macros of other sources that stand before a statement, by name. *)
let known_blocks : (string, string) Hashtbl.t = Hashtbl.create 8
let know_blocks blocks =
	Hashtbl.reset known_blocks;
	List.iter (fun (name, code) -> Hashtbl.replace known_blocks name code) blocks
let blocks_of text =
	List.sort compare (Hashtbl.fold (fun name code found -> if Names.mentions name text then (name, code) :: found else found) known_blocks [])

(* The asides of a text, with those for what other sources define. *)
let with_blocks text (made : Parseable.t) =
	let is_own name = List.exists (fun (a : Parseable.aside) -> a.Parseable.about = Parseable.Head name) made.Parseable.asides in
	let more = List.filter_map (fun (name, code) ->
		if is_own name then None else Some { Parseable.about = Parseable.Head name; line = elsewhere; code }) (blocks_of text) in
	{ made with Parseable.asides = List.append made.Parseable.asides more }

(* One file for each suffix, as to make a new one takes long. *)
let part_files : (string, string) Hashtbl.t = Hashtbl.create 2
let part_file suffix = match Hashtbl.find_opt part_files suffix with
	| Some name -> name
	| None ->
		let name = Filename.temp_file "part" suffix in
		Hashtbl.replace part_files suffix name;
		at_exit (fun () -> Sys.remove name);
		name

(* A text without its empty lines, each of which is a token for spatch, and of each line that is left which one it is. Behind a backslash an
   empty line ends the one before. *)
let squeezed all =
	let text = text_of all and buffer = Buffer.create 4096 in
	let rec is_blank from upto = from = upto || ((all.[from] = '\n' || all.[from] = ' ' || all.[from] = '\t') && is_blank (from + 1) upto) in
	let rec left line lines =
		if line = Array.length text.starts then lines
		else
			let first = text.starts.(line - 1) and last = text.starts.(line) in
			if is_blank first last && (first < 2 || all.[first - 2] <> '\\') then left (line + 1) lines
			else begin
				Buffer.add_substring buffer all first (last - first);
				left (line + 1) (line :: lines)
			end in
	let lines = Array.of_list (0 :: List.rev (left 1 [])) in
	Buffer.contents buffer, fun line -> lines.(min line (Array.length lines - 1))

(* Parses a text, which is not what the file has where some of it is known, or has to change. *)
let parse file text =
	let made = with_blocks text (Parseable.make text) in
	let name = part_file (Filename.extension file) in
	let channel = open_out_bin name in
	let code, line = squeezed (Parseable.with_asides made) in
	output_string channel code;
	close_out channel;
	put_together (line_count text) made
		(Syntax.parse ~named:file ~line ~macros:(Parseable.macros made) name)

(* A text, and what other sources define of it. *)
let digest text = Digest.string (String.concat "\n" (text :: List.map snd (blocks_of text)))

(* Parses `left` of a text, which has none of the functions that are the same. *)
let read_anew file source text same left =
	let keep = function
		| Function func, (place : pos) ->
			note file place;
			if stands_alone text place then
				let lines = Digest.string (slice text place.line place.line_end) in
				Some { first = place.line; last = place.line_end; lines; func = Packed.pack func }
			else None
		| _ -> None in
	let tops = List.map (fun top -> keep top, fst top) (parse file left) in
	let more = List.filter_map fst tops in
	let others = List.filter_map (function None, top -> Some top | _ -> None) tops in
	source.kept <- List.append more source.kept;
	source.rest <- Some (digest (without text (List.append more same)), Packed.pack others);
	List.map snd tops

let read file =
	let text = text_of (read_file file) in
	let source = match Hashtbl.find_opt sources file with
		| Some source -> source
		| None ->
			let source = { kept = []; rest = None } in
			Hashtbl.replace sources file source;
			source in
	let same = List.filter (fits text) source.kept in
	let left = without text same in
	let rest = match source.rest with
		| Some (before, rest) when before = digest left -> Packed.unpack rest
		| _ -> read_anew file source text same left in
	let line = function Function f -> f.place.line | _ -> 0 in
	List.stable_sort (fun a b -> compare (line a) (line b))
		(List.append rest (List.map (fun k -> Function (Packed.unpack k.func)) same))
