// What the paths to each operation do to the lock.

@operation@
identifier g : script:ocaml() { operation g };
expression list es;
position p;
@@
g@p(es)

@script:ocaml@
p << operation.p;
g << operation.g;
es << operation.es;
@@
List.iter (fun p -> ignore (add_site p g es)) p

@in_scope depends on scoped exists@
identifier g : script:ocaml() { operation g };
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
identifier g : script:ocaml() { operation g };
identifier w : script:ocaml() { touches w };
expression list es;
expression R, R1, C, X;
statement S1;
iterator name drm_exec_until_all_locked;
position p;
@@
f(params) {
... when != \(dma_resv_lock(R, C)\|dma_resv_assert_held(R)\|w(...)\|dma_resv_trylock(R)\|dma_resv_unlock(R1)\)
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
identifier g : script:ocaml() { operation g };
identifier w : script:ocaml() { leaves_held w };
identifier u : script:ocaml() { ends_hold u };
expression list es;
expression R, R1, C;
statement S;
position p, q;
position s : script:ocaml() { branch_failed s };
@@
\(dma_resv_lock(R, C)@q\|dma_resv_assert_held(R)@q\|w(R, ...)@q\|dma_resv_trylock(R)@q\)
... when != \(dma_resv_unlock(R1)\|u(...)\)
    when != S@s
    when any
g@p(es)

@script:ocaml@
p << held.p;
q << held.q;
g << held.g;
r << held.R;
es << held.es;
@@
add_locked p g es q (Held (r, line_at q p)) r

@kept exists@
identifier g : script:ocaml() { operation g };
identifier w : script:ocaml() { leaves_held w };
identifier u : script:ocaml() { ends_hold u };
expression list es;
expression R, C;
statement S;
position p, q;
position s : script:ocaml() { branch_failed s };
@@
\(dma_resv_lock(R, C)@q\|dma_resv_assert_held(R)@q\|w(R, ...)@q\|dma_resv_trylock(R)@q\)
... when != \(dma_resv_unlock(R)\|u(R, ...)\|drm_exec_fini(...)\)
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
add_locked p g es q (Kept (r, line_at q p)) r

@released exists@
identifier g : script:ocaml() { operation g };
identifier w : script:ocaml() { leaves_held w };
identifier u : script:ocaml() { releases u };
expression list es;
expression R, R1, C, X;
statement S1;
iterator name drm_exec_until_all_locked;
position p, q;
@@
\(dma_resv_unlock(R)@q\|u(R, ...)@q\)
... when != \(dma_resv_lock(R1, C)\|dma_resv_assert_held(R1)\|w(...)\|dma_resv_trylock(R1)\)
    when != drm_exec_until_all_locked(X) S1
    when any
g@p(es)

@script:ocaml@
p << released.p;
q << released.q;
g << released.g;
r << released.R;
es << released.es;
@@
add_path p g es (Released (r, line_at q p))

@failed exists@
identifier g : script:ocaml() { operation g };
identifier w : script:ocaml() { leaves_held w };
expression list es;
expression R, C, X;
statement S, S1;
iterator name drm_exec_until_all_locked;
position p;
position s : script:ocaml() { branch_failed s };
@@
S@s
... when != \(dma_resv_lock(R, C)\|dma_resv_assert_held(R)\|w(...)\|dma_resv_trylock(R)\)
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
identifier g : script:ocaml() { operation g };
identifier u : script:ocaml() { may_release u };
expression R;
position p;
@@
g@p(...)
...
\(dma_resv_unlock(R)\|u(...)\)

@script:ocaml@
p << released_later.p;
@@
note_released_later p

@wrapped depends on kept@
identifier w : script:ocaml() { acquires w };
position q;
@@
w(...)@q

@script:ocaml@
q << wrapped.q;
@@
note_wrapped q

@condition depends on kept@
expression E;
statement S, S1;
position s;
@@
if (E) S@s
else S1

@script:ocaml@
s << condition.s;
e << condition.E;
@@
note_branch s e

@condition_else depends on kept disable drop_else@
expression E;
statement S, S1;
position s;
@@
if (E) S1
else S@s

@script:ocaml@
s << condition_else.s;
e << condition_else.E;
@@
note_else_branch s e
