(* SPDX-License-Identifier: GPL-2.0-only *)
(* The state of the lock at calls that the front end asks for. *)

(* Prints the rows of the sources that were read:
	call	FUNCTION calls OPERATION here, or passes it on to be called at once; STATE is the lock's. OBJECT is the
		arguments; CONFIDENCE is low for a lock that they have nothing to do with, as far as names can tell, and
		where the state is the caller's: if none of them is its first parameter, or what that has, other than
		private data. REASON is "a list" if an argument is what a list yields, HINT "perhaps" if a lock that is said to be
		held may not be, "later" if all that tells is that it is released later. REPLACE has what is known of the arguments, by
		their numbers, and of the sections of code, MESSAGE what the parameters of FUNCTION have to be, as "nofault=1,2=0"
	pass	FUNCTION passes OPERATION to the function that MESSAGE names; OBJECT is the number of the argument, all else as
		for a call
	define	FUNCTION, which was asked for, is defined here and says of itself that its caller holds the lock *)
val print_rows : unit -> unit

(* Asks for these from now on, and for nothing else: functions by their names; "at FILE LINE COLUMN WORD CALLEE", a call that
   begins there, or has an argument that does, and in which WORD is what is called: f, x->f, f[i]; and likewise
   "pass FILE LINE COLUMN WORD CALLEE NUMBER", where CALLEE is passed as argument of that number. *)
val ask : string list -> unit
