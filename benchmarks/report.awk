# Tables of docs/benchmarks.md from "benchmark <tab> key <tab> value" lines. `list` names the workloads.

BEGIN { FS = "\t"; count = split(list, workload, " ") }
{ figure[$1, $2] = $3 }
$1 ~ /^solve\// && $1 ~ /threads:1$/ { split($1, part, "/"); if (!(part[2] in seen)) { seen[part[2]] = 1; planner[++planners] = part[2] } }

$1 ~ /^learn\// && $1 ~ /threads:1$/ { split($1, part, "/"); if (!((part[2], part[3]) in met)) { met[part[2], part[3]] = 1; learner[++learners] = part[2] "/" part[3] } }

function get(name, key) { return (name, key) in figure ? figure[name, key] : "" }
function rounded(x) { return x == "" ? "" : x >= 100 ? sprintf("%.0f", x) : x >= 10 ? sprintf("%.1f", x) : sprintf("%.2f", x) }
function whole(x) { return x == "" ? "" : sprintf("%.0f", x) }
function percent(x) { return x == "" ? "" : sprintf("%.0f %%", 100 * x) }
function letter(w) { return w == "tiny" ? "tiny" : "(" substr(w, 1, 1) ")" }
function header(first,   i, line, rule) {
  line = "| " first " |"; rule = "|---|"
  for (i = 1; i <= count; ++i) { line = line " " letter(workload[i]) " |"; rule = rule "---|" }
  print line; print rule
}

# What a solve came to: its ratio, or why there is none.
function outcome(p, w, threads,   name, reason) {
  name = "solve/" p "/" w "/threads:" threads
  if (get(name, "times_plain_cpu") != "") return rounded(get(name, "times_plain_cpu"))
  reason = get(name, "error_message")
  if (reason ~ /more than/) return "> 20 s"
  if (reason ~ /possible|refuse|exceed|not run/) return "refused"
  return reason == "" ? "" : "fails"
}
function goal(text, reached, wanted, unit) {
  if (reached == "") return
  printf "| %s | %s | %s | %s |\n", text, wanted unit, rounded(reached) unit, (reached + 0 >= wanted + 0 ? "yes" : "no")
}
function ratio(a, b) { return a == "" || b == "" || b == 0 ? "" : a / b }
# How much sooner the answer comes with so many threads than with one.
function sooner(p, w, threads) {
  return ratio(get("solve/" p "/" w "/threads:1", "real_time"), get("solve/" p "/" w "/threads:" threads, "real_time"))
}
# What every planner came to on every workload; beyond one thread how much sooner, too.
function solve_table(threads,   p, i, line, gain) {
  header("planner")
  for (p = 1; p <= planners; ++p) {
    line = "| `" planner[p] "` |"
    for (i = 1; i <= count; ++i) {
      gain = threads == 1 ? "" : sooner(planner[p], workload[i], threads)
      line = line " " outcome(planner[p], workload[i], threads) (gain == "" ? "" : " / " rounded(gain)) " |"
    }
    print line
  }
}
# Steps of the learners, beside those of the loop when nobody learns.
function learn_table(   l, one, two) {
  print "## Learners"
  print ""
  print "Millions of steps a second of processor time on RiverSwim (S = 6, A = 2), four seeds, practical constants, every"
  print "policy evaluated exactly. *Of loop*: share of what the loop reaches when the optimal policy is played and nobody"
  print "learns. *Of draws*: the loop's share of the rate of random numbers, one a step. The long run has no policy to evaluate"
  print "and no episodes to begin; *linear* is a linear MDP with d = 20. The regret is compared with plain backward induction"
  print "before anything is timed."
  print ""
  print "| learner | played | M steps/s | of loop | of draws | two threads over one |"
  print "|---|---|---|---|---|---|"
  for (l = 1; l <= learners; ++l) {
    split(learner[l], part, "/"); one = "learn/" learner[l] "/threads:1"; two = "learn/" learner[l] "/threads:2"
    printf "| `%s` | %s | %s | %s | %s | %s |\n", part[1], part[2] ~ /long/ ? "10^6 steps" : part[2] ~ /linear/ ? "10,000 x 6, linear" : "20,000 x 20", \
      rounded(get(one, "steps_per_cpu_second") / 1e6), percent(get(one, "of_loop")), percent(get(one, "of_draws")), \
      rounded(ratio(get(one, "real_time"), get(two, "real_time")))
  }
  print ""
}
# Millions of steps a CPU-second; nothing when it was not measured.
function pace(name,   rate) { rate = get("learn/" name "/threads:1", "steps_per_cpu_second"); return rate == "" ? "" : rate / 1e6 }
# One figure of every workload, of the benchmark prefix/workload/suffix.
function figure_row(first, prefix, suffix, key,   i, line) {
  line = "| " first " |"
  for (i = 1; i <= count; ++i) line = line " " rounded(get(prefix "/" workload[i] suffix, key)) " |"
  print line
}

END {
  print "# Benchmarks"
  print ""
  print "Written by `benchmarks/report.sh`, which anyone can run; every answer is checked before its time counts. The"
  print "workloads: (a) Garnet with 10,000 states, 10 choices, 10 successors, discount 0.99; (b) Garnet 100,000 x 5 x 8,"
  print "0.99; (c) a slippery grid of 500 x 500 with random costs, 0.999; (d) a dense random model of 1,000 x 20, 0.95;"
  print "(e) Garnet 1,000,000 x 4 x 5, 0.995. Everything is a ratio within one run on one machine with two cores."
  print ""
  print "## Whole solves"
  print ""
  print "Processor time of plain value iteration (one loop over compressed rows, stopped at a residual of 1e-6, which proves"
  print "nothing) over that of each planner, which proves an error of 1e-6. Larger is better. One thread."
  print ""
  solve_table(1)
  print ""
  print "Two threads: processor time ratio as above and, after the stroke, how much sooner the answer comes than with one."
  print ""
  solve_table(2)
  print ""
  print "![ratios to plain value iteration](images/benchmarks.png)"
  print ""
  print "How often each planner read the whole model, in sweeps, beside the plain solver's sweeps:"
  print ""
  header("planner")
  line = "| plain |"
  for (i = 1; i <= count; ++i) line = line " " whole(get("solve/plain/" workload[i], "iterations")) " |"
  print line
  for (p = 1; p <= planners; ++p) figure_row("`" planner[p] "`", "solve/" planner[p], "/threads:1", "sweeps_read")
  print ""
  print "## One sweep"
  print ""
  print "A Jacobi sweep of the optimality operator. *Bandwidth*: its share of the rate at which this machine reads an array of"
  print "the same size, caches included. *Gathers*: its share of the rate of reading the successors and gathering their"
  print "values and nothing else, which binds where the values do not fit a near cache. *Products*: its share of one flat pass"
  print "that also multiplies by the probabilities, without rows, rewards or maxima: what the processor does with compressed"
  print "rows when nobody tells it what comes next. Short rows are bound by it (three loads a transition, two a cycle), not by"
  print "the memory; more than 100 % is what asking for rows ahead of time brings, since the gathers starve the prefetching of"
  print "the hardware."
  print ""
  print "| workload | plain: bandwidth | 1 thread: bandwidth | gathers | products | 2 threads: bandwidth | gathers | products | 1 thread over plain | 2 threads over 1 |"
  print "|---|---|---|---|---|---|---|---|---|---|"
  for (i = 1; i <= count; ++i) {
    w = workload[i]; one = "sweep/jacobi/" w "/threads:1"; two = "sweep/jacobi/" w "/threads:2"; plain = "sweep/plain/" w
    printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", letter(w), percent(get(plain, "of_bandwidth")), \
      percent(get(one, "of_bandwidth")), percent(get(one, "of_gathers")), percent(get(one, "of_products")), \
      percent(get(two, "of_bandwidth")), percent(get(two, "of_gathers")), percent(get(two, "of_products")), \
      rounded(get(one, "times_plain")), rounded(ratio(get(one, "real_time"), get(two, "real_time")))
  }
  print ""
  print "## Files and memory"
  print ""
  print "Peak memory of a process that opens the model and solves it with `auto` (the model included), or reads it from CSV"
  print "(pages of the text that it maps included), as a multiple of the arrays that a planner reads."
  print ""
  header("")
  figure_row("solve, times the model", "memory/solve", "", "times_model")
  figure_row("read CSV, times the model", "memory/read-csv", "", "times_model")
  print ""
  for (i = 1; i <= count; ++i) {
    w = workload[i]
    csv = get("read/csv/" w, "bytes_per_second"); bwm = get("read/bwm/" w, "real_time")
    if (csv != "") printf "CSV of %s: %.0f MB/s with both cores. ", letter(w), csv / 1e6
    if (bwm != "") printf "Opening the `.bwm` of %s, checksums and rows checked: %s ms. ", letter(w), rounded(bwm)
  }
  print ""
  print ""
  if (learners > 0) learn_table()
  bandit_table()
  linear_bandit_table()
  robust_tables()
  constrained_table()
  latent_table()
  print "## Aims"
  print ""
  print "| what | aim | reached | met |"
  print "|---|---|---|---|"
  split("a 70 b 65 c 12 d 60 e 50", aim, " ")
  for (i = 1; i <= count; ++i) for (k = 1; k < 10; k += 2) if (substr(workload[i], 1, 1) == aim[k] && workload[i] != "tiny")
    goal("`auto` over plain on " letter(workload[i]), get("solve/auto/" workload[i] "/threads:1", "times_plain_cpu"), aim[k + 1], "")
  for (i = 1; i <= count; ++i) if (workload[i] ~ /^[cd]_/) for (t = 1; t <= 2; ++t)
    goal("sweep on " letter(workload[i]) ", " t " thread" (t > 1 ? "s" : "") ", % of bandwidth", 100 * get("sweep/jacobi/" workload[i] "/threads:" t, "of_bandwidth"), 80, "")
  for (i = 1; i <= count; ++i) if (workload[i] != "tiny")
    goal("sweep on " letter(workload[i]) " over the plain sweep", get("sweep/jacobi/" workload[i] "/threads:1", "times_plain"), 1, "")
  for (i = 1; i <= count; ++i) if (workload[i] ~ /^[bcd]_/)
    goal("`auto` on " letter(workload[i]) ", two threads over one", sooner("auto", workload[i], 2), 1.6, "")
  split("optimal/riverswim_h20 50 ucbvi-bf/riverswim_h20 4.7 ucb-q-hoeffding/riverswim_h20 10.5 psrl/riverswim_h20 3.4 ucrl2/riverswim_long_run 54", pace_aim, " ")
  for (k = 1; k < 10; k += 2) {
    split(pace_aim[k], part, "/")
    goal((part[1] == "optimal" ? "the loop alone" : "`" part[1] "`") ", M steps/s", pace(pace_aim[k]), pace_aim[k + 1], "")
  }
  goal("`lsvi-ucb`, d = 20, M steps/s", pace("lsvi-ucb/linear_d20"), 0.16, "")
  family_goals()
}
