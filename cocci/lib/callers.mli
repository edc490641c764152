(* SPDX-License-Identifier: GPL-2.0-only *)
(* Who calls the functions that the front end asks for, in which state of the lock, and where they are put. *)

(* Prints the rows of sources, which were read:
	define	the function is defined here; STATE is "static" or "extern"; CONFIDENCE is low if it says of itself that
		its caller holds the lock. Also for callers in whose callers' state it is called
	call	it is called, or passed on to be called at once, here; STATE is the lock's. OBJECT is the arguments;
		CONFIDENCE is low for a lock that they have nothing to do with, as far as names can tell, and where the
		state is the caller's: if none of them is its first parameter, or what that has, other than private data
		REASON is "a list" if an argument is what a list yields.
		A macro that names it to fill in a member of some structure is taken for its caller
	pass	it is passed to the function that MESSAGE names, which the table may know, or which calls its parameter; OBJECT is
		the number of the argument, all else as for a call
	slot	it is put into LOCK: a STRUCT.MEMBER, a .MEMBER of an unknown structure, a FUNCTION() that it is
		passed to as the argument of which OBJECT is the number, STRUCT.* for a macro that fills in members, or "" for anything else
	field	LOCK, a STRUCT.MEMBER, is or points to a structure that was asked for
   OPERATION is the function that was asked for, FUNCTION the one in which this stands. *)
val print_rows : string list -> unit

(* Asks for these from now on, and for nothing else: functions; STRUCT.MEMBER@STRUCT.FIELD..., a member that points to functions, with what
   has such a structure; struct:STRUCT, for which "define" is its definition; and parameterN:FUNCTION,
   the function that a parameter is, by the parameter's number. *)
val ask : string list -> unit
