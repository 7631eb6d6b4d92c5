#include "mdp/evaluate/chain_search.h"

#include <algorithm>

#include "core/rounding.h"

namespace bellwether::mdp {

ChainSearch::ChainSearch(const MarkovChain& chain) {
  const auto n = static_cast<std::size_t>(chain.num_states());
  begin_.assign(n + 1, 0);
  predecessor_.resize(chain.successor.size());
  for (const std::int32_t to : chain.successor) ++begin_[static_cast<std::size_t>(to) + 1];
  for (std::size_t s = 0; s < n; ++s) begin_[s + 1] += begin_[s];
  std::vector<std::int64_t> next(begin_.begin(), begin_.end() - 1);
  for (std::size_t s = 0; s < n; ++s) {
    for (std::int64_t k = chain.row_begin[s]; k < chain.row_begin[s + 1]; ++k) {
      const auto to = static_cast<std::size_t>(chain.successor[static_cast<std::size_t>(k)]);
      predecessor_[static_cast<std::size_t>(next[to]++)] = static_cast<std::int32_t>(s);
    }
  }
}

void ChainSearch::close_backwards(Marks& marks) const {
  std::vector<std::int32_t> open;
  for (std::size_t s = 0; s < marks.size(); ++s)
    if (marks[s]) open.push_back(static_cast<std::int32_t>(s));
  while (!open.empty()) {
    const auto s = static_cast<std::size_t>(open.back());
    open.pop_back();
    for (std::int64_t k = begin_[s]; k < begin_[s + 1]; ++k) {
      const std::int32_t from = predecessor_[static_cast<std::size_t>(k)];
      char& mark = marks[static_cast<std::size_t>(from)];
      if (mark) continue;
      mark = 1;
      open.push_back(from);
    }
  }
}

Evaluation probability_of_reaching(const PolicyChain& chain, const MarkovChain& play, const Marks& target) {
  const ChainSearch search(play);
  const std::size_t n = target.size();
  Marks may = target;
  search.close_backwards(may);
  Marks may_miss(n);
  for (std::size_t s = 0; s < n; ++s) may_miss[s] = !may[s];
  search.close_backwards(may_miss);
  std::vector<std::int32_t> number(n, -1), between;
  for (std::size_t s = 0; s < n; ++s) {
    if (!may[s] || !may_miss[s]) continue;
    number[s] = static_cast<std::int32_t>(between.size());
    between.push_back(static_cast<std::int32_t>(s));
  }
  Eigen::VectorXd enter(static_cast<Eigen::Index>(between.size())), enter_error(enter.size());
  for (std::size_t i = 0; i < between.size(); ++i) {
    const auto s = static_cast<std::size_t>(between[i]);
    double sum = 0;
    std::int64_t terms = 0;
    for (auto k = static_cast<std::size_t>(play.row_begin[s]); k < static_cast<std::size_t>(play.row_begin[s + 1]);
         ++k) {
      if (may_miss[static_cast<std::size_t>(play.successor[k])]) continue;
      sum += play.probability[k];
      ++terms;
    }
    enter[static_cast<Eigen::Index>(i)] = sum;
    enter_error[static_cast<Eigen::Index>(i)] = (chain.share(between[i]) + rounding_error(terms + 1)) * sum;
  }
  LeakySystem system(chain.leaky(number, 1));
  const Evaluation inner = system.solve(enter, enter_error);
  Evaluation result{Eigen::VectorXd::Zero(static_cast<Eigen::Index>(n)),
                    Eigen::VectorXd::Zero(static_cast<Eigen::Index>(n))};
  for (std::size_t s = 0; s < n; ++s)
    if (!may_miss[s]) result.value[static_cast<Eigen::Index>(s)] = 1;
  // The truth lies in [0, 1], so clipping moves no value away from it.
  result.value(between) = inner.value.cwiseMax(0.0).cwiseMin(1.0);
  result.error(between) = inner.error;
  return result;
}

}  // namespace bellwether::mdp
