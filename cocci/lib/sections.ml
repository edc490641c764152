(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax
open Interp

let nofault = "nofault"
let is_begin (_, begins, _, guard) name = name = begins || Cleanup.begun name = Some guard
let begins section name = List.exists (fun ((other, _, _, _) as row) -> other = section && is_begin row name) Tables.sections

let wrappers : (string, string) Hashtbl.t = Hashtbl.create 16
let learn lines =
	Hashtbl.reset wrappers;
	List.iter (fun line -> match String.split_on_char ' ' line with
		| [ "wraps"; name; other ] -> Hashtbl.add wrappers name other
		| _ -> ()) lines

let unwrapped name = match Hashtbl.find_all wrappers name with
	| [] -> [ name ]
	| others -> others

let effect_of name =
	let of_section name ((section, _, ends, _) as row) =
		let action does = Some (Locks.action does (Locks.section section)) in
		if is_begin row name then action Locks.Assert
		else if name = ends then action Locks.Release
		else None in
	List.find_map (fun name -> List.find_map (of_section name) Tables.sections) (unwrapped name)

let run ?assume ?(also = fun _ -> None) func =
	let effect_of name = match also name with None -> effect_of name | found -> found in
	Interp.run ?assume { effect_of; watched = (fun _ -> true) } func

(* Of what acquires a lock and begins a section, too, the lock is what is held. *)
let is_in section (result : result) state =
	List.exists (fun h ->
		let by = result.call h.by in
		lock_name by = Locks.section section || List.exists (begins section) (Hashtbl.find_all wrappers by.name)) state.held

(* Is one begun in a function, if only for a block? *)
let has section func = exists (fun e -> begins section (callee e)) func.body

let surrounds section func (call : call) =
	has section func
	&&
	let result = run func in
	List.exists (fun ((other : call), states) ->
		other.at = call.at && states <> [] && List.for_all (is_in section result) states) result.calls
