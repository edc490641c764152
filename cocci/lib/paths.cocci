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
parameter list params;
expression g : script:ocaml() { operation g };
identifier l : script:ocaml() { may_lock l };
expression list es;
expression X;
statement S1;
iterator name drm_exec_until_all_locked;
position p;
position q : script:ocaml() { touches q };
@@
f(params) {
... when != l(...)@q
    when != drm_exec_until_all_locked(X) S1
    when any
g@p(es)
... when any
}

@script:ocaml@
p << entry.p;
g << entry.g;
es << entry.es;
params << entry.params;
@@
add_path p g es Entry;
note_parameters p params

@held exists@
expression g : script:ocaml() { operation g };
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
expression list es;
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
g@p(es)

@script:ocaml@
p << held.p;
q << held.q;
g << held.g;
es << held.es;
@@
add_locked p g es q (Held (lock_at q, line_at q p)) (lock_at q)

@kept exists@
expression g : script:ocaml() { operation g };
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
expression list es;
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
g@p(es)

@script:ocaml@
p << kept.p;
q << kept.q;
g << kept.g;
r << kept.R;
es << kept.es;
@@
if r = lock_at q then add_locked p g es q (Kept (r, line_at q p)) r

@released exists@
expression g : script:ocaml() { operation g };
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
expression list es;
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
g@p(es)

@script:ocaml@
p << released.p;
q << released.q;
g << released.g;
es << released.es;
@@
add_path p g es (Released (lock_at q, line_at q p))

@failed exists@
expression g : script:ocaml() { operation g };
identifier l : script:ocaml() { may_lock l };
expression list es;
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
g@p(es)

@script:ocaml@
p << failed.p;
s << failed.s;
g << failed.g;
es << failed.es;
@@
List.iter (add_path p g es) (failed_around (first s))

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
