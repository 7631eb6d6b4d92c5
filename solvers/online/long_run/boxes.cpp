#include "solvers/online/long_run/boxes.h"

#include <algorithm>
#include <numeric>

namespace bellwether::online {
namespace {

/// Best first, ties by number: insertion as long as that costs no more than reading the values.
void sort_states(std::span<const double> u, std::vector<std::int32_t>& order) {
  const auto before = [&](std::int32_t a, std::int32_t b) {
    const double x = u[static_cast<std::size_t>(a)], y = u[static_cast<std::size_t>(b)];
    return x > y || (x == y && a < b);
  };
  std::size_t patience = 4 * order.size();
  for (std::size_t i = 1; i < order.size(); ++i) {
    const std::int32_t moved = order[i];
    std::size_t place = i;
    while (place > 0 && before(moved, order[place - 1])) {
      order[place] = order[place - 1];
      --place;
    }
    order[place] = moved;
    if (i - place > patience) {
      std::sort(order.begin(), order.end(), before);
      return;
    }
    patience -= i - place;
  }
}

}  // namespace

void Boxes::prepare(std::span<const double> u) {
  if (order_.size() != u.size()) {
    order_.resize(u.size());
    std::iota(order_.begin(), order_.end(), 0);
    rank_.resize(u.size());
    loss_.resize(u.size());
    loss_before_.resize(u.size() + 1);
  }
  sort_states(u, order_);
  best_ = u[static_cast<std::size_t>(order_[0])];
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const auto state = static_cast<std::size_t>(order_[i]);
    rank_[state] = static_cast<std::int32_t>(i);
    loss_[i] = best_ - u[state];
    loss_before_[i + 1] = loss_before_[i] + loss_[i];
  }
}

double Boxes::value(std::int64_t choice) {
  const std::span<Entry> row = rows_.row(choice);
  settle_order(row, [this](const Entry& e) { return rank_[static_cast<std::size_t>(e.state)]; });
  double rest = 1, loss = 0;
  for (const Entry& e : row) {
    rest -= e.low;
    loss += e.low * loss_[static_cast<std::size_t>(rank_[static_cast<std::size_t>(e.state)])];
  }
  const double each = unseen_[static_cast<std::size_t>(choice)];
  std::size_t from = 0;  // the best rank that is not filled yet
  for (const Entry& e : row) {
    if (rest <= 0) return best_ - loss;
    const auto rank = static_cast<std::size_t>(rank_[static_cast<std::size_t>(e.state)]);
    const double between = each * static_cast<double>(rank - from);
    if (between >= rest) return best_ - (loss + loss_of_unseen(from, rest, each));
    loss += each * (loss_before_[rank] - loss_before_[from]);
    const double taken = std::min(e.high - e.low, rest - between);
    loss += taken * loss_[rank];
    rest -= between + taken;
    from = rank + 1;
  }
  if (rest > 0) loss += loss_of_unseen(from, rest, each);
  return best_ - loss;
}

/// What `mass` loses that is spread over the ranks from this one on, `each` on every state; rounding may leave a speck
/// over, which the last state takes.
double Boxes::loss_of_unseen(std::size_t from, double mass, double each) const {
  const std::size_t left = loss_.size() - from;
  if (left == 0) return mass * loss_.back();
  const double states = each > 0 ? mass / each : static_cast<double>(left);
  const std::size_t full = states < static_cast<double>(left - 1) ? static_cast<std::size_t>(states) : left - 1;
  const double filled = each * static_cast<double>(full);
  return each * (loss_before_[from + full] - loss_before_[from]) + (mass - filled) * loss_[from + full];
}

}  // namespace bellwether::online
