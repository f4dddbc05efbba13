;; Gear hash search of FastCDC (Xia et al., USENIX ATC 2016) with normalised chunking.
;; Memory: the gear table (256 × i32) at 0, data from 65536.
(module
  (memory (export "memory") 130)
  (global $hash (mut i32) (i32.const 0))

  ;; Position after the first byte in [i, end) whose hash has no bit of mask set, or -1; the hash goes on in $hash.
  (func $scan (param $i i32) (param $end i32) (param $mask i32) (result i32)
    (local $h i32)
    (local.set $h (global.get $hash))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $end)))
        (local.set $h (i32.add (i32.shl (local.get $h) (i32.const 1)) (i32.load (i32.shl (i32.load8_u (local.get $i)) (i32.const 2)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (if (i32.eqz (i32.and (local.get $h) (local.get $mask))) (then (global.set $hash (local.get $h)) (return (local.get $i))))
        (br_if $done (i32.ge_u (local.get $i) (local.get $end)))
        (local.set $h (i32.add (i32.shl (local.get $h) (i32.const 1)) (i32.load (i32.shl (i32.load8_u (local.get $i)) (i32.const 2)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (if (i32.eqz (i32.and (local.get $h) (local.get $mask))) (then (global.set $hash (local.get $h)) (return (local.get $i))))
        (br $next)))
    (global.set $hash (local.get $h))
    (i32.const -1))

  ;; End of the chunk that starts at off: at least min bytes, at most max, never past end.
  (func (export "cut") (param $off i32) (param $end i32) (param $min i32) (param $avg i32) (param $max i32) (param $strict i32) (param $loose i32) (result i32)
    (local $found i32) (local $middle i32) (local $last i32)
    (if (i32.le_u (i32.sub (local.get $end) (local.get $off)) (local.get $min)) (then (return (local.get $end))))
    (local.set $middle (i32.add (local.get $off) (local.get $avg)))
    (if (i32.gt_u (local.get $middle) (local.get $end)) (then (local.set $middle (local.get $end))))
    (local.set $last (i32.add (local.get $off) (local.get $max)))
    (if (i32.gt_u (local.get $last) (local.get $end)) (then (local.set $last (local.get $end))))
    (global.set $hash (i32.const 0))
    (local.set $found (call $scan (i32.add (local.get $off) (local.get $min)) (local.get $middle) (local.get $strict)))
    (if (i32.ne (local.get $found) (i32.const -1)) (then (return (local.get $found))))
    (local.set $found (call $scan (local.get $middle) (local.get $last) (local.get $loose)))
    (if (i32.ne (local.get $found) (i32.const -1)) (then (return (local.get $found))))
    (local.get $last)))
