#include "solvers/robust/worst_case_search/worst_case_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/exact/discounted/certificate.h"
#include "solvers/exact/discounted/discounted_auto.h"
#include "solvers/mirror/policy_values.h"
#include "solvers/robust/evaluation.h"
#include "solvers/robust/fixed_nature/fixed_nature.h"
#include "solvers/robust/run.h"
#include "solvers/robust/worst_case_search/member_evaluation.h"

namespace bellwether::solvers {
namespace {

constexpr double kSameModel = 1e-9;  // entries that differ by less belong to one model, rewards by this share
constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool same_model(const mdp::TabularMdp& a, const mdp::TabularMdp& b) {
  if (!(robust::row_distance(a, b) <= kSameModel)) return false;
  for (std::int64_t c = 0; c < a.num_choices(); ++c)
    if (std::abs(a.reward(c) - b.reward(c)) > kSameModel * std::max(1.0, std::abs(a.reward(c)))) return false;
  return true;
}

double mean_over(std::span<const double> start, const Eigen::VectorXd& v) {
  double sum = 0;
  for (std::size_t s = 0; s < start.size(); ++s) sum += start[s] * v[static_cast<Eigen::Index>(s)];
  return sum;
}

/// The search as it stands. Numbers are those of the problem times its sign, so the agent maximises.
class Search {
 public:
  explicit Search(const SearchSettings& settings)
      : settings_(settings),
        sign_(settings.first.sign()),
        start_(settings.start.empty() ? settings.first.model.initial() : settings.start) {
    if (start_.size() != static_cast<std::size_t>(settings.first.model.num_states()))
      throw InvalidModel(
          fmt::format("worst-case search: the start distribution has {} entries, the model has {} states",
                      start_.size(), settings.first.model.num_states()));
  }

  SearchResult run(const WorstModelOracle& oracle) {
    add(settings_.first.model);
    result_.status = Status::kBudgetExhausted;
    double best = -kInfinity;
    while (true) {
      if (stopped_) {
        result_.status = Status::kStoppedByCaller;
        if (result_.policy.empty()) result_.policy = planned().policy;
        break;
      }
      const Plan plan = planned();
      const WorstModel worst = oracle(plan.policy);
      const double value = sign_ * worst.value - worst.error;
      if (value > best) {
        best = value;
        result_.policy = plan.policy;
        result_.value = worst.value;
      }
      note_step(plan.promise, value);
      const double gap = upper_ - best;
      if (gap <= settings_.tolerance) {
        result_.status = Status::kConverged;
        break;
      }
      row_ = {.iteration = static_cast<std::int64_t>(result_.steps.size()), .gap = gap};
      if (!go_on()) continue;
      if (known(worst.model)) {
        result_.stalled = true;
        result_.note = "Stalled: nature's worst model is one that the plan counts already.";
        break;
      }
      if (static_cast<int>(result_.models.size()) >= settings_.most_models) break;
      add(worst.model);
    }
    result_.gap = upper_ - best;
    result_.lower = sign_ > 0 ? best : -upper_;
    result_.upper = sign_ > 0 ? upper_ : -best;
    return std::move(result_);
  }

 private:
  struct Plan {
    mdp::Policy policy;
    double promise = 0;  ///< mean of max_a min_j Q_j
  };

  bool known(const mdp::TabularMdp& model) const {
    return std::ranges::any_of(result_.models, [&](const mdp::TabularMdp& other) { return same_model(model, other); });
  }

  bool go_on() {
    if (!stopped_ && settings_.observer && !settings_.observer(row_)) stopped_ = true;
    return !stopped_;
  }

  void add(const mdp::TabularMdp& model) {
    Problem problem = settings_.first;
    problem.model = model;
    const double tolerance = settings_.model_tolerance > 0 ? settings_.model_tolerance : settings_.tolerance / 100;
    SolveOptions run{.tolerance = tolerance};
    if (settings_.observer) run.observer = [this](const TraceRow&) { return go_on(); };
    const Solution solved = discounted_auto(problem, run);
    if (!std::isfinite(solved.gap))
      throw InvalidModel("worst-case search: a model of nature could not be solved; numbers overflow");
    const std::vector<double> q = mirror::choice_values(model, problem.discount, solved.value);
    if (least_.empty()) least_.assign(q.size(), kInfinity);
    for (std::size_t c = 0; c < q.size(); ++c) least_[c] = std::min(least_[c], sign_ * q[c]);
    // Q is off by no more than the values it was made of; so is the plan made of all Q.
    error_ = std::max(error_, solved.gap);
    static_bound_ = std::min(static_bound_, mean_over(start_, sign_ > 0 ? solved.upper : -solved.lower));
    result_.models.push_back(model);
  }

  Plan planned() const {
    const mdp::TabularMdp& model = settings_.first.model;
    Plan plan;
    std::vector<std::int32_t> choice;
    for (int s = 0; s < model.num_states(); ++s) {
      const auto first = least_.begin() + model.first_choice(s), last = least_.begin() + model.first_choice(s + 1);
      const auto best = std::max_element(first, last);
      choice.push_back(static_cast<std::int32_t>(best - first));
      plan.promise += start_[static_cast<std::size_t>(s)] * *best;
    }
    plan.policy = mdp::Policy::deterministic(std::move(choice));
    return plan;
  }

  void note_step(double promise, double value) {
    upper_ = std::min(upper_, static_bound_);
    if (settings_.rectangular) upper_ = std::min(upper_, promise + error_);
    SearchStep step{.lower = value, .upper = upper_, .planned = sign_ * promise};
    if (sign_ < 0) step = {.lower = -upper_, .upper = -value, .planned = step.planned};
    result_.steps.push_back(step);
  }

  const SearchSettings& settings_;
  double sign_;
  std::vector<double> start_;
  std::vector<double> least_;  ///< min_j Q_j
  double error_ = 0, static_bound_ = kInfinity, upper_ = kInfinity;
  TraceRow row_;
  bool stopped_ = false;
  SearchResult result_;
};

}  // namespace

SearchResult search_worst_case(const SearchSettings& settings, const WorstModelOracle& oracle) {
  require_valid(settings.first);
  if (settings.first.criterion != Criterion::kDiscounted)
    throw InvalidOption("worst-case search: the criterion must be 'discounted'");
  if (!(settings.tolerance >= 0))
    throw InvalidOption(
        fmt::format("worst-case search: option 'tolerance' is {}, must be at least 0", settings.tolerance));
  return Search(settings).run(oracle);
}

SearchResult worst_case_search(std::span<const mdp::TabularMdp> members, double discount, Direction direction,
                               double tolerance, std::span<const double> start, Observer observer,
                               const PolicyEvaluated& evaluated) {
  if (members.empty()) throw InvalidModel("worst-case search: the family has no members");
  for (std::size_t i = 1; i < members.size(); ++i) {
    if (!std::ranges::equal(members[i].state_begin(), members[0].state_begin()))
      throw InvalidModel(fmt::format("worst-case search: member {} has other choices than member 0", i));
  }
  bool stopped = false;
  Observer watched = nullptr;  // after a no nobody is asked any more
  if (observer) {
    watched = [&](const TraceRow& row) {
      stopped = stopped || !observer(row);
      return !stopped;
    };
  }
  SearchSettings settings{.first = {.model = members[0], .direction = direction, .discount = discount},
                          .start = {start.begin(), start.end()},
                          .tolerance = tolerance,
                          .most_models = static_cast<int>(members.size()) + 1,
                          .observer = watched};
  const std::function<bool()> keep_going = watched ? std::function<bool()>([&] { return watched({}); }) : nullptr;
  const std::vector<double> mu = settings.start.empty() ? members[0].initial() : settings.start;
  return search_worst_case(settings, [&](const mdp::Policy& policy) -> WorstModel {
    std::optional<WorstModel> worst;
    const double sign = direction == Direction::kMaximise ? 1 : -1;
    std::vector<mdp::Evaluation> values;
    for (const mdp::TabularMdp& member : members) {
      auto v = evaluate_member(member, policy, discount, keep_going);
      if (!v) return {members[0], -sign * kInfinity, 0};  // nothing is known of the policy
      const double value = v->expected(mu), error = v->gap();
      if (!worst || sign * value - error < sign * worst->value - worst->error) worst = {member, value, error};
      values.push_back(*std::move(v));
    }
    if (evaluated) evaluated(policy, std::move(values));
    return *worst;
  });
}

mdp::TabularMdp mixture(const mdp::TabularMdp& from, const mdp::TabularMdp& to, double share) {
  if (!(share >= 0 && share <= 1)) throw InvalidOption(fmt::format("mixture: share is {}, must be in [0, 1]", share));
  if (!std::ranges::equal(from.state_begin(), to.state_begin()))
    throw InvalidModel("mixture: the models have different choices");
  mdp::TabularMdpBuilder builder(from.num_states());
  std::vector<mdp::Entry> row;
  for (int s = 0; s < from.num_states(); ++s) {
    for (std::int64_t c = from.first_choice(s); c < from.first_choice(s + 1); ++c) {
      row.clear();
      for (const auto& [model, weight] : {std::pair{&from, 1 - share}, std::pair{&to, share}})
        for (std::size_t i = 0; i < model->successors(c).size(); ++i)
          row.push_back({.next = model->successors(c)[i], .probability = weight * model->probabilities(c)[i]});
      builder.add_choice(s, from.reward(c), row);
    }
  }
  builder.initial(from.initial());
  return std::move(builder).build();
}

RobustSolution worst_case_search(const RobustProblem& problem, const WorstCaseSearchOptions& options,
                                 const SolveOptions& run) {
  constexpr std::string_view kName = "worst-case-search";
  bellwether::require_valid(kName, options);
  robust::checked(kName, problem, run, Criterion::kDiscounted);
  if (problem.model.state_wise())
    throw InvalidOption("worst-case-search: the sets go by state; it is for sets by choice");
  if (!problem.adversarial())
    throw InvalidOption("worst-case-search: nature helps; it is for a nature that works against the agent");
  RobustSolution result;
  result.algorithm = kName;
  robust::Operator op(problem);
  const int states = problem.model.num_states();
  // All states matter alike, so that a closed gap is one of every state.
  SearchSettings settings{.first = problem.nominal(),
                          .start = std::vector<double>(static_cast<std::size_t>(states), 1.0 / states),
                          .rectangular = true,
                          .tolerance = run.tolerance / states,
                          .model_tolerance = std::max(run.tolerance / states / 100, 1e-300),
                          .most_models = options.kernels};
  const double sharp = run.tolerance / (4.0 * states);
  std::optional<Certificate> proof;
  Eigen::VectorXd proven_at;
  bool stopped = false;
  TraceRow row;
  TraceRecorder trace;
  Observer watched = nullptr;  // whoever works for the search
  if (run.observer) {
    watched = [&](const TraceRow&) {
      stopped = stopped || !run.observer(row);
      return !stopped;
    };
    op.ask([&] { return watched(row); });
  }
  const auto prove = [&](const Eigen::VectorXd& value, const mdp::Policy& policy) {
    std::optional<Certificate> own =
        robust::finished(op, stopped, [&] { return robust::prove_policy(op, robust::view(value), policy); });
    if (!own) {
      result.note = robust::kBoundedByRewards;
      own = robust::bound_by_rewards(op, policy);
    }
    if (proof && own->gap >= proof->gap) return;
    proof = std::move(own);
    proven_at = value;
  };
  const WorstModelOracle oracle = [&](const mdp::Policy& policy) -> WorstModel {
    RobustEvaluationOptions evaluation;
    evaluation.worst_case = "all";
    RobustSolution worst = evaluate_robust(problem, policy, evaluation, {.tolerance = sharp, .observer = watched});
    if (!std::isfinite(worst.gap)) throw InvalidModel("worst-case-search: numbers overflow; scale the rewards down");
    result.transitions_read += worst.transitions_read + op.work();
    prove(worst.value, policy);
    // Where nature's answer was not finished the search goes no further, whatever her model is.
    if (stopped) return {problem.model.nominal(), worst.value.mean(), worst.gap};
    row = {.iteration = ++result.iterations,
           .gap = proof->gap,
           .residual = proof->residual,
           .work = result.transitions_read};
    trace.record(row);
    const double error = worst.gap;
    return {robust::frozen(problem.model, worst.worst_case), worst.value.mean(), error};
  };
  settings.most_models =
      static_cast<int>(std::min<std::int64_t>(settings.most_models, std::max<std::int64_t>(1, run.max_iterations)));
  // The backup of all states may prove more than the search does.
  settings.observer = [&](const TraceRow&) {
    return (!watched || watched(row)) && !(proof && proof->gap <= run.tolerance);
  };
  const SearchResult found = search_worst_case(settings, oracle);
  if (!proof) prove(Eigen::VectorXd::Zero(states), found.policy);
  result.policy = proof->policy;
  result.value = proof->value;
  result.residual = proof->residual;
  result.trace = trace.take();
  if (std::isfinite(proof->gap)) {
    result.lower = proof->lower;
    result.upper = proof->upper;
    result.gap = proof->gap;
    if (options.worst_case != "none") {
      const robust::Decision played = robust::Decision::of(proof->policy);
      const auto answer = [&] {
        return op.respond(played, robust::view(std::as_const(proven_at)), options.worst_case == "all");
      };
      result.worst_case = robust::finished(op, stopped, answer).value_or(NatureRows{});
    }
  }
  if (!found.note.empty()) result.note = found.note;
  if (result.gap <= run.tolerance) {
    result.status = Status::kConverged;
    result.note.clear();
  } else if (stopped) {
    result.status = Status::kStoppedByCaller;
  } else if (proof->rounding > run.tolerance && result.gap <= 4 * proof->rounding / (1 - problem.discount)) {
    result.status = Status::kRoundingLimited;
  } else {
    result.status = Status::kBudgetExhausted;
  }
  return result;
}

}  // namespace bellwether::solvers
