#include "bandits/arms/duels.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "bandits/arms/families.h"
#include "core/errors.h"
#include "core/sampling.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

class DuelGame : public Game {
 public:
  DuelGame(const DuelBandit& bandit, const Stream& stream) : bandit_(bandit) {
    const int n = bandit.items();
    round_.arms = n * n;
    const Stream pairs = stream.child("pair");
    for (int pair = 0; pair < n * n; ++pair) streams_.push_back(pairs.child(static_cast<std::uint64_t>(pair)));
  }

  const Round& next() override {
    ++round_.number;
    return round_;
  }

  Outcome play(int arm) override {
    const int n = bandit_.items(), i = arm / n, j = arm % n, low = std::min(i, j), high = std::max(i, j);
    // One coin a pair, seen from either side.
    const bool lower_wins =
        sample_bernoulli(streams_[static_cast<std::size_t>(low * n + high)], bandit_.preference(low, high));
    const double loss = (bandit_.preference(bandit_.winner(), i) + bandit_.preference(bandit_.winner(), j) - 1) / 2;
    return {.reward = (i == low) == lower_wins ? 1.0 : 0.0, .mean = bandit_.preference(i, j), .regret = loss};
  }

 private:
  const DuelBandit& bandit_;
  Round round_;
  std::vector<Stream> streams_;
};

struct DuelOptions {
  std::string matrix = "", strengths = "";
  int items = 8;
  double spread = 1.4;
};

template <class Field>
void describe(DuelOptions& o, Field&& field) {
  field("matrix", o.matrix, any_value(),
        "probabilities that the item of the row wins, row by row with / between them; empty: from strengths");
  field("strengths", o.strengths, any_value(),
        "with / between them: i beats j with probability 1 / (1 + exp(strength j - strength i)); empty: equal steps");
  field("items", o.items, between(1, 1000), "number of items");
  field("spread", o.spread, above(0), "strengths go from 0 to this at equal steps");
}

NamedBandit duels(const DuelOptions& o) {
  std::vector<double> matrix = read_numbers("bandit", "matrix", o.matrix);
  if (matrix.empty()) {
    std::vector<double> strengths = read_numbers("bandit", "strengths", o.strengths);
    if (strengths.empty())
      for (int i = 0; i < o.items; ++i) strengths.push_back(o.spread * i / std::max(1, o.items - 1));
    for (const double own : strengths)
      for (const double other : strengths) matrix.push_back(1 / (1 + std::exp(other - own)));
  }
  return {.bandit = std::make_shared<const DuelBandit>(std::move(matrix))};
}

}  // namespace

DuelBandit::DuelBandit(std::vector<double> preferences) : preferences_(std::move(preferences)) {
  items_ = static_cast<int>(std::lround(std::sqrt(static_cast<double>(preferences_.size()))));
  if (preferences_.empty() ||
      static_cast<std::size_t>(items_) * static_cast<std::size_t>(items_) != preferences_.size())
    throw InvalidOption(fmt::format("bandit: a matrix of preferences has {} entries, must be a square number of them",
                                    preferences_.size()));
  for (int i = 0; i < items_; ++i)
    for (int j = 0; j < items_; ++j)
      if (!(preference(i, j) >= 0 && std::abs(preference(i, j) + preference(j, i) - 1) <= 1e-9))
        throw InvalidOption(fmt::format(
            "bandit: item {} beats {} with probability {} and loses with {}, must be at least 0 and sum to 1", i, j,
            preference(i, j), preference(j, i)));
  for (int i = 0; i < items_ && winner_ < 0; ++i) {
    bool beats_all = true;
    for (int j = 0; j < items_; ++j) beats_all = beats_all && (j == i || preference(i, j) > 0.5);
    if (beats_all) winner_ = i;
  }
  if (winner_ < 0) throw InvalidOption("bandit: no item beats all others, so there is nothing to compare with");
}

World DuelBandit::world(std::int64_t rounds) const {
  return {.kind = Kind::kDuels, .arms = items_ * items_, .items = items_, .rounds = rounds, .noise = Noise::kBernoulli};
}

std::unique_ptr<Game> DuelBandit::start(std::int64_t, const Stream& stream) const {
  return std::make_unique<DuelGame>(*this, stream);
}

std::string DuelBandit::content() const {
  std::string text = "duels\n";
  for (const double entry : preferences_) text.append(exact_text(entry)).append("\n");
  return text;
}

std::vector<Family> duel_families() {
  return {bandit_family<DuelOptions, duels>("duels", "which of two items is better, for 0 or 1",
                                            "Yue, Broder, Kleinberg, Joachims 2012", "items")};
}

}  // namespace bellwether::bandits
