#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include <Eigen/Core>

#include "mdp/tabular_mdp.h"
#include "solvers/exact/discounted/choice_list.h"
#include "solvers/exact/discounted/policy_rows.h"

namespace bellwether::solvers::discounted {

/// Eight consecutive blocks of states, whatever the number of threads: what happens inside a block is sequential.
class Blocks {
 public:
  static constexpr int kCount = 8;

  explicit Blocks(std::int64_t states);

  std::int64_t begin(int block) const { return begin_[static_cast<std::size_t>(block)]; }
  std::int64_t end(int block) const { return begin_[static_cast<std::size_t>(block) + 1]; }
  const std::int64_t* begins() const { return begin_.data(); }
  std::int64_t num_states() const { return begin_.back(); }

 private:
  std::array<std::int64_t, kCount + 1> begin_{};
};

/// The rows of one policy inside the blocks, in single precision: half of each weight, and how far its successor is
/// from the state, in two bytes where no row of the model leads further inside its block than these can say. So the
/// rows of a grid take a quarter less memory than with successors, in whose stream a triangular solve spends its time.
class BlockRows {
 public:
  BlockRows(const mdp::TabularMdp& model, const Blocks& blocks);

  const RowSlots& slots() const { return slots_; }
  void set(std::int64_t entry, std::int64_t distance, float half_weight);

  /// Calls f(distances, half weights) with a pointer to the first of each.
  template <class F>
  void with_entries(const F& f) const {
    if (far_.empty()) {
      f(near_.data(), half_weight_.data());
    } else {
      f(far_.data(), half_weight_.data());
    }
  }

 private:
  RowSlots slots_;
  std::vector<std::int16_t> near_;  // one of these is empty
  std::vector<std::int32_t> far_;
  std::vector<float> half_weight_;
};

/// A x = b with A = I - discount * P of a policy, each row divided by its diagonal, in single precision. Inside the
/// blocks A = I - L - U with L strictly lower and U strictly upper triangular; E holds what leads out of a block:
/// A = I - L - U - E. Solved by BiCGSTAB on (I - L)^-1 A (I - U)^-1, whose product Eisenstat's identity makes as cheap
/// as one pass over the rows: with y = (I - U)^-1 p,
///   (I - L)^-1 A y = y + (I - L)^-1 (p - y - E y).
class BlockSystem {
 public:
  BlockSystem(const mdp::TabularMdp& model, const Blocks& blocks, double discount);

  /// Makes `choice` (its model-wide number) the row of s, and sets its right-hand side from d = (TV - V)(s). States of
  /// different blocks may be set at the same time.
  void set_row(int block, std::int64_t s, std::int64_t choice);
  void set_right(std::int64_t s, std::int64_t choice, double d);

  struct Result {
    int products = 0;
    bool improved = false;  ///< the residual went down, and everything stayed finite
  };
  /// value += x, nearly solved: until the preconditioned residual has shrunk to `forcing` of what it was, `most`
  /// products are used up, or `go_on(products)`, asked after each pair, says no. `choice` are those of set_row.
  Result solve(const ChoiceList& choice, double forcing, int most, const std::function<bool(std::int64_t)>& go_on,
               Eigen::VectorXd& value);

  std::int64_t num_entries() const { return rows_.slots().num_entries(); }

 private:
  using Vector = std::vector<float>;
  static constexpr std::int64_t kPage = 64;  ///< states that share a flag in outward_

  template <class F>
  void each_block(const F& f) const;
  template <class F>
  std::array<double, 2> sums(const F& f) const;
  template <int Sign>
  void triangular(float* y) const;
  void upper(const Vector& in, Vector& out) const;
  void lower(const Vector& in, const Vector& middle, Vector& out) const;
  float outside(std::int64_t s, int block, const Vector& middle) const;
  double diagonal(std::int64_t s, std::int64_t choice) const;

  const mdp::TabularMdp& model_;
  const Blocks& blocks_;
  const double discount_;
  BlockRows rows_;
  std::vector<std::uint8_t> outward_;   ///< by page of states: some row leads out of its block
  const ChoiceList* choice_ = nullptr;  ///< while solving
  Vector r_, r0_, p_, v_, t_, y_;
};

}  // namespace bellwether::solvers::discounted
