#include "solvers/exact/discounted/block_system.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "core/parallel.h"

namespace bellwether::solvers::discounted {
namespace {

constexpr int kTogether = 4;  // blocks that one thread takes in step, to overlap their chains of dependent additions
constexpr int kGroups = Blocks::kCount / kTogether;

// y(s) += sum over the row of max(Sign * weight, 0) * y(successor), state by state, for rows of W entries. Entries hold
// half a weight, positive in L and negative in U: |w| + Sign * w is the weight or exactly zero, without a branch.
template <int Sign>
float weight(float half) {
  return std::fabs(half) + (Sign > 0 ? half : -half);
}

template <int W, int Sign, class Distance>
void substitute(const Distance* distance, const float* half, float* y, std::int64_t s) {
  const Distance* d = distance + s * W;
  const float* w = half + s * W;
  float* const here = y + s;
  float x[W];
  for (int k = 0; k < W; ++k) x[k] = weight<Sign>(w[k]) * here[d[k]];
  float sum = *here;
  for (int k = 2; k < W; ++k) sum += x[k];
  *here = sum + (W > 1 ? x[0] + x[W > 1 ? 1 : 0] : x[0]);
}

template <int Sign, class Distance>
void substitute_any(const RowSlots& slots, const Distance* distance, const float* half, float* y, std::int64_t s) {
  float sum = 0;
  for (std::int64_t k = slots.begin(s); k < slots.end(s); ++k) sum += weight<Sign>(half[k]) * y[s + distance[k]];
  y[s] += sum;
}

/// Calls row(s) for all states of kTogether blocks, upwards or downwards, the blocks in step.
template <int Sign, class Row>
void in_step(const std::int64_t* begin, const Row& row) {
  const auto at = [&](int b, std::int64_t i) { return Sign > 0 ? begin[b] + i : begin[b + 1] - 1 - i; };
  std::int64_t shortest = begin[1] - begin[0];
  for (int b = 1; b < kTogether; ++b) shortest = std::min(shortest, begin[b + 1] - begin[b]);
  for (std::int64_t i = 0; i < shortest; ++i) {
    row(at(0, i));
    row(at(1, i));
    row(at(2, i));
    row(at(3, i));
  }
  for (int b = 0; b < kTogether; ++b)
    for (std::int64_t i = shortest; i < begin[b + 1] - begin[b]; ++i) row(at(b, i));
}

template <int Sign, class Distance>
void substitute_group(const RowSlots& slots, const Distance* d, const float* w, const std::int64_t* begin, float* y) {
  switch (slots.width()) {
    case 1:
      return in_step<Sign>(begin, [&](std::int64_t s) { substitute<1, Sign>(d, w, y, s); });
    case 2:
      return in_step<Sign>(begin, [&](std::int64_t s) { substitute<2, Sign>(d, w, y, s); });
    case 3:
      return in_step<Sign>(begin, [&](std::int64_t s) { substitute<3, Sign>(d, w, y, s); });
    case 4:
      return in_step<Sign>(begin, [&](std::int64_t s) { substitute<4, Sign>(d, w, y, s); });
    case 5:
      return in_step<Sign>(begin, [&](std::int64_t s) { substitute<5, Sign>(d, w, y, s); });
    default:
      return in_step<Sign>(begin, [&](std::int64_t s) { substitute_any<Sign>(slots, d, w, y, s); });
  }
}

/// No row leads further inside its block than two bytes can say.
bool all_near(const mdp::TabularMdp& model, const Blocks& blocks) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int16_t>::max();
  const std::int64_t far = parallel_reduce(
      Blocks::kCount, model.num_transitions(), std::int64_t{0},
      [&](std::int64_t first, std::int64_t last) {
        for (auto b = static_cast<int>(first); b < static_cast<int>(last); ++b) {
          const std::int64_t begin = blocks.begin(b), end = blocks.end(b);
          if (end - begin <= kMost) continue;
          for (std::int64_t s = begin; s < end; ++s)
            for (std::int64_t c = model.first_choice(static_cast<int>(s));
                 c < model.first_choice(static_cast<int>(s) + 1); ++c)
              for (const std::int32_t to : model.successors(c))
                if (to >= begin && to < end && std::abs(to - s) > kMost) return std::int64_t{1};
        }
        return std::int64_t{0};
      },
      [](std::int64_t a, std::int64_t b) { return a + b; });
  return far == 0;
}

}  // namespace

Blocks::Blocks(std::int64_t states) {
  for (std::size_t b = 1; b < kCount; ++b) begin_[b] = states * static_cast<std::int64_t>(b) / kCount / 64 * 64;
  begin_[kCount] = states;
}

BlockRows::BlockRows(const mdp::TabularMdp& model, const Blocks& blocks)
    : slots_(model), half_weight_(static_cast<std::size_t>(slots_.num_entries())) {
  if (all_near(model, blocks)) {
    near_.resize(half_weight_.size());
  } else {
    far_.resize(half_weight_.size());
  }
}

void BlockRows::set(std::int64_t entry, std::int64_t distance, float half_weight) {
  const auto k = static_cast<std::size_t>(entry);
  if (far_.empty()) {
    near_[k] = static_cast<std::int16_t>(distance);
  } else {
    far_[k] = static_cast<std::int32_t>(distance);
  }
  half_weight_[k] = half_weight;
}

BlockSystem::BlockSystem(const mdp::TabularMdp& model, const Blocks& blocks, double discount)
    : model_(model),
      blocks_(blocks),
      discount_(discount),
      rows_(model, blocks),
      outward_(static_cast<std::size_t>((blocks.num_states() + kPage - 1) / kPage)) {
  for (Vector* vector : {&r_, &r0_, &p_, &v_, &t_, &y_}) vector->resize(static_cast<std::size_t>(blocks.num_states()));
}

template <class F>
void BlockSystem::each_block(const F& f) const {
  parallel_for(Blocks::kCount, num_entries(), [&](std::int64_t first, std::int64_t last) {
    for (int b = static_cast<int>(first); b < static_cast<int>(last); ++b) f(b, blocks_.begin(b), blocks_.end(b));
  });
}

// Four sums a block, joined in order: the same bits for every number of threads.
template <class F>
std::array<double, 2> BlockSystem::sums(const F& f) const {
  std::array<std::array<double, 2>, Blocks::kCount> part{};
  each_block([&](int block, std::int64_t begin, std::int64_t end) {
    std::array<std::array<double, 2>, 4> x{};
    std::int64_t s = begin;
    for (; s + 3 < end; s += 4)
      for (std::size_t k = 0; k < 4; ++k) f(static_cast<std::size_t>(s) + k, x[k][0], x[k][1]);
    for (; s < end; ++s) f(static_cast<std::size_t>(s), x[0][0], x[0][1]);
    for (std::size_t k = 0; k < 2; ++k)
      part[static_cast<std::size_t>(block)][k] = (x[0][k] + x[1][k]) + (x[2][k] + x[3][k]);
  });
  std::array<double, 2> sum{};
  for (const auto& x : part) {
    sum[0] += x[0];
    sum[1] += x[1];
  }
  return sum;
}

// 1 - discount * (probability of staying), never below 1 - discount.
double BlockSystem::diagonal(std::int64_t s, std::int64_t choice) const {
  const auto successors = model_.successors(choice);
  double staying = 0;
  for (std::size_t k = 0; k < successors.size(); ++k)
    if (successors[k] == s) staying += model_.probabilities(choice)[k];
  return 1 - discount_ * std::min(staying, 1.0);
}

void BlockSystem::set_row(int block, std::int64_t s, std::int64_t choice) {
  const auto successors = model_.successors(choice);
  const auto probabilities = model_.probabilities(choice);
  const double half = 0.5 * discount_ / diagonal(s, choice);
  std::int64_t entry = rows_.slots().begin(s);
  for (std::size_t k = 0; k < successors.size(); ++k) {
    const std::int32_t to = successors[k];
    if (to == s) continue;
    if (to < blocks_.begin(block) || to >= blocks_.end(block)) {
      outward_[static_cast<std::size_t>(s / kPage)] = 1;
    } else {
      rows_.set(entry++, to - s, static_cast<float>((to < s ? half : -half) * probabilities[k]));
    }
  }
  while (entry < rows_.slots().end(s)) rows_.set(entry++, 0, 0.0F);
}

void BlockSystem::set_right(std::int64_t s, std::int64_t choice, double d) {
  r_[static_cast<std::size_t>(s)] = static_cast<float>(d / diagonal(s, choice));
}

// y <- (I - L)^-1 y (Sign = +1, states upwards) or (I - U)^-1 y (Sign = -1, downwards).
template <int Sign>
void BlockSystem::triangular(float* y) const {
  parallel_for(kGroups, num_entries(), [&](std::int64_t first, std::int64_t last) {
    for (auto g = static_cast<int>(first); g < static_cast<int>(last); ++g) {
      rows_.with_entries([&](const auto* distances, const float* half_weights) {
        substitute_group<Sign>(rows_.slots(), distances, half_weights, blocks_.begins() + g * kTogether, y);
      });
    }
  });
}

void BlockSystem::upper(const Vector& in, Vector& out) const {
  std::copy(in.begin(), in.end(), out.begin());
  triangular<-1>(out.data());
}

// out = (I - L)^-1 (in - middle - E middle): the product without its summand `middle`, which the caller's next loop
// adds.
void BlockSystem::lower(const Vector& in, const Vector& middle, Vector& out) const {
  each_block([&](int block, std::int64_t begin, std::int64_t end) {
    for (auto s = static_cast<std::size_t>(begin); s < static_cast<std::size_t>(end); ++s) out[s] = in[s] - middle[s];
    for (std::int64_t page = begin; page < end; page += kPage) {
      if (outward_[static_cast<std::size_t>(page / kPage)] == 0) continue;
      for (std::int64_t s = page; s < std::min(end, page + kPage); ++s)
        out[static_cast<std::size_t>(s)] -= outside(s, block, middle);
    }
  });
  triangular<1>(out.data());
}

// (E middle)(s).
float BlockSystem::outside(std::int64_t s, int block, const Vector& middle) const {
  const std::int64_t c = model_.first_choice(static_cast<int>(s)) + (*choice_)[s];
  const auto successors = model_.successors(c);
  double sum = 0;
  for (std::size_t k = 0; k < successors.size(); ++k) {
    const std::int32_t to = successors[k];
    if (to < blocks_.begin(block) || to >= blocks_.end(block))
      sum += model_.probabilities(c)[k] * middle[static_cast<std::size_t>(to)];
  }
  return static_cast<float>(discount_ * sum / diagonal(s, c));
}

BlockSystem::Result BlockSystem::solve(const ChoiceList& choice, double forcing, int most,
                                       const std::function<bool(std::int64_t)>& go_on, Eigen::VectorXd& value) {
  choice_ = &choice;
  triangular<1>(r_.data());
  r0_ = p_ = r_;
  double* x = value.data();
  const double start = sums([&](std::size_t s, double& a, double&) { a += double{r_[s]} * r_[s]; })[0];
  Result result;
  double rho = start, now = start;
  while (now > forcing * forcing * start && result.products < most) {
    upper(p_, y_);
    lower(p_, y_, v_);
    const double along = sums([&](std::size_t s, double& a, double&) {
      v_[s] += y_[s];
      a += double{r0_[s]} * v_[s];
    })[0];
    const double alpha = rho / along;
    if (!std::isfinite(alpha)) break;
    sums([&](std::size_t s, double&, double&) {
      x[s] += alpha * y_[s];
      r_[s] -= static_cast<float>(alpha) * v_[s];
    });
    upper(r_, y_);
    lower(r_, y_, t_);
    const auto [tr, tt] = sums([&](std::size_t s, double& a, double& b) {
      t_[s] += y_[s];
      a += double{t_[s]} * r_[s];
      b += double{t_[s]} * t_[s];
    });
    result.products += 2;
    const double omega = tt > 0 ? tr / tt : 0;
    const auto [next, square] = sums([&](std::size_t s, double& a, double& b) {
      x[s] += omega * y_[s];
      r_[s] -= static_cast<float>(omega) * t_[s];
      a += double{r0_[s]} * r_[s];
      b += double{r_[s]} * r_[s];
    });
    now = square;
    const double beta = next / rho * alpha / omega;
    if (!std::isfinite(beta) || !std::isfinite(now) || !go_on(2)) break;
    rho = next;
    sums([&](std::size_t s, double&, double&) {
      p_[s] = r_[s] + static_cast<float>(beta) * (p_[s] - static_cast<float>(omega) * v_[s]);
    });
  }
  result.improved = std::isfinite(now) && now < start;
  return result;
}

}  // namespace bellwether::solvers::discounted
