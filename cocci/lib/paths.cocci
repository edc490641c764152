// What the paths to each operation do to the lock.

@site_call@
expression g : script:ocaml() { operation g };
expression list es;
position p;
@@
g@p(es)

@script:ocaml@
p << site_call.p;
g << site_call.g;
es << site_call.es;
@@
List.iter (fun p -> ignore (add_site p g es)) p

@in_scope depends on scoped exists@
expression g : script:ocaml() { operation g };
iterator name for_i915_gem_ww;
position p;
@@
for_i915_gem_ww(...) { ... when any
g@p(...)
... when any
}

@script:ocaml@
p << in_scope.p;
@@
note_in_scope p

@entry exists@
identifier f;
expression g : script:ocaml() { operation g };
identifier l : script:ocaml() { may_lock l };
expression X;
statement S1;
iterator name drm_exec_until_all_locked;
position p;
position q : script:ocaml() { touches q };
@@
f(...) {
... when != l(...)@q
    when != drm_exec_until_all_locked(X) S1
    when any
g@p(...)
... when any
}

@script:ocaml@
p << entry.p;
@@
add_path p Entry

@held exists@
expression g : script:ocaml() { operation g };
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
statement S;
position p;
position q : script:ocaml() { leaves_held q };
position u : script:ocaml() { ends_hold u };
position s : script:ocaml() { branch_failed s };
@@
l(...)@q
... when != v(...)@u
    when != S@s
    when any
g@p(...)

@script:ocaml@
p << held.p;
q << held.q;
@@
add_locked p q (Held (lock_at q, line_at q p)) (lock_at q)

@kept exists@
expression g : script:ocaml() { operation g };
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
expression R;
statement S;
position p;
position q : script:ocaml() { leaves_held q };
position u : script:ocaml() { ends_hold u };
position a : script:ocaml() { releases_all a };
position s : script:ocaml() { branch_failed s };
@@
l(..., R, ...)@q
... when != \(v(..., R, ...)@u\|v(...)@a\)
    when != S@s
    when any
g@p(...)

@script:ocaml@
p << kept.p;
q << kept.q;
r << kept.R;
@@
if r = lock_at q then add_locked p q (Kept (r, line_at q p)) r

@released exists@
expression g : script:ocaml() { operation g };
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
expression X;
statement S1;
iterator name drm_exec_until_all_locked;
position p;
position q : script:ocaml() { releases q };
position u : script:ocaml() { leaves_held u };
@@
l(...)@q
... when != v(...)@u
    when != drm_exec_until_all_locked(X) S1
    when any
g@p(...)

@script:ocaml@
p << released.p;
q << released.q;
@@
add_path p (Released (lock_at q, line_at q p))

@failed exists@
expression g : script:ocaml() { operation g };
identifier l : script:ocaml() { may_lock l };
expression X;
statement S, S1;
iterator name drm_exec_until_all_locked;
position p;
position q : script:ocaml() { leaves_held q };
position s : script:ocaml() { branch_failed s };
@@
S@s
... when != l(...)@q
    when != drm_exec_until_all_locked(X) S1
    when any
g@p(...)

@script:ocaml@
p << failed.p;
s << failed.s;
@@
List.iter (fun p ->
	if not (asked_again (first s) p) then List.iter (add_path [ p ]) (failed_around (first s))) p

@released_later exists@
expression g : script:ocaml() { operation g };
identifier l : script:ocaml() { may_lock l };
position p;
position q : script:ocaml() { may_release q };
@@
g@p(...)
...
l(...)@q

@script:ocaml@
p << released_later.p;
@@
note_released_later p

@lost@
identifier f : script:ocaml() { has_lost_sites f };
@@
f(...) { ... }

@script:ocaml@
f << lost.f;
@@
find_lost_sites f
