#include "solvers/exact/total/reduction.h"

#include <algorithm>
#include <utility>

#include "core/rounding.h"
#include "mdp/graph/components.h"

namespace bellwether::solvers::total {
namespace {

class Reducer {
 public:
  Reducer(Prepared& p, const mdp::ChoiceSet& kept) : p_(p), model_(p.quotient.model), kept_(kept) {
    for (int q = 0; q < model_.num_states(); ++q)
      if (is_number(q)) states_.push_back(q);
  }

  void run(const mdp::StateSet& losing) {
    order_states();
    ReducedModel& m = p_.reduced;
    m.one_value = p_.sign;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      p_.reduced_state[static_cast<std::size_t>(states_[i])] = static_cast<std::int32_t>(i);
    }
    m.losing.assign(static_cast<std::size_t>(m.num_components()), 0);
    for (int k = 0; k < m.num_components(); ++k) {
      for (std::int32_t i = m.component_begin[static_cast<std::size_t>(k)];
           i < m.component_begin[static_cast<std::size_t>(k) + 1]; ++i) {
        const std::int32_t q = states_[static_cast<std::size_t>(i)];
        if (losing[static_cast<std::size_t>(q)]) m.losing[static_cast<std::size_t>(k)] = 1;
      }
    }
    for (const std::int32_t q : states_) add_state(q);
  }

 private:
  bool is_number(std::int32_t q) const { return p_.fate[static_cast<std::size_t>(q)] == Fate::kNumber; }

  bool is_stay(std::int64_t c) const { return p_.quotient.source_choice[static_cast<std::size_t>(c)] < 0; }

  bool is_usable(std::int32_t q, std::int64_t c) const {
    if (is_stay(c)) return !p_.must_reach;
    if (!kept_[static_cast<std::size_t>(c)]) return false;
    const auto next = model_.successors(c);
    // Only back to itself: a losing self-loop, never worth taking.
    return std::any_of(next.begin(), next.end(), [&](std::int32_t t) { return t != q; });
  }

  template <class Visit>
  void for_each_choice(std::int32_t q, Visit&& visit) const {
    for (std::int64_t c = model_.first_choice(q); c < model_.first_choice(q + 1); ++c) {
      if (is_usable(q, c)) visit(c);
    }
  }

  /// Local graph of the undecided states, with the states that can end the play in one step in front.
  void order_states() {
    std::vector<std::int32_t> local(static_cast<std::size_t>(model_.num_states()), -1);
    for (std::size_t i = 0; i < states_.size(); ++i) {
      local[static_cast<std::size_t>(states_[i])] = static_cast<std::int32_t>(i);
    }
    std::vector<std::int64_t> offset{0}, into(states_.size() + 1, 0);
    std::vector<std::int32_t> target, queue, rank(states_.size(), -1);
    for (std::size_t i = 0; i < states_.size(); ++i) {
      for_each_choice(states_[i], [&](std::int64_t c) {
        if (is_stay(c)) return end_play(i, rank, queue);
        for (const std::int32_t t : model_.successors(c)) {
          const std::int32_t node = local[static_cast<std::size_t>(t)];
          if (node < 0) {
            end_play(i, rank, queue);
          } else if (static_cast<std::size_t>(node) != i) {
            target.push_back(node);
            ++into[static_cast<std::size_t>(node) + 1];
          }
        }
      });
      offset.push_back(static_cast<std::int64_t>(target.size()));
    }
    rank_backwards(offset, target, into, rank, queue);
    const mdp::Components parts = mdp::strongly_connected_components(mdp::Digraph{offset, target});
    p_.reduced.component_begin = parts.begin;
    std::vector<std::int32_t> order = parts.members;
    for (int k = 0; k < parts.count(); ++k) {
      std::sort(
          order.begin() + parts.begin[static_cast<std::size_t>(k)],
          order.begin() + parts.begin[static_cast<std::size_t>(k) + 1], [&](std::int32_t a, std::int32_t b) {
            return std::pair{rank[static_cast<std::size_t>(a)], a} < std::pair{rank[static_cast<std::size_t>(b)], b};
          });
    }
    for (std::int32_t& i : order) i = states_[static_cast<std::size_t>(i)];
    states_ = std::move(order);
  }

  static void end_play(std::size_t i, std::vector<std::int32_t>& rank, std::vector<std::int32_t>& queue) {
    if (rank[i] >= 0) return;
    rank[i] = 0;
    queue.push_back(static_cast<std::int32_t>(i));
  }

  /// Breadth-first search along reversed edges.
  static void rank_backwards(const std::vector<std::int64_t>& offset, const std::vector<std::int32_t>& target,
                             std::vector<std::int64_t> into, std::vector<std::int32_t>& rank,
                             std::vector<std::int32_t>& queue) {
    for (std::size_t i = 0; i + 1 < into.size(); ++i) into[i + 1] += into[i];
    std::vector<std::int32_t> source(target.size());
    std::vector<std::int64_t> cursor(into.begin(), into.end() - 1);
    for (std::size_t i = 0; i + 1 < offset.size(); ++i) {
      for (std::int64_t e = offset[i]; e < offset[i + 1]; ++e) {
        const auto node = static_cast<std::size_t>(target[static_cast<std::size_t>(e)]);
        source[static_cast<std::size_t>(cursor[node]++)] = static_cast<std::int32_t>(i);
      }
    }
    for (std::size_t head = 0; head < queue.size(); ++head) {
      const auto node = static_cast<std::size_t>(queue[head]);
      for (std::int64_t e = into[node]; e < into[node + 1]; ++e) {
        const std::int32_t from = source[static_cast<std::size_t>(e)];
        if (rank[static_cast<std::size_t>(from)] >= 0) continue;
        rank[static_cast<std::size_t>(from)] = rank[node] + 1;
        queue.push_back(from);
      }
    }
  }

  void add_state(std::int32_t q) {
    ReducedModel& m = p_.reduced;
    for_each_choice(q, [&](std::int64_t c) { is_stay(c) ? add_stay(c) : add_row(q, c); });
    m.state_begin.push_back(static_cast<std::int64_t>(m.source.size()));
  }

  void add_stay(std::int64_t c) { finish_row(c, 0, 0, 1, 1); }

  /// Divides by the probability of leaving q, added up from the other entries: 1 - p(q) would lose its digits for a
  /// self-loop near one.
  void add_row(std::int32_t q, std::int64_t c) {
    ReducedModel& m = p_.reduced;
    const auto next = model_.successors(c);
    const auto probability = model_.probabilities(c);
    double leaving = 0, all = 0, one = 0, zero = 0;
    for (std::size_t i = 0; i < next.size(); ++i) {
      all += probability[i];
      if (next[i] != q) leaving += probability[i];
    }
    const bool loops = leaving != all;
    for (std::size_t i = 0; i < next.size(); ++i) {
      if (next[i] == q) continue;
      const double weight = probability[i] / leaving;
      switch (p_.fate[static_cast<std::size_t>(next[i])]) {
        case Fate::kNumber:
          m.next.push_back(p_.reduced_state[static_cast<std::size_t>(next[i])]);
          m.weight.push_back(weight);
          break;
        case Fate::kOne:
          one += weight;
          break;
        default:
          zero += weight;
      }
    }
    const double reward = p_.sign * model_.reward(c);
    finish_row(c, loops ? reward * (all / leaving) : reward, one, zero, static_cast<std::int64_t>(next.size()));
  }

  void finish_row(std::int64_t c, double reward, double one, double zero, std::int64_t length) {
    ReducedModel& m = p_.reduced;
    m.row_begin.push_back(static_cast<std::int64_t>(m.next.size()));
    m.source.push_back(c);
    m.reward.push_back(reward);
    m.one_mass.push_back(one);
    m.zero_mass.push_back(zero);
    // 3 n + 24 roundings: sums of the row, its division, the reading of rewards (5 u) and of row sums
    // (which may miss one by 2^-50 = 8 u), and the evaluation itself.
    m.rounding.push_back(rounding_error(3 * length + 24));
  }

  Prepared& p_;
  const mdp::TabularMdp& model_;
  const mdp::ChoiceSet& kept_;
  std::vector<std::int32_t> states_;
};

}  // namespace

void reduce(Prepared& prepared, const mdp::ChoiceSet& kept, const mdp::StateSet& losing) {
  Reducer(prepared, kept).run(losing);
}

}  // namespace bellwether::solvers::total
