(* SPDX-License-Identifier: GPL-2.0-only *)
let iter f = function Some x -> f x | None -> ()
let map f = function Some x -> Some (f x) | None -> None
let bind found f = match found with Some x -> f x | None -> None
let value found ~default = match found with Some x -> x | None -> default
let to_list = function Some x -> [ x ] | None -> []
