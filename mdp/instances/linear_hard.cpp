#include "mdp/instances/linear_hard.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "core/stream.h"
#include "mdp/instances/construction.h"
#include "mdp/linear/mixture_basis_builder.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

/// The options with everything derived from them.
class HardGraph {
 public:
  HardGraph(const char* name, const HardLinearOptions& o, std::vector<std::uint64_t> signs)
      : d(o.dimension),
        H(o.horizon),
        actions(std::uint64_t{1} << (o.dimension - 1)),
        escape(1.0 / o.horizon),
        advantage(1 / std::sqrt(32.0 * o.horizon * static_cast<double>(o.episodes))),
        alpha(std::sqrt(1 / (1 + advantage * (d - 1)))),
        beta(std::sqrt(advantage / (1 + advantage * (d - 1)))),
        signs_(std::move(signs)) {
    const double rows = static_cast<double>(H) * static_cast<double>(actions);
    require_size(name, "dimension", H + 2, 2 * rows * std::max(H, d));
    if ((d - 1) * advantage > escape)
      reject_option(name, "episodes", fmt::format("{}", o.episodes),
                    fmt::format("at least (d-1)^2 H / 32 = {:g} for probabilities to stay within [0, 1]",
                                (d - 1.0) * (d - 1) * H / 32));
  }

  static double sign(std::uint64_t bits, int i) { return (bits >> i & 1) != 0 ? 1 : -1; }
  int poor() const { return H; }
  int paying() const { return H + 1; }
  double probability(int h, std::uint64_t a) const {
    double p = escape;
    for (int i = 0; i < d - 1; ++i) p += advantage * sign(signs_[static_cast<std::size_t>(h)], i) * sign(a, i);
    return p;
  }
  /// Where x_i leads at stage h unless it escapes.
  TabularMdp stage(int h, bool by_stage) const {
    TabularMdpBuilder builder(H + 2);
    for (int x = 0; x < H; ++x) {
      for (std::uint64_t a = 0; a < actions; ++a) {
        const double p = probability(h, a);
        builder.add_choice(x, 0.0, {{(by_stage ? h : x) + 1, 1 - p}, {paying(), p}});
      }
    }
    builder.add_choice(poor(), 0.0, {{poor(), 1.0}}).add_choice(paying(), 1.0, {{paying(), 1.0}});
    builder.start_in(0).label("paying", {paying()});
    return std::move(builder).build();
  }
  std::vector<double> theta(int h) const {
    std::vector<double> out{1 / alpha};
    for (int i = 0; i < d - 1; ++i) out.push_back(advantage * sign(signs_[static_cast<std::size_t>(h)], i) / beta);
    return out;
  }
  /// sum over h of (1 - p)^h p (H - 1 - h): what escapes with probability p a step are worth.
  double worth(double p) const {
    double sum = 0, here = 1;
    for (int h = 0; h < H; ++h, here *= 1 - p) sum += here * p * (H - 1 - h);
    return sum;
  }

  NamedInstance posed(bool by_stage, LinearStructure linear) const {
    std::vector<TabularMdp> stages;
    for (int h = 0; h < H; ++h) stages.push_back(stage(h, by_stage));
    TabularMdp first = stages.front();
    const Question question = finite(H);
    return {.model = std::move(first),
            .question = question,
            .facts = {known_optimum(question, worth(escape + advantage * (d - 1)),
                                    "closed form: escapes with probability 1/H + (d-1) D a step"),
                      known_uniform(question, worth(escape), "closed form: escapes with probability 1/H a step")},
            .stages = std::move(stages),
            .linear = std::move(linear)};
  }

  const int d, H;
  const std::uint64_t actions;
  const double escape, advantage, alpha, beta;

 private:
  std::vector<std::uint64_t> signs_;
};

std::vector<std::uint64_t> drawn_signs(const HardLinearOptions& o) {
  Stream stream = Stream(static_cast<std::uint64_t>(o.seed)).child("signs");
  std::vector<std::uint64_t> signs(static_cast<std::size_t>(o.horizon));
  for (auto& word : signs) word = stream.below(std::uint64_t{1} << (o.dimension - 1));
  return signs;
}

}  // namespace

NamedInstance hard_linear_mixture_of(const HardLinearOptions& o, const std::vector<std::uint64_t>& signs) {
  const HardGraph graph("hard-linear-mixture", o, signs);
  MixtureBasisBuilder basis(graph.d);
  std::vector<double> phi(static_cast<std::size_t>(graph.d));
  for (int x = 0; x < graph.H; ++x) {
    for (std::uint64_t a = 0; a < graph.actions; ++a) {
      for (const double way : {-1.0, 1.0}) {
        phi[0] = graph.alpha * (way < 0 ? 1 - graph.escape : graph.escape);
        for (int i = 0; i < graph.d - 1; ++i)
          phi[static_cast<std::size_t>(i) + 1] = way * graph.beta * HardGraph::sign(a, i);
        basis.next(way < 0 ? x + 1 : graph.paying(), phi);
      }
      basis.end_choice();
    }
  }
  std::ranges::fill(phi, 0.0);
  phi[0] = graph.alpha;
  for (const int end : {graph.poor(), graph.paying()}) basis.next(end, phi).end_choice();
  LinearStructure linear{.mixture = std::move(basis).build(graph.H + 2)};
  for (int h = 0; h < graph.H; ++h) linear.mixture_theta.push_back(graph.theta(h));
  return graph.posed(false, std::move(linear));
}

NamedInstance hard_linear_mixture(const HardLinearOptions& o) {
  bellwether::require_valid("hard-linear-mixture", o);
  return hard_linear_mixture_of(o, drawn_signs(o));
}

NamedInstance hard_linear_mdp(const HardLinearOptions& o) {
  bellwether::require_valid("hard-linear-mdp", o);
  const HardGraph graph("hard-linear-mdp", o, drawn_signs(o));
  std::vector<double> rows;
  for (int x = 0; x < graph.H; ++x) {
    for (std::uint64_t a = 0; a < graph.actions; ++a) {
      rows.push_back(graph.alpha);
      for (int i = 0; i < graph.d - 1; ++i) rows.push_back(graph.beta * HardGraph::sign(a, i));
      rows.insert(rows.end(), {0, 0});
    }
  }
  for (const bool pays : {false, true}) {
    rows.insert(rows.end(), static_cast<std::size_t>(graph.d), 0.0);
    rows.insert(rows.end(), {pays ? 0.0 : 1.0, pays ? 1.0 : 0.0});
  }
  return graph.posed(true, {.features = std::make_shared<const FeatureMap>(graph.d + 2, std::move(rows))});
}

NamedInstance linear_two_state(const LinearTwoStateOptions& o) {
  bellwether::require_valid("linear-two-state", o);
  const auto d = static_cast<std::size_t>(o.dimension), actions = static_cast<std::size_t>(o.actions);
  require_size("linear-two-state", "actions", 2, 3.0 * o.actions);
  if (o.advantage * (o.dimension - 2) > 1 - o.discount)
    reject_option("linear-two-state", "advantage", fmt::format("{}", o.advantage),
                  fmt::format("at most (1 - discount) / (d - 2) = {:g} for probabilities to stay below 1",
                              (1 - o.discount) / (o.dimension - 2)));
  std::vector<double> rows(2 * actions * d, 0.0);
  Stream stream = Stream(static_cast<std::uint64_t>(o.seed)).child("choices");
  for (std::size_t a = 0; a < actions; ++a) {
    rows[a * d] = 1;
    for (std::size_t i = 2; i < d; ++i) rows[a * d + i] = stream.uniform();
    rows[(actions + a) * d + 1] = 1;
  }
  TabularMdpBuilder builder(2);
  double best = 0;
  for (std::size_t a = 0; a < actions; ++a) {
    double along = 0;
    for (std::size_t i = 2; i < d; ++i) along += rows[a * d + i] * rows[(actions - 1) * d + i];
    const double stay = o.discount + o.advantage * along;
    best = std::max(best, stay);
    builder.add_choice(0, 1.0, {{0, stay}, {1, 1 - stay}});
    builder.add_choice(1, 0.0, {{1, 1.0}});
  }
  builder.start_in(0).discount(o.discount);
  const Question question = discounted(o.discount);
  return {.model = std::move(builder).build(),
          .question = question,
          .facts = {known_optimum(question, 1 / (1 - o.discount * best),
                                  "closed form: 1 / (1 - discount p), p the largest probability to stay")},
          .linear = {.features = std::make_shared<const FeatureMap>(o.dimension, std::move(rows))}};
}

}  // namespace bellwether::mdp
