(* SPDX-License-Identifier: GPL-2.0-only *)
(* The syntax tree of a source, as the interpreter wants it: positions that are true, nothing that depends on the
   version of spatch. *)

(* Lines count from 1, columns from 0; the end is behind the last character. *)
type pos = { file : string; line : int; col : int; line_end : int; col_end : int }

type expr = { node : node; at : pos }
and node =
	| Var of string
	| Int of string
	| Text of string			(* a string or character *)
	| Call of expr * expr list
	| Field of expr * string		(* whole.field *)
	| Arrow of expr * string		(* whole->field *)
	| Index of expr * expr
	| Unary of string * expr
	| Postfix of expr * string
	| Binary of string * expr * expr
	| Assign of string * expr * expr
	| Cond of expr * expr option * expr	(* None: a ?: b *)
	| Comma of expr * expr
	| Cast of string * expr
	| Paren of expr
	| Block_value of stmt list		(* ({ ... }) *)
	| Literal of string * init		(* (struct foo){ ... } *)
	| Type of string			(* an argument, or of sizeof *)
	| Unknown of string

and init =
	| Value of expr
	| Fields of (string option * init) list	(* by .name where it has one *)

and stmt = { kind : kind; where : pos }
and kind =
	| Expr of expr option
	| If of expr * stmt * stmt option
	| Switch of expr * stmt
	| While of expr * stmt
	| Do of stmt * expr
	| For of stmt option * expr option * expr option * stmt
	| Each of string * expr list * stmt	(* a macro that is used as a loop, or stands before a block *)
	| Goto of string
	| Label of string * stmt
	| Case of expr * stmt
	| Default of stmt
	| Break
	| Continue
	| Return of expr option
	| Block of stmt list
	| Decl of variable list
	| Either of string list * stmt list list * bool
		(* branches of an undecided conditional, each with its condition; is there an #else? *)
	| Nothing

and variable = { name : string; typ : string; static : bool; value : init option; cleanup : string }

type param = { param : string; ptype : string }

type func = {
	fname : string;
	static : bool;
	returns : string;			(* "void", "int", "struct foo *" *)
	params : param list;
	body : stmt list;
	place : pos;				(* of the name *)
	closing : pos;				(* of the last brace *)
	source : string;
	annotations : expr list;		(* __must_hold(x) and the like, as calls *)
}

type top =
	| Function of func
	| Prototype of func			(* one with annotations, without its body *)
	| Made of func				(* what a macro such as DEFINE_GUARD() makes *)
	| Block_macro of func * string		(* one that stands before a statement, which Parseable.body_of_head stands for; its text as an aside *)
	| Variables of variable list * pos
	| Macro of string * string list option * expr option	(* #define NAME(PARAMETERS) a single expression *)
	| Structure of string * pos * (string * string * pos) list	(* its tag; the name, type and place of each member *)
	| Invocation of string * expr list			(* of a macro, outside of functions *)
	| Lost of int * int			(* lines that spatch cannot parse *)
	| Other

(* Parses a file, with spatch's own parser, each function with the place of all of it, nowhere for the rest. Positions are those in the
   source `named`, if that is given, of which a line of the file is the line `line`; `macros` are lines of #define that count before those
   of the file. *)
val parse : ?named:string -> ?line:(int -> int) -> ?macros:string list -> string -> (top * pos) list

(* The text of an expression, laid out as the kernel kind. *)
val text : expr -> string

(* Without parentheses and casts around it. *)
val bare : expr -> expr

(* What a call calls, the expression itself where it is no call. *)
val called : expr -> expr

(* The name that a call calls, "" where it is not by name; its arguments, none where it is no call. *)
val callee : expr -> string
val arguments_of : expr -> expr list

(* The value of an integer constant: 15 of 15UL. *)
val integer : expr -> int option
val is_pointer : string -> bool

(* What a macro stands for that is used at a place: its value, with arguments for its parameters. *)
val replace : pos -> (string * expr) list -> expr -> expr

(* Calls a function for an expression and each one in it, in the order of the text. *)
val iter_expr : (expr -> unit) -> expr -> unit

(* Calls functions for each statement, expression and declared variable of some statements. *)
val iter : ?stmt:(stmt -> unit) -> ?variable:(variable -> stmt -> unit) -> (expr -> unit) -> stmt list -> unit

(* Is there a statement, a declared variable or an expression in some statements of which that is true? An expression in another one? *)
val exists : ?stmt:(stmt -> bool) -> ?variable:(variable -> bool) -> (expr -> bool) -> stmt list -> bool
val exists_stmt : (stmt -> bool) -> stmt list -> bool
val exists_in : (expr -> bool) -> expr -> bool

(* What some statements return, and the variables that they declare, in the order of the text. *)
val returned_in : stmt list -> expr list
val declared_in : stmt list -> variable list

(* Statements with each expression, and then each statement, changed, from the innermost on. *)
val map_expr : (expr -> expr) -> expr -> expr
val map : ?stmt:(stmt -> stmt) -> (expr -> expr) -> stmt list -> stmt list

(* From the beginning of the first to the end of the last. *)
val span : pos -> pos -> pos

(* From where some statements begin to where they end. *)
val extent : stmt list -> pos

(* Is a call, by the place of its function's name, a statement of a block, and not all that a branch or a loop has? *)
val is_in_block : stmt list -> pos -> bool

(* Is there a default: in the body of a switch? *)
val has_default : stmt -> bool

(* The comparison that holds with its sides exchanged: "<" for ">". *)
val turned : string -> string

val nowhere : pos

(* Stands where there is no expression. *)
val no_expr : expr
