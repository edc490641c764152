(* SPDX-License-Identifier: GPL-2.0-only *)

type about =
	| Annotated of string
	| Made of string
	| Head of string

type aside = { about : about; line : int; code : string }
type t = {
	text : string;
	blocks : string list;
	bare_blocks : string list;
	asides : aside list;
	cleanups : Cleanup.t;
}

(* Tokens. A preprocessor line is one. *)

type kind = Word | Literal | Sign of char | Directive of string

type token = {
	kind : kind;
	first : int;
	last : int;	(* behind its last byte *)
	line : int;
	indent : int;	(* of the line *)
}

let is_blank = function ' ' | '\t' | '\r' | '\011' | '\012' -> true | _ -> false
let is_word = function 'a' .. 'z' | 'A' .. 'Z' | '0' .. '9' | '_' | '$' | '\128' .. '\255' -> true | _ -> false

let rec skip_while holds text upto at = if at < upto && holds text.[at] then skip_while holds text upto (at + 1) else at

let is_at text upto at word =
	let length = String.length word in
	let rec same i = i = length || (text.[at + i] = word.[i] && same (i + 1)) in
	at + length <= upto && same 0

(* Behind an end of line that a backslash takes back, or `at` itself. *)
let skip_splice text upto at =
	if is_at text upto at "\\\n" then at + 2 else if is_at text upto at "\\\r\n" then at + 3 else at

(* Behind a comment, or `at` itself. *)
let skip_comment text upto at =
	let rec block at = if at >= upto then upto else if is_at text upto at "*/" then at + 2 else block (at + 1) in
	let rec line at =
		if at >= upto || text.[at] = '\n' then at
		else
			let after = skip_splice text upto at in
			line (if after > at then after else at + 1) in
	if is_at text upto at "/*" then block (at + 2) else if is_at text upto at "//" then line at else at

(* Behind a string or character, which ends with the line at the latest. *)
let skip_literal text upto at =
	let quote = text.[at] in
	let rec skip at =
		if at >= upto || text.[at] = '\n' then at
		else if text.[at] = '\\' then skip (min upto (at + 2))
		else if text.[at] = quote then at + 1
		else skip (at + 1) in
	skip (at + 1)

let rec skip_directive text upto at =
	if at >= upto || text.[at] = '\n' then at
	else
		let after = max (skip_splice text upto at) (skip_comment text upto at) in
		let after = if after > at then after else match text.[at] with
			| '"' | '\'' -> skip_literal text upto at
			| _ -> at + 1 in
		skip_directive text upto after

let directive text upto at =
	let first = skip_while is_blank text upto (at + 1) in
	Directive (String.sub text first (skip_while is_word text upto first - first))

let tokens ?(from = 0) ?upto text =
	let upto = match upto with Some upto -> upto | None -> String.length text in
	let found = ref [] and line = ref 1 and indent = ref 0 and is_line_start = ref (from = 0) in
	let count_lines at after =
		for i = at to after - 1 do
			if text.[i] = '\n' then incr line
		done in
	let skip at after = count_lines at after; after in
	let take kind first last =
		found := { kind; first; last; line = !line; indent = !indent } :: !found;
		is_line_start := false;
		(match kind with Literal | Directive _ -> count_lines first last | Word | Sign _ -> ());
		last in
	let rec next at =
		if at < upto then
			match text.[at] with
			| '\n' ->
				incr line;
				indent := 0;
				is_line_start := true;
				next (at + 1)
			| c when is_blank c ->
				if !is_line_start then indent := if c = '\t' then (!indent / 8 + 1) * 8 else !indent + 1;
				next (at + 1)
			| '\\' when skip_splice text upto at > at -> next (skip at (skip_splice text upto at))
			| '/' when skip_comment text upto at > at -> next (skip at (skip_comment text upto at))
			| '#' when !is_line_start ->
				next (take (directive text upto at) at (skip_directive text upto at))
			| '"' | '\'' -> next (take Literal at (skip_literal text upto at))
			| c when is_word c -> next (take Word at (skip_while is_word text upto at))
			| c -> next (take (Sign c) at (at + 1)) in
	next from;
	Array.of_list (List.rev !found)

(* Words. *)

let set words =
	let set = Hashtbl.create 32 in
	List.iter (fun word -> Hashtbl.replace set word ()) words;
	Hashtbl.mem set

let is_head = set [ "if"; "for"; "while"; "switch" ]
let is_jump = set [ "do"; "return"; "goto"; "break"; "continue" ]
let is_tag = set [ "struct"; "union" ]
let is_storage = set [ "static"; "extern"; "inline"; "const"; "volatile"; "register"; "typedef" ]
let is_typeof = set [ "typeof"; "__typeof__"; "__typeof"; "typeof_unqual"; "__typeof_unqual__"; "__auto_type" ]
let is_basic = set [
	"void"; "char"; "short"; "int"; "long"; "float"; "double"; "signed"; "unsigned"; "bool"; "_Bool"; "struct"; "union"; "enum" ]
let is_type word = is_basic word || is_storage word || is_typeof word
let is_asm = set [ "asm"; "__asm__"; "__asm" ]
let is_other = set [
	"else"; "case"; "default"; "sizeof"; "_Alignas"; "alignas"; "_Static_assert"; "static_assert"; "_Generic"; "_Atomic"; "__attribute__"; "__extension__" ]
let is_annotation = set (List.filter_map (fun (_, name, _, _, level, _, _) -> if level = "annotation" then Some name else None) Tables.lock_functions)
let is_keyword word =
	is_head word || is_jump word || is_type word || is_asm word || is_other word || (word <> "" && word.[0] >= '0' && word.[0] <= '9')

let is_reserved word = String.length word > 2 && word.[0] = '_' && word.[1] = '_' && not (is_typeof word)

(* A source at work. *)

exception Unclear

type frame =
	| Block		(* statements *)
	| Members	(* of a structure *)
	| Values	(* braces around the values of a variable *)
	| Plain		(* anything else *)

type place = {
	frames : frame list;
	starts : bool;		(* a statement or a member begins *)
	asked : int;		(* question marks whose colon is to come *)
	tagged : bool;		(* what is being declared has the word struct or union *)
}

type source = {
	text : string;
	all : token array;
	closes : int array;	(* where a bracket is closed; -1 if it is none, or that is not known *)
	is_end : bool array;	(* does a statement begin behind it? *)
	blocks_found : (string, int) Hashtbl.t;
	bare_found : (string, int) Hashtbl.t;
	mutable blanks : (int * int) list;	(* what goes, from a byte to behind another *)
	mutable signs : (int * char) list;	(* those in another character's place, or before the end of a line *)
	mutable asides_found : aside list;
	mutable cleanups_found : Cleanup.t;
	mutable class_end : int;	(* the token that ends a class that is being read *)
	mutable place : place;
	mutable saved : place list;	(* at each #if that is open *)
	mutable item : int;		(* the first token of what is being defined or declared; -1: none *)
	mutable is_braced : bool;	(* it has a brace *)
}

let is_name t = match t.kind with Word -> true | _ -> false
let word_of text t = if is_name t then String.sub text t.first (t.last - t.first) else ""
let word source i = word_of source.text source.all.(i)
let is_sign source i c =
	i >= 0 && i < Array.length source.all && (match source.all.(i).kind with Sign d -> Char.equal c d | _ -> false)
let close source i = if i < Array.length source.all then source.closes.(i) else -1

let put source at c = source.signs <- (at, c) :: source.signs
let blank source first last = source.blanks <- (first, last) :: source.blanks
let blank_tokens source i j = blank source source.all.(i).first source.all.(j).last

let is_conditional name = List.mem name [ "if"; "ifdef"; "ifndef"; "else"; "elif"; "elifdef"; "elifndef"; "endif" ]

(* What comes behind a token; nothing where there is a conditional between. *)
let rec next source i =
	if i + 1 >= Array.length source.all then None
	else match source.all.(i + 1).kind with
		| Directive name -> if is_conditional name then None else next source (i + 1)
		| _ -> Some (i + 1)

let rec previous source i =
	if i <= 0 then -1
	else match source.all.(i - 1).kind with
		| Directive _ -> previous source (i - 1)
		| _ -> i - 1

(* Calls a function for each branch's beginning, and for each end of a conditional. *)
let at_directive name ~start ~another ~finish = match name with
	| "if" | "ifdef" | "ifndef" -> start ()
	| "else" | "elif" | "elifdef" | "elifndef" -> another ()
	| "endif" -> finish ()
	| _ -> ()

(* Brackets. Each branch of a conditional begins with those that were open before it. *)
let match_brackets all =
	let closes = Array.make (Array.length all) (-1) in
	let opened = ref [] and saved = ref [] in
	let opens = function ')' -> '(' | ']' -> '[' | _ -> '{' in
	Array.iteri (fun i t -> match t.kind with
		| Sign ('(' | '[' | '{' as c) -> opened := (c, i) :: !opened
		| Sign (')' | ']' | '}' as c) ->
			(match !opened with
			| (o, at) :: rest when o = opens c ->
				closes.(at) <- i;
				opened := rest
			| _ -> raise Unclear)
		| Directive name ->
			at_directive name
				~start:(fun () -> saved := !opened :: !saved)
				~another:(fun () -> match !saved with before :: _ -> opened := before | [] -> raise Unclear)
				~finish:(fun () -> match !saved with _ :: rest -> saved := rest | [] -> raise Unclear)
		| _ -> ()) all;
	if !opened <> [] then raise Unclear;
	closes

(* Asides. *)

(* Tokens in one line, without comments. *)
let code source tokens =
	let text = Buffer.create 64 in
	Array.iteri (fun i t ->
		if i > 0 && t.first > tokens.(i - 1).last then Buffer.add_char text ' ';
		match t.kind with
		| Directive _ -> ()
		| _ -> Buffer.add_string text (String.sub source t.first (t.last - t.first))) tokens;
	String.map (fun c -> if c = '\n' || c = '\r' then ' ' else c) (Buffer.contents text)
let code_between source first last = code source.text (Array.sub source.all first (last + 1 - first))

(* spatch has macros of these names. *)
let hiding = "resvlint"
let hidden name = hiding ^ name
let body_of_head = "__body"
let shown name =
	let n = String.length hiding in
	if String.length name > n && String.sub name 0 n = hiding then String.sub name n (String.length name - n) else name

let set_aside ?(returns = "void ") source about token code =
	let code = returns ^ " " ^ hidden "_aside" ^ code in
	source.asides_found <- { about; line = token.line; code } :: source.asides_found

(* Preprocessor lines. *)

(* Of a #define: its name, its parameters where it has some, and what it stands for. *)
let definition_of text t =
	let all = tokens ~from:(t.first + 1) ~upto:t.last text in
	let count = Array.length all in
	let rec behind depth i =
		if i >= count then count
		else match all.(i).kind with
			| Sign '(' -> behind (depth + 1) (i + 1)
			| Sign ')' when depth = 1 -> i + 1
			| Sign ')' -> behind (depth - 1) (i + 1)
			| _ -> behind depth (i + 1) in
	let has_parameters = count > 2 && all.(2).kind = Sign '(' && all.(2).first = all.(1).last in
	let start = if has_parameters then behind 0 2 else 2 in
	let slice first upto = if first >= upto then [||] else Array.sub all first (upto - first) in
	(if count > 1 then word_of text all.(1) else ""), (if has_parameters then Some (slice 3 (start - 1)) else None), slice start count
let body_of text t = let _, _, body = definition_of text t in body

(* Is there a `=` that is in no brackets? *)
let has_value body =
	let depth = ref 0 in
	Array.exists (fun t -> match t.kind with
		| Sign ('(' | '[' | '{') -> incr depth; false
		| Sign (')' | ']' | '}') -> decr depth; false
		| Sign '=' -> !depth = 0
		| _ -> false) body

(* Initial values, the head of a statement without its body, and a declaration without its end. *)
let is_no_code text body =
	let count = Array.length body in
	let ends_in c = body.(count - 1).kind = Sign c in
	count > 1
	&& (match body.(0).kind with
		| Sign '.' -> is_name body.(1)
		| Sign '[' -> has_value body
		| Word ->
			let first = word_of text body.(0) in
			(is_head first && not (ends_in ';') && not (ends_in '}'))
			|| (is_type first && has_value body && not (ends_in ';'))
		| _ -> false)

(* Behind the token that closes a bracket. *)
let rec behind body depth i =
	if i >= Array.length body then i
	else match body.(i).kind with
		| Sign ('(' | '[' | '{') -> behind body (depth + 1) (i + 1)
		| Sign (')' | ']' | '}') -> if depth <= 1 then i + 1 else behind body (depth - 1) (i + 1)
		| _ -> behind body depth (i + 1)

(* spatch takes a name with this in it for a loop where a statement follows, but for an expression in a #define: once it was told
   that it is a loop, it could not be that. *)
let is_loop_for_spatch name =
	let part = "for_each" in
	let rec is_in i = i + String.length part <= String.length name && (is_at name (String.length name) i part || is_in (i + 1)) in
	is_in 0

(* The head of a statement: `for (...)`, `if (...) {} else`, or `each(...)` before another one, or by a name that spatch takes for a loop. *)
let rec is_head_of_statement ?(is_first = true) text body i =
	let count = Array.length body in
	let after = if i + 1 < count && body.(i + 1).kind = Sign '(' then behind body 0 (i + 1) else i + 1 in
	let is_block at = at < count && body.(at).kind = Sign '{' in
	i < count && is_name body.(i)
	&& (match word_of text body.(i) with
		| "if" ->
			let after = if is_block after then behind body 0 after else after in
			after = count || (word_of text body.(after) = "else" && (after + 1 = count || is_head_of_statement ~is_first:false text body (after + 1)))
		| "for" | "while" | "switch" -> after = count || is_head_of_statement ~is_first:false text body after
		| name when is_keyword name -> false
		| name -> after > i + 1 && (if after = count then not is_first || is_loop_for_spatch name else is_head_of_statement ~is_first:false text body after))

(* A macro that stands before a statement, as a function that has its arguments and that statement. *)
let keep_head source t =
	let text = source.text in
	match definition_of text t with
	| name, Some parameters, body when Array.length body > 0 && not (Array.exists (fun p -> p.kind = Sign '.') parameters) ->
		let names = List.filter ((<>) "") (List.map (word_of text) (Array.to_list parameters)) in
		let parameters = String.concat ", " (List.map (fun name -> "void *" ^ name) names) in
		set_aside source (Head name) t ("(" ^ parameters ^ ") { " ^ code text body ^ " " ^ hidden body_of_head ^ "(); }")
	| _ -> ()

let blank_directive source t name =
	let text = source.text in
	let is_within = match source.place.frames with Block :: _ -> true | _ -> false in
	let goes = match name with
		| "define" ->
			let body = body_of text t in
			let is_head = is_head_of_statement text body 0 in
			if is_head then keep_head source t;
			is_head || is_within || is_no_code text body
		| "undef" -> is_within
		| "error" | "warning" -> (match String.index_from_opt text t.first '\n' with Some i -> i < t.last | None -> false)
		| _ -> false in
	if goes then blank source t.first t.last

(* What stands outside of functions. *)

type element = W of int | Group of int * int | Other of int

let elements source from upto =
	let rec collect found i =
		if i >= upto then List.rev found
		else match source.all.(i).kind with
			| Directive _ -> collect found (i + 1)
			| Word -> collect (W i :: found) (i + 1)
			| Sign '(' when source.closes.(i) > i -> collect (Group (i, source.closes.(i)) :: found) (source.closes.(i) + 1)
			| Sign ('[' | '{') when source.closes.(i) > i -> collect (Other i :: found) (source.closes.(i) + 1)
			| _ -> collect (Other i :: found) (i + 1) in
	Array.of_list (collect [] from)

(* The tokens within brackets, without those of brackets within. *)
let inside source (first, last) =
	let rec collect found i =
		if i >= last then List.rev found
		else match source.all.(i).kind with
			| Directive _ -> collect found (i + 1)
			| Sign ('(' | '[' | '{') when source.closes.(i) > i -> collect (i :: found) (source.closes.(i) + 1)
			| _ -> collect (i :: found) (i + 1) in
	collect [] (first + 1)

(* Are there declarations in parentheses? *)
let are_parameters source group =
	let rec declares = function
		| first :: (second :: _ as rest) ->
			let is_declared = is_name source.all.(second) || is_sign source second '*' in
			(is_name source.all.(first) && is_declared) || declares rest
		| _ -> false in
	match inside source group with
	| [ only ] -> is_basic (word source only)
	| tokens -> declares tokens

let has_sign source c elements = Array.exists (function Other i -> is_sign source i c | _ -> false) elements
let has_word source is elements = Array.exists (function W i -> is (word source i) | _ -> false) elements
let named source elements i = if i >= 0 && i < Array.length elements then match elements.(i) with W w -> word source w | _ -> "" else ""

(* `int HANDLER(NAME)(struct foo *foo)`: does the parenthesis before the one at `i` have what the macro makes a name of? *)
let is_made_name source elements ~first_type i =
	let macro = named source elements (i - 2) in
	i - 2 > first_type
	&& (match elements.(i - 1) with
		| Group (first, last) -> not (are_parameters source (first, last)) && List.exists (fun j -> is_name source.all.(j)) (inside source (first, last))
		| _ -> false)
	&& macro <> "" && not (is_keyword macro)
	&& not (is_tag (named source elements (i - 3)))

let is_parenthesised source elements i = match elements.(i) with
	| Group (first, last) ->
		(match inside source (first, last) with
		| [ only ] -> is_name source.all.(only) && not (is_keyword (word source only))
		| _ -> false)
	| _ -> false

(* How a function is named: `f(...)`, `HANDLER(NAME)(...)`, `(f)(...)`. *)
type naming = Written | Made | Parenthesised

(* The parameters of a function, by their place. *)
let parameters source elements =
	let count = Array.length elements in
	let is_type_name = function
		| W i -> not (is_storage (word source i)) && not (is_reserved (word source i))
		| _ -> false in
	let rec find_type i = if i < count && not (is_type_name elements.(i)) then find_type (i + 1) else i in
	let first_type = find_type 0 in
	let rec find i =
		if i < 1 then None
		else match elements.(i) with
			| Group (first, last) when are_parameters source (first, last) ->
				let name = named source elements (i - 1) in
				if name <> "" then if is_keyword name then None else Some (i, Written)
				else if is_made_name source elements ~first_type i then Some (i, Made)
				else if is_parenthesised source elements (i - 1) then Some (i, Parenthesised)
				else None
			| _ -> find (i - 1) in
	if has_sign source '=' elements || has_sign source ',' elements || has_word source (fun w -> w = "typedef") elements then None
	else find (count - 1)

(* Only the macro's last argument stays. *)
let keep_name source elements i = match elements.(i - 2), elements.(i - 1) with
	| W macro, Group (first, last) ->
		let words = List.filter (fun j -> is_name source.all.(j)) (inside source (first, last)) in
		let name = List.nth words (List.length words - 1) in
		blank source source.all.(macro).first source.all.(name).first;
		blank source source.all.(name).last source.all.(last).last
	| _ -> ()

let blank_parentheses source first last =
	blank_tokens source first first;
	blank_tokens source last last

(* What returns a pointer to a function returns any pointer, to spatch. *)
let read_pointer_function source elements =
	let count = Array.length elements in
	if count > 1 then match elements.(count - 2), elements.(count - 1) with
		| Group (first, last), Group (first', last') ->
			(match inside source (first, last) with
			| star :: rest when is_sign source star '*' ->
				(match List.rev rest with
				| bracket :: name :: _ when is_sign source bracket '(' && is_name source.all.(name) ->
					blank_parentheses source first last;
					blank_tokens source first' last'
				| _ -> ())
			| _ -> ())
		| _ -> ()

(* Attributes with arguments in a list of parameters. *)
let blank_within source group =
	let rec each before = function
		| i :: (bracket :: _ as rest) ->
			if is_reserved (word source i) && is_sign source bracket '(' && before >= 0
				&& (is_name source.all.(before) || is_sign source before '[')
			then blank_tokens source i source.closes.(bracket);
			each i rest
		| _ -> () in
	each (-1) (inside source group)

(* Those between what a function returns and its name. *)
let blank_before source elements upto =
	for i = 0 to upto - 2 do
		match elements.(i), elements.(i + 1) with
		| W attribute, Group (first, last) when is_reserved (word source attribute) && not (are_parameters source (first, last)) ->
			let is_beside = match next source last with
				| Some after -> source.all.(after).line = source.all.(last).line
				| None -> false in
			if i > 0 || is_beside then blank_tokens source attribute last
		| _ -> ()
	done

(* Those between parameters and a body, or the end of a prototype. *)
let blank_behind source elements from ~is_attribute =
	let count = Array.length elements in
	let rec are_attributes i =
		i = count
		|| (match elements.(i), elements.(i - 1) with
			| W w, _ -> is_attribute (word source w) && are_attributes (i + 1)
			| Group _, W _ -> are_attributes (i + 1)
			| _ -> false) in
	if from < count && are_attributes from then
		let first = match elements.(from) with W i | Other i | Group (i, _) -> i in
		let last = match elements.(count - 1) with W i | Other i | Group (_, i) -> i in
		blank_tokens source first last

(* The arguments of a macro, each by its first and last token. *)
let arguments source (first, last) =
	let commas = List.filter (fun i -> is_sign source i ',') (inside source (first, last)) in
	let starts = first + 1 :: List.map (fun i -> i + 1) commas and ends = List.append (List.map (fun i -> i - 1) commas) [ last - 1 ] in
	if last = first + 1 then [] else List.combine starts ends

(* The functions that <linux/cleanup.h> makes of classes and guards, by the macro and its arguments: what returns the variable that a
   class begins with, the name of it, parameters and body. *)
let class_functions macro arguments =
	let joined = String.concat ", " in
	let constructor = Cleanup.constructor and destructor = Cleanup.destructor in
	let destroys name typ code = ("void", name, "(" ^ typ ^ " _T)", code ^ ";") in
	let tries name typ lock condition =
		("void *", constructor name, "(" ^ typ ^ " *_T)", "int _RET = " ^ lock ^ "; if (!(" ^ condition ^ ")) return NULL; return _T;") in
	let takes name typ lock = ("void", constructor name, "(" ^ typ ^ " _T)", lock ^ ";") in
	let makes name typ init parameters = (typ, constructor name, "(" ^ joined parameters ^ ")", "return " ^ init ^ ";") in
	match macro, arguments with
	| "DEFINE_GUARD", [ name; typ; lock; unlock ] -> [ takes name typ lock; destroys (destructor name) typ unlock ]
	| "DEFINE_LOCK_GUARD_1", name :: typ :: lock :: unlock :: _ -> [ takes name (typ ^ " *") lock; destroys (destructor name) (typ ^ " *") unlock ]
	| ("DEFINE_GUARD_COND" | "DEFINE_LOCK_GUARD_1_COND"), [ name; ext; lock ] -> [ tries (name ^ ext) "void" lock "_RET" ]
	| ("DEFINE_GUARD_COND" | "DEFINE_LOCK_GUARD_1_COND"), [ name; ext; lock; condition ] -> [ tries (name ^ ext) "void" lock condition ]
	| "DEFINE_CLASS", name :: typ :: exit :: init :: parameters ->
		[ makes name typ init parameters; destroys (destructor name) typ exit ]
	| "EXTEND_CLASS", name :: ext :: init :: parameters -> [ makes (name ^ ext) "void *" init parameters ]
	| "EXTEND_CLASS_COND", name :: ext :: _ :: init :: parameters -> [ makes (name ^ ext) "void *" init parameters ]
	| "DEFINE_FREE", [ name; typ; free ] -> [ destroys (Cleanup.free name) typ free ]
	| _ -> []
let is_class_macro = set [
	"DEFINE_GUARD"; "DEFINE_GUARD_COND"; "DEFINE_LOCK_GUARD_1"; "DEFINE_LOCK_GUARD_1_COND"; "DEFINE_CLASS"; "EXTEND_CLASS"; "EXTEND_CLASS_COND";
	"DEFINE_FREE" ]

let read_class source i =
	let last = close source (i + 1) in
	let arguments = List.map (fun (first, last) -> code_between source first last) (arguments source (i + 1, last)) in
	List.iter (fun (returns, name, parameters, body) ->
		set_aside ~returns source (Made name) source.all.(i) (parameters ^ " { " ^ body ^ " }")) (class_functions (word source i) arguments);
	blank_tokens source i last;
	source.class_end <- last

(* What a function says of locks, as calls in one that has its parameters. *)
let keep_annotations source elements i =
	let count = Array.length elements in
	let rec find k =
		if k + 1 >= count then []
		else match elements.(k), elements.(k + 1) with
			| W w, Group (first, last) when k + 1 <> i && is_annotation (word source w) ->
				(hidden (word source w) ^ code_between source first last ^ ";") :: find (k + 2)
			| _ -> find (k + 1) in
	match find 0, elements.(i), elements.(i - 1) with
	| (_ :: _ as annotations), Group (first, last), W name ->
		let returns = if is_sign source (name - 1) '*' then "void *" else "void" in
		set_aside ~returns source (Annotated (word source name)) source.all.(name) (code_between source first last ^ " { " ^ String.concat " " annotations ^ " }")
	| _ -> ()

let read_function source elements (i, naming) ~is_attribute =
	keep_annotations source elements i;
	(match naming, elements.(i - 1) with
	| Made, _ -> keep_name source elements i
	| Parenthesised, Group (first, last) -> blank_parentheses source first last
	| _ -> ());
	blank_before source elements (if naming = Made then i - 2 else i - 1);
	(match elements.(i) with Group (first, last) -> blank_within source (first, last) | _ -> ());
	if i + 1 < Array.length elements then blank_behind source elements (i + 1) ~is_attribute

(* context_lock_struct(foo) { ... }; is struct foo. *)
let is_lock_structure source elements = match elements with
	| [| W macro; Group _ |] -> word source macro = "context_lock_struct"
	| _ -> false
let read_lock_structure source = function
	| [| W macro; Group (first, last) |] ->
		let t = source.all.(macro) in
		blank source t.first (t.last - String.length "struct");
		blank_parentheses source first last
	| _ -> ()

(* What a brace outside of functions begins. *)
let read_body source brace =
	let elements = elements source source.item brace in
	let count = Array.length elements in
	match parameters source elements with
	| _ when is_lock_structure source elements -> read_lock_structure source elements; Members
	| Some named ->
		read_function source elements named ~is_attribute:(fun word -> not (is_type word));
		Block
	(* Behind the declarations of old-style parameters. *)
	| None when count = 0 -> Block
	| None ->
		read_pointer_function source elements;
		let is_tagged = has_word source is_tag elements || has_word source (fun w -> w = "enum") elements in
		let is_called = count > 0 && (match elements.(count - 1) with Group _ -> true | _ -> false) in
		if has_sign source '=' elements then Values
		else if is_called && not (is_tagged && not (has_sign source '*' elements)) then Block
		else if has_word source is_tag elements then Members
		else Plain

(* Attributes of variables. *)
let blank_of_variables source elements =
	let count = Array.length elements in
	for i = 1 to count - 2 do
		match elements.(i - 1), elements.(i), elements.(i + 1) with
		| (W _ | Other _ as before), W attribute, Group (_, last)
			when is_reserved (word source attribute)
				&& (match before with W _ -> true | Other j -> is_sign source j '[' | Group _ -> false)
				&& (i + 2 = count || (match elements.(i + 2) with Other j -> is_sign source j '=' || is_sign source j ',' | _ -> false)) ->
			blank_tokens source attribute last
		| _ -> ()
	done

let read_declaration source semicolon =
	let elements = elements source source.item semicolon in
	match parameters source elements with
	| Some named when not source.is_braced ->
		read_function source elements named ~is_attribute:(fun word -> is_reserved word || is_asm word)
	| _ -> blank_of_variables source elements

(* Members. *)

let read_member source i =
	let last = close source (i + 1) in
	if is_sign source (i + 1) '(' && last > 0 && not (is_keyword (word source i)) then begin
		let within = inside source (i + 1, last) in
		(* Arguments before the declarations. *)
		let rec skip = function
			| name :: comma :: rest when is_name source.all.(name) && is_sign source comma ',' -> skip rest
			| comma :: rest when is_sign source comma ',' -> skip rest
			| rest -> rest in
		match skip within with
		| first :: _ when List.exists (fun j -> is_sign source j ';') within ->
			blank source source.all.(i).first source.all.(first).first;
			blank_tokens source last last;
			(match next source last with
			| Some after when is_sign source after ';' -> blank_tokens source after after
			| _ -> ())
		| _ -> ()
	end

let read_member_attribute source i =
	let last = close source (i + 1) and before = previous source i in
	if is_reserved (word source i) && is_sign source (i + 1) '(' && last > 0 && before >= 0
		&& (is_name source.all.(before) || is_sign source before ']' || is_sign source before ')') then
		match next source last with
		| Some after when List.exists (is_sign source after) [ ';'; ','; ':' ] || is_reserved (word source after) ->
			blank_tokens source i last
		| _ -> ()

(* Statements. *)

let count_up table name =
	Hashtbl.replace table name (1 + match Hashtbl.find_opt table name with Some n -> n | None -> 0)

(* Puts a semicolon behind a token, where that moves nothing. *)
let end_statement source i =
	let at = source.all.(i).last and upto = String.length source.text in
	let after = skip_comment source.text upto at in
	if at >= upto || source.text.[at] = '\n' || after > at || is_blank source.text.[at] then begin
		blank source at after;
		put source at ';'
	end

type follows =
	| Body		(* the statement that the macro stands before *)
	| Another	(* statement, or the end of the block *)
	| Variable	(* of the type that the macro makes *)
	| Unknown

let is_pair source i c d =
	is_sign source i c && is_sign source (i + 1) d && source.all.(i).last = source.all.(i + 1).first

let is_step source i = is_pair source i '+' '+' || is_pair source i '-' '-'

(* Is a word what an expression begins with? `TYPE(x) name = 1;` may be a declaration. *)
let begins_expression source i =
	let i = i + 1 in
	let is_operator = List.exists (fun c -> is_pair source i c '=') [ '+'; '-'; '*'; '/'; '%'; '|'; '&'; '^' ] in
	is_sign source i '(' || is_sign source i '.' || is_pair source i '-' '>' || is_step source i || is_operator

(* Is a variable declared there, as in `NAME = ...` or `NAME;`, or a pointer? *)
let rec is_declarator source i =
	if is_sign source i '*' then is_declarator source (i + 1)
	else
		i + 1 < Array.length source.all
		&& is_name source.all.(i)
		&& List.exists (is_sign source (i + 1)) [ '='; ';'; ','; '[' ]
		&& not (is_pair source (i + 1) '=' '=')

let begins_declaration source i =
	i + 2 < Array.length source.all
	&& (is_name source.all.(i + 1) || (is_sign source (i + 1) '*' && is_name source.all.(i + 2)))

(* What follows the use of a macro whose name is token `i`, and which ends with token `last`. *)
let what_follows source i last after =
	let macro = source.all.(i) and behind = source.all.(after) in
	let is_beside = behind.line = source.all.(last).line in
	let is_deeper = not is_beside && behind.indent > macro.indent in
	let name = word source after in
	match behind.kind with
	| Sign '{' -> Body
	| Sign '}' -> Another
	| Sign '*' when is_beside -> if is_declarator source after then Variable else Unknown
	| Sign ('*' | '+' | '-' as c) when not is_beside && (c = '*' || is_step source after) -> if is_deeper then Body else Another
	| Word when name = "else" || (name = "while" && previous source i >= 0 && word source (previous source i) = "do") -> Another
	| Word when is_head name || is_jump name -> if is_beside || is_deeper then Body else Another
	| Word when name = "case" || name = "default" || is_type name || is_reserved name ->
		if is_beside || is_deeper then Unknown else Another
	| Word when is_keyword name -> Unknown
	| Word when is_sign source (after + 1) ':' -> if is_beside then Unknown else Another
	| Word when is_beside ->
		if begins_expression source after then Body else if is_declarator source after then Variable else Unknown
	| Word when is_deeper -> if begins_declaration source after then Unknown else Body
	| Word -> Another
	| _ -> Unknown

(* Reads a macro with arguments. *)
let read_use source i last = match next source last with
	| Some after ->
		(match what_follows source i last after with
		| Body ->
			count_up source.blocks_found (word source i);
			source.is_end.(last) <- true
		| Another ->
			end_statement source last;
			source.is_end.(last) <- true
		| Variable -> blank_tokens source (i + 1) last
		| Unknown -> ())
	| None -> ()

(* Reads a word without arguments. Returns whether another statement begins behind it. *)
let read_bare source i = match next source i with
	| Some after when is_sign source after '{' ->
		count_up source.bare_found (word source i);
		true
	| Some after ->
		let is_beside = source.all.(after).line = source.all.(i).line in
		let is_another = is_name source.all.(after) && source.all.(after).indent <= source.all.(i).indent in
		let is_end = is_sign source after '}' || is_head (word source after) || is_jump (word source after) in
		let ends = (is_another || is_end) && not is_beside in
		if ends then end_statement source i;
		ends
	| None -> false

(* Reads the first word of a statement. Returns whether another begins behind it. *)
let read_statement source i =
	let name = word source i and last = close source (i + 1) in
	let has_arguments = is_sign source (i + 1) '(' && last > 0 in
	if is_head name then begin
		if has_arguments then source.is_end.(last) <- true;
		false
	end
	else if is_keyword name || (is_reserved name && not has_arguments) then name = "else" || name = "do"
	else if has_arguments then begin
		read_use source i last;
		false
	end
	else read_bare source i

(* Walking. *)

let top source = match source.place.frames with frame :: _ -> Some frame | [] -> None

let opened source i = match top source with
	| None when source.is_braced -> Values
	| None ->
		source.is_braced <- true;
		read_body source i
	| Some Block when source.place.starts -> Block
	| Some _ when is_sign source (previous source i) '(' -> Block
	| Some (Block | Members) when source.place.tagged -> Members
	| Some Values -> Values
	| Some _ -> Plain

let anew frames starts = { frames; starts; asked = 0; tagged = false }

let has_statements = function Block :: _ | Members :: _ -> true | _ -> false

(* struct foo *foo __free(put) = ...: which function is called where the variable ends. *)
let read_cleanup source i =
	let last = close source (i + 1) in
	let by = String.concat "" (List.map (word source) (inside source (i + 1, last))) in
	let by = if word source i = "__free" then Cleanup.free by else by in
	let rec after i = match next source i with
		| Some j when is_sign source j '*' -> after j
		| Some j -> j
		| None -> -1 in
	let before = previous source i in
	let variable = if before >= 0 && is_name source.all.(before) && not (is_name source.all.(max 0 (after last))) then before else after last in
	if variable >= 0 && is_name source.all.(variable) then
		source.cleanups_found <- Cleanup.add_cleanup (word source variable) source.all.(variable).line by source.cleanups_found;
	blank_tokens source i last

(* scoped_cond_guard(name, FAIL, lock) { ... } becomes { if (name) FAIL; lock; ... }. *)
let rec end_of_statement source i =
	if i >= Array.length source.all then -1
	else match source.all.(i).kind with
		| Sign ';' -> i
		| Sign ('(' | '[' | '{') -> if source.closes.(i) > i then end_of_statement source (source.closes.(i) + 1) else -1
		| Word when is_head (word source i) || List.mem (word source i) [ "do"; "else" ] -> -1
		| Directive _ | Sign '}' -> -1
		| _ -> end_of_statement source (i + 1)

let column source t = t.first - (match String.rindex_from_opt source.text t.first '\n' with Some i -> i + 1 | None -> 0)

let read_choice source i =
	let macro = source.all.(i) and last = close source (i + 1) in
	match arguments source (i + 1, last), next source last with
	| _ :: (fail, _) :: (first, _) :: _, Some after ->
		let is_block = is_sign source after '{' in
		let ends = if is_block then after else end_of_statement source after in
		let after_end = if ends >= 0 then source.all.(ends).last else -1 in
		let is_free at = at < String.length source.text && is_blank source.text.[at] || at = String.length source.text || source.text.[at] = '\n' in
		if ends >= 0 && (is_block || is_free after_end) then begin
			blank source (macro.first + 3) macro.last;
			put source macro.first '{'; put source (macro.first + 1) 'i'; put source (macro.first + 2) 'f';
			put source source.all.(fail - 1).first ')';
			put source source.all.(first - 1).first ';';
			put source source.all.(last).first ';';
			if is_block then blank_tokens source after after else put source after_end '}';
			source.cleanups_found <- Cleanup.add_choice macro.line (column source macro) source.cleanups_found
		end
	| _ -> ()

(* A macro that fills in members, its commas too: MACRO(f, g) .member = h. *)
let read_value source i =
	let last = close source (i + 1) in
	if is_sign source (i + 1) '(' && last > 0 then match next source last with
		| Some after when is_name source.all.(after) || is_sign source after '.' -> blank_tokens source i last
		| _ -> ()

(* A variable that a macro declares, MACRO(name) = ..., is some int. *)
let read_defined source i =
	let first = source.item in
	let last = if first >= 0 then close source (first + 1) else -1 in
	if last = first + 3 && next source last = Some i && is_name source.all.(first) && String.length (word source first) >= 3 then begin
		blank_tokens source first (first + 1);
		blank_tokens source last last;
		String.iteri (fun at c -> put source (source.all.(first).first + at) c) "int"
	end

let read_macro source i =
	let is_closed = close source (i + 1) > 0 in
	match word source i with
	| "__free" | "__cleanup" -> if is_closed && List.mem Block source.place.frames then read_cleanup source i
	| "scoped_cond_guard" -> if is_closed && source.place.starts then read_choice source i
	| name -> if Cleanup.is_macro name then source.cleanups_found <- Cleanup.add_macro source.cleanups_found

let read_word source i =
	let place = source.place in
	if is_sign source (i + 1) '(' then read_macro source i;
	let starts = match top source with
		| Some Block when place.starts -> read_statement source i
		| Some Members ->
			if place.starts then read_member source i else read_member_attribute source i;
			false
		| Some Values -> read_value source i; false
		| _ -> false in
	let tagged = place.tagged || (top source <> Some Plain && top source <> Some Values && is_tag (word source i)) in
	source.place <- { place with starts; tagged }

let finish source = source.item <- -1; source.is_braced <- false

let read_sign source i c =
	let place = source.place in
	match c, place.frames with
	| '{', frames ->
		let frame = opened source i in
		source.place <- anew (frame :: frames) (has_statements [ frame ])
	| ('(' | '['), frames -> source.place <- { place with frames = Plain :: frames; starts = false }
	| (')' | ']'), _ :: frames ->
		source.place <- { place with frames; starts = source.is_end.(i) };
		if i = source.class_end then finish source
	| '}', closed :: frames ->
		if frames = [] && closed = Block then finish source;
		source.place <- anew frames (closed = Block && has_statements frames)
	| ';', frames ->
		if frames = [] then begin
			read_declaration source i;
			finish source
		end;
		source.place <- anew frames (has_statements frames)
	| '?', _ -> source.place <- { place with starts = false; asked = place.asked + 1 }
	| ':', _ when place.asked > 0 -> source.place <- { place with starts = false; asked = place.asked - 1 }
	| ':', frames -> source.place <- { place with starts = (match frames with Block :: _ -> true | _ -> false) }
	| '=', frames ->
		if frames = [] then read_defined source i;
		source.place <- { place with starts = false; tagged = false }
	| _ -> source.place <- { place with starts = false }

let read source i =
	let t = source.all.(i) in
	(match t.kind with
	| Directive _ -> ()
	| _ -> if source.place.frames = [] && source.item < 0 then source.item <- i);
	match t.kind with
	| Directive name ->
		blank_directive source t name;
		at_directive name
			~start:(fun () -> source.saved <- source.place :: source.saved)
			~another:(fun () -> match source.saved with before :: _ -> source.place <- before | [] -> ())
			~finish:(fun () -> match source.saved with _ :: rest -> source.saved <- rest | [] -> ())
	| Word ->
		if source.place.frames = [] && is_class_macro (word source i) && close source (i + 1) > 0 then read_class source i;
		read_word source i
	| Literal -> source.place <- { source.place with starts = false }
	| Sign c -> read_sign source i c

(* The names that stand before a block wherever they are used. *)
let always source found ~is_use =
	let uses = Hashtbl.create 8 in
	if Hashtbl.length found > 0 then Array.iteri (fun i _ ->
		let name = word source i in
		if name <> "" && Hashtbl.mem found name && is_use i then count_up uses name) source.all;
	let all = Hashtbl.fold (fun name count all -> if Hashtbl.find_opt uses name = Some count then name :: all else all) found [] in
	List.sort compare all

let changed source =
	let text = Buffer.create (String.length source.text + 64) in
	let blanks = ref (List.sort compare source.blanks) and signs = ref (List.sort_uniq compare source.signs) in
	let blank_to = ref 0 in
	let rec reach i = match !blanks with
		| (first, last) :: rest when first <= i ->
			blank_to := max !blank_to last;
			blanks := rest;
			reach i
		| _ -> () in
	let rec take i = match !signs with
		| (at, sign) :: rest when at = i ->
			signs := rest;
			sign :: take i
		| _ -> [] in
	String.iteri (fun i c ->
		reach i;
		let here = take i in
		List.iter (Buffer.add_char text) here;
		if c = '\n' || c = '\r' then Buffer.add_char text c
		else if here = [] then Buffer.add_char text (if i < !blank_to then ' ' else c)) source.text;
	List.iter (fun (_, sign) -> Buffer.add_char text sign) !signs;
	Buffer.contents text

let text_of source = if source.blanks = [] && source.signs = [] then source.text else changed source

(* The words that what a #define stands for begins with. *)
let heads text all =
	List.filter_map (fun t -> match t.kind with
		| Directive "define" ->
			(match body_of text t with
			| [||] -> None
			| body -> if body.(0).kind = Word then Some (word_of text body.(0)) else None)
		| _ -> None) (Array.to_list all)

let make text =
	let all = tokens text in
	let make closes = {
		text; all; closes;
		is_end = Array.make (Array.length all) false;
		blanks = []; signs = []; asides_found = []; cleanups_found = Cleanup.none; class_end = -1; blocks_found = Hashtbl.create 8; bare_found = Hashtbl.create 8;
		place = anew [] false; saved = []; item = -1; is_braced = false } in
	match match_brackets all with
	| exception Unclear ->
		let source = make [||] in
		Array.iter (fun t -> match t.kind with Directive name -> blank_directive source t name | _ -> ()) all;
		{ text = text_of source; blocks = []; bare_blocks = []; asides = []; cleanups = Cleanup.some }
	| closes ->
		let source = make closes in
		Array.iteri (fun i _ -> read source i) all;
		let has_bracket i = is_sign source (i + 1) '(' in
		let heads = lazy (heads text all) in
		let stands_alone name = is_loop_for_spatch name && List.mem name (Lazy.force heads) in
		{ text = text_of source;
		  blocks = List.filter (fun name -> not (stands_alone name)) (always source source.blocks_found ~is_use:has_bracket);
		  bare_blocks = always source source.bare_found ~is_use:(fun _ -> true);
		  asides = List.rev source.asides_found; cleanups = source.cleanups_found }

let with_asides made = match made.asides with
	| [] -> made.text
	| asides -> String.concat "\n" (made.text :: "" :: List.map (fun a -> a.code) asides) ^ "\n"

let macros made =
	List.append
		(List.map (fun name -> "#define " ^ name ^ " YACFE_ITERATOR") made.blocks)
		(List.map (fun name -> "#define " ^ name ^ " if (1) while (" ^ name ^ "())") made.bare_blocks)
