# Tables of docs/benchmarks.md for models beyond plain ones. Beside report.awk, whose figures and helpers they use.

# family/row/column: rows and columns in the order in which they were measured.
$1 ~ /^(robust|constrained|latent|bandits|linear-bandits)\// {
  parts = split($1, word, "/")
  table = word[1]; row = word[2]; column = word[3]
  if (table == "robust") { table = "robust/" word[2]; row = word[3]; column = word[4] }
  if (!((table, "row", row) in known)) { known[table, "row", row] = 1; rows[table, ++row_count[table]] = row }
  if (!((table, "column", column) in known)) { known[table, "column", column] = 1; columns[table, ++column_count[table]] = column }
}

# A figure, or why there is none.
function figure_or_reason(name, key, unit,   reason) {
  if (get(name, key) != "" && get(name, "error_message") == "") return rounded(get(name, key)) unit
  reason = get(name, "error_message")
  if (reason ~ /ends stopped/) return "> 20 s"
  return reason == "" ? "" : "fails"
}
function column_header(first, table,   i, line, rule) {
  line = "| " first " |"; rule = "|---|"
  for (i = 1; i <= column_count[table]; ++i) { line = line " " columns[table, i] " |"; rule = rule "---|" }
  print line; print rule
}

# Millions of pulls a second of processor time of bandits/learner/workload.
function pulls(name) { return ratio(get(name, "pulls_per_cpu_second"), 1e6) }
function bandit_table(   i, one, two, coins) {
  if (!row_count["bandits"]) return
  coins = columns["bandits", column_count["bandits"]]
  print "## Bandits"
  print ""
  print "Millions of pulls a second of processor time on ten coins, constants of theory, exact pseudo-regret measured. *Of loop*:"
  print "share of what the loop reaches when nobody learns. *Of draws*: share of the rate of the random numbers that reward and"
  print "learner cannot do without, one a reward and a normal and a uniform one for each gamma draw. The mean regret is held"
  print "against an independent program before anything is timed."
  print ""
  print "| learner | M pulls/s | of loop | of draws | two threads over one |"
  print "|---|---|---|---|---|"
  for (i = 1; i <= row_count["bandits"]; ++i) {
    one = "bandits/" rows["bandits", i] "/" coins "/threads:1"; two = "bandits/" rows["bandits", i] "/" coins "/threads:2"
    if (get(one, "pulls_per_cpu_second") == "") continue
    printf "| `%s` | %s | %s | %s | %s |\n", rows["bandits", i], rounded(pulls(one)), percent(get(one, "of_loop")), \
      percent(get(one, "of_draws")), rounded(ratio(get(one, "real_time"), get(two, "real_time")))
  }
  print ""
}

function linear_bandit_table(   i, j, name) {
  if (!row_count["linear-bandits"]) return
  print "## Bandits with features"
  print ""
  print "Millions of pulls a second of processor time and, after the stroke, their share of the rate of the least linear"
  print "algebra of a round: 100 fixed arms of 20 dimensions; 20 arms of 10 dimensions drawn in every round, where that is no"
  print "limit to learners that need no norms. Practical constants, one thread."
  print ""
  column_header("learner", "linear-bandits")
  for (i = 1; i <= row_count["linear-bandits"]; ++i) {
    printf "| `%s` |", rows["linear-bandits", i]
    for (j = 1; j <= column_count["linear-bandits"]; ++j) {
      name = "linear-bandits/" rows["linear-bandits", i] "/" columns["linear-bandits", j]
      printf " %s |", get(name, "pulls_per_cpu_second") == "" ? "" : rounded(pulls(name)) " / " percent(get(name, "of_least_work"))
    }
    print ""
  }
  print ""
}

function robust_tables(   i, j, name, size) {
  if (!row_count["robust/13_sweeps"]) return
  size = columns["robust/13_sweeps", 1]
  print "## Robust planning"
  print ""
  print "Thirteen sweeps of robust value iteration from zero on " size ", by the sets around the rows: what a sweep costs in"
  print "sweeps of the model itself, among the first seven, whose values move much, and after them; and a row of those. Each"
  print "answer lies within nature's proven bounds before anything is timed. One thread, radius 0.2."
  print ""
  print "| set | first sweeps | settled sweeps | ns a row |"
  print "|---|---|---|---|"
  for (i = 1; i <= row_count["robust/13_sweeps"]; ++i) {
    name = "robust/13_sweeps/" rows["robust/13_sweeps", i] "/" size
    printf "| %s | %s | %s | %s |\n", rows["robust/13_sweeps", i], figure_or_reason(name, "nominal_sweeps_first"), \
      figure_or_reason(name, "nominal_sweeps_settled"), figure_or_reason(name, "ns_per_row_settled")
  }
  print ""
  print "Microseconds a state where the choices of a state share one budget:"
  print ""
  column_header("set", "robust/all_states")
  for (i = 1; i <= row_count["robust/all_states"]; ++i) {
    printf "| %s |", rows["robust/all_states", i]
    for (j = 1; j <= column_count["robust/all_states"]; ++j)
      printf " %s |", figure_or_reason("robust/all_states/" rows["robust/all_states", i] "/" columns["robust/all_states", j], "us_per_state")
    print ""
  }
  print ""
  print "Whole solves: processor time of robust value iteration as one would write it first (each row sorted anew, stopped at a"
  print "residual) over that of each planner, which proves an error of 1e-6. L1 sets, discount 0.95, one thread. Each answer"
  print "agrees with the first within its error."
  print ""
  column_header("planner", "robust/solve")
  for (i = 1; i <= row_count["robust/solve"]; ++i) {
    if (rows["robust/solve", i] == "plain") continue
    printf "| `%s` |", rows["robust/solve", i]
    for (j = 1; j <= column_count["robust/solve"]; ++j)
      printf " %s |", figure_or_reason("robust/solve/" rows["robust/solve", i] "/" columns["robust/solve", j], "times_plain_cpu")
    print ""
  }
  print ""
}

function constrained_table(   i, j, name) {
  if (!row_count["constrained"]) return
  print "## Limits on costs"
  print ""
  print "Milliseconds to a policy that keeps both limits and is proven within 1e-4 of the optimum, and after the stroke the"
  print "iterations: Garnets with four choices, five successors, discount 0.99 and two limits that bind. The two planners"
  print "agree where both run (up to 3,000 states) before anything is timed; one thread, for `bundle` also two."
  print ""
  column_header("planner, threads", "constrained")
  for (i = 1; i <= row_count["constrained"]; ++i) {
    for (t = 1; t <= 2; ++t) {
      line = sprintf("| `%s`, %d |", rows["constrained", i], t); any = 0
      for (j = 1; j <= column_count["constrained"]; ++j) {
        name = "constrained/" rows["constrained", i] "/" columns["constrained", j] "/threads:" t
        cell = figure_or_reason(name, "real_time")
        if (cell ~ /^[0-9]/) cell = cell sprintf(" / %.0f", get(name, "iterations"))
        if (cell != "") any = 1
        line = line " " cell " |"
      }
      if (any) print line
    }
  }
  print ""
}

function latent_table(   i, j, name) {
  if (!row_count["latent"]) return
  print "## Hidden states"
  print ""
  print "Milliseconds to a proven answer. Rows: a random latent model (two contexts, three states, two choices) and the tiger"
  print "over so many steps, to 1e-6; the tiger discounted by 0.95, to 0.001; a corridor of 20 states seen through noise, to"
  print "0.05. Before a time counts the controller is evaluated and the bounds are held against another planner's. What takes"
  print "more than 20 s is stopped."
  print ""
  line = "| question |"; rule = "|---|"
  for (i = 1; i <= row_count["latent"]; ++i) { line = line " `" rows["latent", i] "` |"; rule = rule "---|" }
  print line; print rule
  for (j = 1; j <= column_count["latent"]; ++j) {
    line = "| " columns["latent", j] " |"
    for (i = 1; i <= row_count["latent"]; ++i)
      line = line " " figure_or_reason("latent/" rows["latent", i] "/" columns["latent", j], "real_time") " |"
    print line
  }
  print ""
}

# What is to be at most so much.
function ceiling(text, reached, wanted, unit) {
  if (reached == "") return
  printf "| %s | at most %s | %s | %s |\n", text, wanted unit, rounded(reached) unit, (reached + 0 <= wanted + 0 ? "yes" : "no")
}
function family_goals(   coins, size, solved) {
  coins = "/ten_coins_1e4/threads:1"
  goal("`ucb1`, M pulls/s", pulls("bandits/ucb1" coins), 13, "")
  goal("`thompson`, M pulls/s", pulls("bandits/thompson" coins), 1.5, "")
  goal("`kl-ucb`, M pulls/s", pulls("bandits/kl-ucb" coins), 1.0, "")
  goal("`oful`, d = 20, 100 arms, M pulls/s", pulls("linear-bandits/oful/d20_k100"), 0.1, "")
  size = "/garnet_1000x10x20"
  ceiling("robust sweep, `l1`, in sweeps of the model", get("robust/13_sweeps/l1" size, "nominal_sweeps_first"), 4, "")
  ceiling("robust sweep, `kl`, in sweeps of the model", get("robust/13_sweeps/kl" size, "nominal_sweeps_first"), 12, "")
}
