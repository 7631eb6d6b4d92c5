#include "solvers/online/generative/vwls_mdvi.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace bellwether::online {
namespace {

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

class Mdvi final : public GenerativeAgent {
 public:
  /// `first` 0: one run, unweighted.
  Mdvi(const GenerativeWorld& world, const MdviOptions& options, double first, double variance)
      : GenerativeAgent(world),
        alpha_(options.alpha < 0 ? world.discount : options.alpha),
        budget_(static_cast<double>(world.samples) * static_cast<double>(world.num_choices())) {
    const double due = std::min(std::ceil(12 / (1 - world.discount)), 0x1p30);
    const int planned = options.iterations > 0 ? options.iterations : static_cast<int>(due);
    if (world.features != nullptr) phi_ = world.features->matrix();
    const bool weighted = first > 0 && world.features != nullptr;
    const int head = weighted ? std::max(1, static_cast<int>(std::ceil(first * planned))) : 0;
    tail_ = std::max(1, planned - head);
    if (weighted) {
      variance_samples_ = variance * budget_;
      budget_ -= variance_samples_;
      begin(unweighted(), head, budget_ * head / planned);
    } else {
      begin(world.features == nullptr ? CoreSet(world.num_choices()) : unweighted(), tail_, budget_);
    }
    weighting_ = weighted;
  }

  void learn(SampleSource& source, std::int64_t rounds) override {
    credit_ += rounds * world().num_choices();
    while (left_ > 0 || weighting_) {
      const std::int64_t each = left_ > 0 ? samples_ : 2 * pairs(), cost = each * core_size();
      if (credit_ < cost) return;
      credit_ -= cost;
      if (left_ > 0) {
        run_->advance(sampled_backups(world(), source, run_->core().choices(), run_->values(), samples_));
        --left_;
      } else {
        reweight(source);
      }
    }
  }

  void plan() override {
    // What the last run is not yet ahead of.
    if (run_->iterations() < kept_) return;
    if (run_->iterations() > 0) estimates() = run_->mean_scores();
  }

 private:
  CoreSet unweighted() const { return {phi_, std::vector<double>(index(world().num_choices()), 1.0)}; }
  std::int64_t core_size() const { return static_cast<std::int64_t>(run_->core().choices().size()); }
  std::int64_t pairs() const {
    return std::max<std::int64_t>(1,
                                  static_cast<std::int64_t>(variance_samples_ / 2 / static_cast<double>(core_size())));
  }

  void begin(CoreSet core, int iterations, double samples) {
    run_.emplace(world().state_begin, std::move(core), alpha_);
    left_ = iterations;
    samples_ = std::max<std::int64_t>(
        1, static_cast<std::int64_t>(samples / (static_cast<double>(iterations) * static_cast<double>(core_size()))));
  }

  void reweight(SampleSource& source) {
    const CoreSet& core = run_->core();
    const Eigen::VectorXd variance = core.predict(sampled_variances(source, core.choices(), run_->values(), pairs()));
    estimates() = run_->mean_scores();
    kept_ = run_->iterations();
    const auto f = variance_weights({variance.data(), index(variance.size())}, 1 / (1 - world().discount));
    begin(CoreSet(phi_, f), tail_, budget_ * tail_ / (kept_ + tail_));
    weighting_ = false;
  }

  double alpha_, budget_, variance_samples_ = 0;
  Eigen::MatrixXd phi_;
  std::optional<LeastSquaresMdvi> run_;
  int tail_ = 1, left_ = 0, kept_ = 0;  ///< iterations of the last run, to come in this one, of the first
  std::int64_t samples_ = 1, credit_ = 0;
  bool weighting_ = false;  ///< the variance is still to be estimated
};

}  // namespace

Eigen::VectorXd sampled_backups(const GenerativeWorld& world, SampleSource& source, std::span<const std::int64_t> core,
                                std::span<const double> v, std::int64_t samples) {
  Eigen::VectorXd backups(static_cast<Eigen::Index>(core.size()));
  std::vector<std::int64_t> counts;
  for (std::size_t i = 0; i < core.size(); ++i) {
    const auto c = index(core[i]);
    const auto row =
        world.successor.subspan(index(world.choice_begin[c]), index(world.choice_begin[c + 1] - world.choice_begin[c]));
    counts.assign(row.size(), 0);
    source.count(core[i], samples, counts);
    double sum = 0;
    for (std::size_t k = 0; k < row.size(); ++k) sum += static_cast<double>(counts[k]) * v[index(row[k])];
    backups[static_cast<Eigen::Index>(i)] = world.mean_reward[c] + world.discount * sum / static_cast<double>(samples);
  }
  return backups;
}

Eigen::VectorXd sampled_variances(SampleSource& source, std::span<const std::int64_t> core, std::span<const double> v,
                                  std::int64_t pairs) {
  Eigen::VectorXd out(static_cast<Eigen::Index>(core.size()));
  for (std::size_t i = 0; i < core.size(); ++i) {
    double sum = 0;
    for (std::int64_t p = 0; p < pairs; ++p) {
      const double one = v[index(source.next(core[i]))], other = v[index(source.next(core[i]))];
      sum += (one - other) * (one - other) / 2;
    }
    out[static_cast<Eigen::Index>(i)] = sum / static_cast<double>(pairs);
  }
  return out;
}

std::unique_ptr<GenerativeAgent> make_mdvi(const GenerativeWorld& world, const MdviOptions& options,
                                           const Stream& /*stream*/) {
  return std::make_unique<Mdvi>(world, options, 0, 0);
}

std::unique_ptr<GenerativeAgent> make_vwls_mdvi(const GenerativeWorld& world, const VwlsMdviOptions& options,
                                                const Stream& /*stream*/) {
  return std::make_unique<Mdvi>(world, options, options.first, options.variance);
}

}  // namespace bellwether::online
