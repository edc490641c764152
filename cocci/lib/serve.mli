(* SPDX-License-Identifier: GPL-2.0-only *)
(* One spatch process for many sources: it answers requests, each a line of words, until stdin ends.

	load RULE...		rules of the package that are to judge, as Rule.load
	know FILE		functions of other sources, as Program.learn
	enter FILE		callbacks of other sources, as Callbacks.learn
	ask FILE		what "callers" is about, as Callers.ask, a line each
	rules SOURCES RULE...	prints what the rules find in a source, or in several that are looked at together, with commas between,
				and what of others they would have to know, as Program.want
	wrappers SOURCE		prints what functions do to locks, as Wrappers
	callers SOURCE		prints who calls what was asked, as Callers

   The first four have no answer. An answer is rows, one of the kind "lost" for each part that does not parse; then
   "resvlint done PARSED AGAIN", so many functions were parsed, and so many of these not for the first time, since the start; or
   "resvlint failed WHY". The very first line is "resvlint ready". In these lines, words have tabs between. *)
val run : unit -> unit
