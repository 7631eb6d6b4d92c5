#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mdp/robust/nature.h"
#include "mdp/robust/pieces.h"
#include "mdp/robust/selection.h"

namespace bellwether::mdp::robust {

// What the game of a state (StateGame) reads of its rows.

/// The pieces of a row's value, steepest first, made as they are asked for: a state's budget reaches few of them.
class PieceCursor {
 public:
  void open(const Nature& nature, std::int64_t choice, const Outcomes& row);

  /// The present piece: what is left of it. False when the value can fall no further.
  bool present(Piece& piece);
  void use(double budget) { used_ += budget; }
  void finish() { used_ = piece_.length; }
  void rewind() {
    piece_ = {};
    used_ = 0;
  }

 private:
  static bool less(const Atom& a, const Atom& b) { return a.value < b.value; }
  bool fetch();

  std::vector<Piece> pieces_;
  std::vector<Atom> atoms_;  ///< a heap: only the largest values of a row are ever needed in order
  double per_mass_ = 1, lowest_ = 0, used_ = 0;
  std::size_t next_ = 0;
  Piece piece_{};
};

/// The rows of a state.
struct StateRows {
  std::int64_t first = 0;
  std::size_t count = 0;
  std::vector<Outcomes> row;
  std::vector<double> start;  ///< value at budget 0
  std::vector<PieceCursor> cursor;
  std::vector<SmoothRow> smooth;  ///< for L2, KL and chi-square

  void gather(const Nature& nature, int s, std::span<const double> v);
  std::int64_t choice(std::size_t a) const { return first + static_cast<std::int64_t>(a); }
};

/// L2, KL and chi-square: answers on a path rather than along pieces.
inline bool is_smooth(SetKind kind) {
  return kind == SetKind::kL2 || kind == SetKind::kKl || kind == SetKind::kChiSquare;
}

/// What rounding may do to sums over the pieces of all rows of a state, z itself included.
double slack_of(const Nature& nature, const StateRows& rows);

/// Bounds on q.z of a choice that gets this budget.
Bounds row_bounds(const Nature& nature, const StateRows& rows, std::size_t a, double budget, double slack);

}  // namespace bellwether::mdp::robust
