#include "bandits/arms/changing_drifts.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/sampling.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

void require_mean(double mean) {
  if (!(mean >= 0 && mean <= 1)) throw InvalidOption(fmt::format("bandit: a mean is {}, must be in [0, 1]", mean));
}

/// A path that is a function of the round alone.
template <class Means>
class PathOfRound : public Path {
 public:
  explicit PathOfRound(Means means) : means_(std::move(means)) {}
  void next(std::span<double> out) override { means_(++round_, out); }

 private:
  Means means_;
  std::int64_t round_ = 0;
};

template <class Means>
std::unique_ptr<Path> path_of_round(Means means) {
  return std::make_unique<PathOfRound<Means>>(std::move(means));
}

class Piecewise : public Drift {
 public:
  Piecewise(std::vector<std::vector<double>> phases, std::vector<double> breaks)
      : phases_(std::move(phases)), breaks_(std::move(breaks)) {}

  int arms() const override { return static_cast<int>(phases_.front().size()); }
  std::unique_ptr<Path> start(std::int64_t rounds, const Stream&) const override {
    std::vector<std::int64_t> last;  // of each phase but the final one
    for (std::size_t j = 1; j < breaks_.size(); ++j)
      last.push_back(static_cast<std::int64_t>(breaks_[j] < 1 ? breaks_[j] * static_cast<double>(rounds) : breaks_[j]));
    return path_of_round([this, last, phase = std::size_t{0}](std::int64_t t, std::span<double> out) mutable {
      while (phase < last.size() && t > last[phase]) ++phase;
      std::ranges::copy(phases_[phase], out.begin());
    });
  }
  std::string content() const override {
    std::string text = "piecewise\n";
    for (std::size_t j = 0; j < phases_.size(); ++j) {
      text += exact_text(breaks_[j]);
      for (const double mean : phases_[j]) text += fmt::format(" {}", exact_text(mean));
      text += "\n";
    }
    return text;
  }

 private:
  std::vector<std::vector<double>> phases_;
  std::vector<double> breaks_;
};

class Sine : public Drift {
 public:
  Sine(int arms, double swing, double variation) : arms_(arms), swing_(swing), variation_(variation) {}

  int arms() const override { return arms_; }
  std::unique_ptr<Path> start(std::int64_t rounds, const Stream&) const override {
    // One half-turn of the sine moves a mean by 2 swing.
    const double turn = std::numbers::pi * variation_ / (2 * swing_ * static_cast<double>(rounds));
    return path_of_round([this, turn](std::int64_t t, std::span<double> out) {
      for (int i = 0; i < arms_; ++i)
        out[static_cast<std::size_t>(i)] =
            0.5 + swing_ * std::sin(turn * static_cast<double>(t) + 2 * std::numbers::pi * i / arms_);
    });
  }
  std::string content() const override {
    return fmt::format("sine {} {} {}\n", arms_, exact_text(swing_), exact_text(variation_));
  }

 private:
  int arms_;
  double swing_, variation_;
};

class WalkPath : public Path {
 public:
  WalkPath(int arms, double step, double low, double high, const Stream& stream)
      : step_(step), low_(low), high_(high), stream_(stream) {
    for (int i = 0; i < arms; ++i) at_.push_back(low + (high - low) * stream_.uniform());
  }
  void next(std::span<double> out) override {
    std::ranges::copy(at_, out.begin());
    for (double& x : at_) x = reflected(x + step_ * sample_normal(stream_));
  }

 private:
  double reflected(double x) const {
    const double width = high_ - low_;
    if (width <= 0) return low_;
    double y = std::fmod(std::abs(x - low_), 2 * width);
    if (y > width) y = 2 * width - y;
    return std::clamp(low_ + y, low_, high_);
  }

  double step_, low_, high_;
  Stream stream_;
  std::vector<double> at_;
};

class Walk : public Drift {
 public:
  Walk(int arms, double step, double low, double high) : arms_(arms), step_(step), low_(low), high_(high) {}

  int arms() const override { return arms_; }
  std::unique_ptr<Path> start(std::int64_t, const Stream& stream) const override {
    return std::make_unique<WalkPath>(arms_, step_, low_, high_, stream);
  }
  std::string content() const override {
    return fmt::format("walk {} {} {} {}\n", arms_, exact_text(step_), exact_text(low_), exact_text(high_));
  }

 private:
  int arms_;
  double step_, low_, high_;
};

class Constrained : public Drift {
 public:
  Constrained(int arms, double gap, double factor) : arms_(arms), gap_(gap), factor_(factor) {}

  int arms() const override { return arms_; }
  std::unique_ptr<Path> start(std::int64_t, const Stream&) const override {
    return path_of_round([this](std::int64_t t, std::span<double> out) {
      const auto phase = static_cast<std::int64_t>(std::log(static_cast<double>(t)) / std::log(factor_));
      const double best = phase % 2 == 0 ? 1 : gap_;
      std::ranges::fill(out, best - gap_);
      out[0] = best;
    });
  }
  std::string content() const override {
    return fmt::format("constrained {} {} {}\n", arms_, exact_text(gap_), exact_text(factor_));
  }

 private:
  int arms_;
  double gap_, factor_;
};

class Table : public Drift {
 public:
  Table(std::vector<double> rows, int arms) : rows_(std::move(rows)), arms_(static_cast<std::size_t>(arms)) {}

  int arms() const override { return static_cast<int>(arms_); }
  std::unique_ptr<Path> start(std::int64_t, const Stream&) const override {
    return path_of_round([this](std::int64_t t, std::span<double> out) {
      const std::size_t row = static_cast<std::size_t>(t - 1) * arms_;
      for (std::size_t i = 0; i < arms_; ++i) out[i] = rows_[row + i];
    });
  }
  void require_length(std::int64_t rounds) const override {
    const auto rows = static_cast<std::int64_t>(rows_.size() / arms_);
    if (rounds > rows)
      throw InvalidOption(
          fmt::format("bandit: {} were asked for, the sequence has {}", counted(rounds, "round"), rows));
  }
  std::string content() const override {
    std::string text = fmt::format("table {}\n", arms_);
    for (const double x : rows_) text += exact_text(x) + " ";
    return text;
  }

 private:
  std::vector<double> rows_;
  std::size_t arms_;
};

}  // namespace

std::shared_ptr<const Drift> piecewise_drift(std::vector<std::vector<double>> phases, std::vector<double> breaks) {
  if (phases.empty() || phases.front().empty()) throw InvalidOption("bandit: there is no phase with an arm");
  if (breaks.size() != phases.size())
    throw InvalidOption(fmt::format("bandit: {} have {}", counted(static_cast<std::int64_t>(phases.size()), "phase"),
                                    counted(static_cast<std::int64_t>(breaks.size()), "break")));
  if (breaks.front() != 0) throw InvalidOption(fmt::format("bandit: the first break is {}, must be 0", breaks.front()));
  for (std::size_t j = 1; j < breaks.size(); ++j)
    if (!(breaks[j] > breaks[j - 1]) || (breaks[j] < 1) != (breaks[1] < 1))
      throw InvalidOption(
          fmt::format("bandit: break {} is {}, must exceed {}, all of them shares below 1 or all of them rounds", j,
                      breaks[j], breaks[j - 1]));
  for (const auto& phase : phases) {
    if (phase.size() != phases.front().size()) throw InvalidOption("bandit: phases have different numbers of arms");
    for (const double mean : phase) require_mean(mean);
  }
  return std::make_shared<const Piecewise>(std::move(phases), std::move(breaks));
}

std::shared_ptr<const Drift> sine_drift(int arms, double swing, double variation) {
  return std::make_shared<const Sine>(arms, swing, variation);
}

std::shared_ptr<const Drift> walk_drift(int arms, double step, double low, double high) {
  if (!(low <= high)) throw InvalidOption(fmt::format("bandit: low is {}, must not exceed high, {}", low, high));
  return std::make_shared<const Walk>(arms, step, low, high);
}

std::shared_ptr<const Drift> constrained_drift(int arms, double gap, double factor) {
  return std::make_shared<const Constrained>(arms, gap, factor);
}

std::shared_ptr<const Drift> table_drift(std::vector<double> rows, int arms) {
  if (arms < 1 || rows.empty() || rows.size() % static_cast<std::size_t>(arms) != 0)
    throw InvalidOption("bandit: a sequence needs the mean of every arm in every round");
  for (const double mean : rows) require_mean(mean);
  return std::make_shared<const Table>(std::move(rows), arms);
}

}  // namespace bellwether::bandits
