#include <stdexcept>
#include <utility>

#include "solvers/exact/rational/certification.h"

namespace bellwether::solvers::rational {
namespace {

// Gain and bias of a policy; both share the classes of denominators.
struct GainAndBias {
  RationalVector gain, bias;
};

// One system for both. In a recurrent class the bias of its first state is 0 and that unknown stands for the gain
// instead; the gains of transient states are unknowns of their own, behind those of all states.
class AverageEvaluation {
 public:
  explicit AverageEvaluation(Certification& job) : job_(job), num_states_(job.process().num_states()) {}

  GainAndBias run();

 private:
  void place_unknowns();
  GainAndBias split(RationalVector&& x) const;

  Certification& job_;
  int num_states_;
  std::vector<int> bias_place_, gain_place_;  // in the system; a bias at -1 is 0
  std::vector<int> reference_, transient_;
};

void AverageEvaluation::place_unknowns() {
  const PolicyClasses classes = policy_classes(job_.process().rows, job_.policy(), job_.process().boundary);
  bias_place_.resize(num_states_);
  gain_place_.assign(num_states_, -1);
  for (int s = 0; s < num_states_; ++s) bias_place_[s] = s;
  for (int c = 0; c < classes.classes.count(); ++c) {
    if (!classes.closed[c]) continue;
    const int first = classes.classes.members_of(c).front();
    reference_.push_back(first);
    bias_place_[first] = -1;
    for (int s : classes.classes.members_of(c)) gain_place_[s] = first;
  }
  for (int s = 0; s < num_states_; ++s) {
    if (gain_place_[s] >= 0) continue;
    if (reference_.size() == 1) {
      gain_place_[s] = reference_.front();
    } else {
      gain_place_[s] = num_states_ + static_cast<int>(transient_.size());
      transient_.push_back(s);
    }
  }
}

GainAndBias AverageEvaluation::run() {
  place_unknowns();
  SystemBuilder builder(job_.process());
  for (int s = 0; s < num_states_; ++s) builder.add(bias_place_, s, job_.choice_of(s), gain_place_[s], true);
  for (int s : transient_) builder.add(gain_place_, s, job_.choice_of(s), -1, false);
  auto x = solve_by_classes(builder.finish(reference_), job_.limit(), job_.stats());
  if (!x) throw std::logic_error("average: the gain and bias of a policy are unique");
  return split(*std::move(x));
}

GainAndBias AverageEvaluation::split(RationalVector&& x) const {
  const int zero = static_cast<int>(x.denominator.size());
  x.denominator.emplace_back(1);
  GainAndBias result;
  for (int s = 0; s < num_states_; ++s) {
    result.gain.numerator.push_back(x.numerator[gain_place_[s]]);
    result.gain.class_of.push_back(x.class_of[gain_place_[s]]);
    result.bias.numerator.push_back(bias_place_[s] < 0 ? mpz_class(0) : x.numerator[s]);
    result.bias.class_of.push_back(bias_place_[s] < 0 ? zero : x.class_of[s]);
  }
  result.gain.denominator = x.denominator;
  result.bias.denominator = std::move(x.denominator);
  return result;
}

}  // namespace

RationalResult certify_average(const ModelView& model, Direction direction, std::span<const std::int32_t> policy,
                               const RationalOptions& options) {
  Certification job(model, direction, true, policy, options, "the exact gain and bias of the policy");
  for (;; job.count_update()) {
    GainAndBias x = AverageEvaluation(job).run();
    std::vector<std::vector<std::int64_t>> tight;
    const ChoiceComparison by_gain(job.process(), x.gain, nullptr, false);
    if (job.improve(by_gain, {}, tight) > 0) continue;
    std::vector<char> allowed(model.num_choices(), false);  // those that keep the gain
    for (const auto& choices : tight)
      for (auto choice : choices) allowed[choice] = true;
    const ChoiceComparison by_bias(job.process(), x.bias, &x.gain, true);
    if (job.improve(by_bias, allowed, tight) > 0) continue;
    RationalResult result = job.publish(std::move(x.gain), tight);
    RationalResult bias;
    publish_values(std::move(x.bias), job.sign(), bias);
    result.bias = std::move(bias.value);
    result.exact_bias = std::move(bias.exact);
    result.report.tied_states = -1;  // choices of equal gain that earn less on the way are optimal too
    result.note = result.report.text();
    return result;
  }
}

}  // namespace bellwether::solvers::rational
