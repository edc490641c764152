# SPDX-License-Identifier: GPL-2.0-only
# escape.awk: OCaml as it has to be written inside of a .cocci, whose lexer knows little of it.
#
# Outside of strings, @ ends a script, # and // begin a comment, and ' begins a text that goes to the next '.
# Inside, \" never ends a string, and \ means nothing between two '. So:
#
#   a @ b, f @@ a    two operators of the same precedence, ^++ and ^->, which are defined at the top
#   'a, a'           a second ' follows in a comment of its own
#   "\\", '\''       the characters that could be misread are written by their numbers
#   {|text|}         is written as "text"
#   (* it's "@" *)   only letters and harmless marks stay
#
# Directives that tell of lines are left out: spatch tells of those of the .cocci.

function fail(why) {
	print "escape.awk: line " NR ": " why ": " $0 > "/dev/stderr"
	failed = 1
	exit 1
}

function number(c) {
	return c in numbers ? numbers[c] : c
}

# The length of what a comment goes on with: a mark that it begins or ends, or anything else.
function comment(rest, two) {
	is_mark = 0
	two = substr(rest, 1, 2)
	if (two == "(*" && !quoted) {
		depth++
		is_mark = 1
		return 2
	}
	if (two == "*)" && !quoted) {
		depth--
		is_mark = 1
		return 2
	}
	if (two == "//" || two == "(*" || two == "*)" || (quoted && two ~ /^\\/))
		return 2
	if (!quoted && match(rest, /^'([^\\']|\\[^0-9xo]|\\...)'/))
		return RLENGTH
	if (substr(rest, 1, 1) == "\"")
		quoted = !quoted
	return 1
}

function harmless(text) {
	gsub(/["'`]/, "`", text)
	gsub(/@/, "(at)", text)
	gsub(/#/, "no. ", text)
	gsub(/\/\//, "/ /", text)
	gsub(/\(\*|\*\)/, "*", text)
	return text
}

# One character, or an escape, of a string.
function string(rest, c) {
	c = substr(rest, 1, 1)
	if (brace != "") {
		if (index(rest, brace) == 1) {
			length_of_it = length(brace)
			brace = ""
			in_string = 0
			return "\""
		}
		length_of_it = 1
		return number(c)
	}
	if (c == "\\") {
		c = substr(rest, 2, 1)
		length_of_it = 2
		return c ~ /[\\"']/ ? number(c) : "\\" c
	}
	length_of_it = 1
	if (c == "\"") {
		in_string = 0
		return c
	}
	return c
}

# One token of code, as far as it matters.
function code(rest, before, c, operator) {
	length_of_it = 1
	c = substr(rest, 1, 1)
	if (substr(rest, 1, 2) == "(*") {
		depth = 1
		quoted = 0
		length_of_it = 2
		return "(*"
	}
	if (c == "\"") {
		in_string = 1
		return c
	}
	if (match(rest, /^\{[a-z_]*\|/)) {
		length_of_it = RLENGTH
		brace = "|" substr(rest, 2, RLENGTH - 2) "}"
		in_string = 1
		return "\""
	}
	if (match(rest, /^[A-Za-z_0-9]+'*/)) {
		length_of_it = RLENGTH
		c = substr(rest, 1, RLENGTH)
		# An even number of ' is no harm.
		return gsub(/'/, "'", c) % 2 ? c "(*'*)" : c
	}
	if (match(rest, /^'([^\\']|\\[^0-9xo]|\\[0-9][0-9][0-9]|\\x..|\\o...)'/)) {
		length_of_it = RLENGTH
		c = substr(rest, 2, RLENGTH - 2)
		return "'" (c ~ /^\\[\\'"]$/ ? number(substr(c, 2)) : length(c) == 1 ? number(c) : c) "'"
	}
	if (c == "'") {
		match(rest, /^'[A-Za-z_0-9]*/)
		length_of_it = RLENGTH
		return substr(rest, 1, RLENGTH) "(*'*)"
	}
	if (match(rest, /^[!$%&*+.\/:<=>?@^|~#-]+/)) {
		operator = substr(rest, 1, RLENGTH)
		length_of_it = RLENGTH
		if (operator ~ /@/ && before ~ /\[$/)
			fail("no attributes")
		if (operator == "@")
			return "^++"
		if (operator == "@@")
			return "^->"
		if (operator ~ /[@#]|\/\//)
			fail("no operator " operator)
		return operator
	}
	return c
}

BEGIN {
	numbers["\""] = "\\034"
	numbers["#"] = "\\035"
	numbers["'"] = "\\039"
	numbers["/"] = "\\047"
	numbers["@"] = "\\064"
	numbers["\\"] = "\\092"
	print "let ( ^++ ) = List.append"
	print "let ( ^-> ) f x = f x"
}

!depth && !in_string && /^# [0-9]+ ".*"$/ { next }

{
	out = ""
	for (rest = $0; rest != ""; rest = substr(rest, length_of_it + 1)) {
		if (depth) {
			length_of_it = comment(rest)
			text = substr(rest, 1, length_of_it)
			out = out (is_mark ? text : harmless(text))
		} else if (in_string) {
			out = out string(rest)
		} else {
			out = out code(rest, out)
		}
	}
	print out
}

END {
	if (!failed && (depth || in_string))
		fail("the end of a comment or of a string is missing")
}
