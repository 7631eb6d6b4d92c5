#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "mdp/io/bwm.h"
#include "mdp/io/bwm_layout.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/names.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {
namespace {

using bwm::Kind;

class BwmReader {
 public:
  BwmReader(std::string_view bytes, std::shared_ptr<const void> owner, const std::string& name)
      : bytes_(bytes), owner_(std::move(owner)), name_(name) {
    read_table();
  }

  ModelFile read() const {
    const Array<std::uint64_t> facts = array<std::uint64_t>(Kind::kFileFacts, 0);
    if (facts.size() != 4) fail("has no section of file facts");
    if (facts[0] > sections_.size() || facts[1] > sections_.size()) fail("claims more stages than it has sections");
    if (facts[3] > std::uint64_t{1} << 31) fail("claims too many observations");
    if (facts[0] > 0) return with_several(facts, static_cast<std::uint32_t>(facts[0]), &ModelFile::stages);
    if (facts[1] > 0) return with_several(facts, static_cast<std::uint32_t>(facts[1]), &ModelFile::contexts);
    return finished(ModelFile{.model = model(0)}, facts);
  }

 private:
  [[noreturn]] void fail(const std::string& message) const { throw ParseError(fmt::format("{}: {}", name_, message)); }

  void read_table() {
    bwm::Header header{};
    if (bytes_.size() < sizeof header || std::memcmp(bytes_.data(), bwm::kMagic, sizeof bwm::kMagic) != 0) {
      fail("is not a bellwether model (its first bytes are not BWMODEL)");
    }
    std::memcpy(&header, bytes_.data(), sizeof header);
    if (header.version != bwm::kVersion) {
      fail(fmt::format("has version {} of the format, this program reads version {}", header.version, bwm::kVersion));
    }
    if (header.file_size != bytes_.size()) {
      fail(fmt::format("is {} bytes long, its header says {}: the file is truncated or damaged", bytes_.size(),
                       header.file_size));
    }
    const std::uint64_t table_size = std::uint64_t{header.sections} * sizeof(bwm::Section);
    if (table_size > bytes_.size() - sizeof header)
      fail(fmt::format("claims {} sections, more than fit", header.sections));
    const std::string_view table = bytes_.substr(sizeof header, table_size);
    if (bwm::checksum(table) != header.checksum) fail("its section table is damaged (the checksum differs)");
    sections_.resize(header.sections);
    if (!sections_.empty()) std::memcpy(sections_.data(), table.data(), table_size);
    for (std::size_t i = 0; i < sections_.size(); ++i) require_section(i);
  }

  void require_section(std::size_t i) const {
    const bwm::Section& section = sections_[i];
    if (section.offset % bwm::kAlignment != 0 || section.offset > bytes_.size() ||
        section.size > bytes_.size() - section.offset) {
      fail(fmt::format("section {} ({} bytes from {} on) lies outside the file", i, section.size, section.offset));
    }
    if (bwm::checksum(bytes_.substr(section.offset, section.size)) != section.checksum) {
      fail(fmt::format("section {} ({} bytes from {} on) is damaged (its checksum differs)", i, section.size,
                       section.offset));
    }
  }

  const bwm::Section* find(Kind kind, std::uint32_t m, std::uint32_t column) const {
    const auto found = std::find_if(sections_.begin(), sections_.end(), [&](const bwm::Section& section) {
      return section.kind == static_cast<std::uint32_t>(kind) && section.model == m && section.column == column;
    });
    return found == sections_.end() ? nullptr : &*found;
  }

  template <class T>
  Array<T> array(Kind kind, std::uint32_t m, std::uint32_t column = 0) const {
    const bwm::Section* section = find(kind, m, column);
    if (section == nullptr) return {};
    if (section->size % sizeof(T) != 0)
      fail(fmt::format("a section of kind {} has {} bytes", static_cast<int>(kind), section->size));
    return {std::span(reinterpret_cast<const T*>(bytes_.data() + section->offset), section->size / sizeof(T)), owner_};
  }

  std::vector<std::string> names(Kind kind, std::uint32_t m, std::uint32_t column = 0) const {
    const bwm::Section* section = find(kind, m, column);
    if (section == nullptr) return {};
    const std::string_view bytes = bytes_.substr(section->offset, section->size);
    const auto word = [&](std::uint64_t i) {
      std::uint64_t x = 0;
      std::memcpy(&x, bytes.data() + 8 * i, 8);
      return x;
    };
    if (bytes.size() < 8 || word(0) > (bytes.size() - 8) / 8) fail("a list of names is damaged");
    const std::uint64_t count = word(0);
    const std::string_view text = bytes.substr(8 * (count + 1));
    std::vector<std::string> out;
    out.reserve(count);
    std::uint64_t begin = 0;
    for (std::uint64_t i = 1; i <= count; ++i) {
      const std::uint64_t end = word(i);
      if (end < begin || end > text.size()) fail("a list of names is damaged");
      const std::string_view name = text.substr(begin, end - begin);
      if (const auto fault = encoding_fault(name)) fail(fmt::format("the name {} {}", quoted(name), *fault));
      out.emplace_back(name);
      begin = end;
    }
    return out;
  }

  std::vector<Column> columns(std::uint32_t m, Kind name, Kind expected, Kind by_transition) const {
    std::vector<Column> out;
    for (std::uint32_t k = 0; find(name, m, k) != nullptr; ++k) {
      const std::vector<std::string> title = names(name, m, k);
      if (title.size() != 1) fail("a column has no name");
      out.push_back({.name = title[0],
                     .expected = array<double>(expected, m, k),
                     .by_transition = array<double>(by_transition, m, k)});
    }
    return out;
  }

  TabularMdp model(std::uint32_t m) const {
    ModelData data;
    data.state_begin = array<std::int64_t>(Kind::kStateBegin, m);
    data.choice_begin = array<std::int64_t>(Kind::kChoiceBegin, m);
    data.successor = array<std::int32_t>(Kind::kSuccessor, m);
    data.probability = array<double>(Kind::kProbability, m);
    data.rewards = columns(m, Kind::kRewardName, Kind::kRewardExpected, Kind::kRewardByTransition);
    data.costs = columns(m, Kind::kCostName, Kind::kCostExpected, Kind::kCostByTransition);
    data.reward_laws = {.law = array<std::uint8_t>(Kind::kLaw, m),
                        .scale = array<double>(Kind::kLawScale, m),
                        .support_begin = array<std::int64_t>(Kind::kLawSupportBegin, m),
                        .values = array<double>(Kind::kLawValues, m),
                        .weights = array<double>(Kind::kLawWeights, m)};
    data.initial = array<double>(Kind::kInitial, m);
    data.action = array<std::int32_t>(Kind::kAction, m);
    data.state_names = names(Kind::kStateNames, m);
    data.action_names = names(Kind::kActionNames, m);
    for (std::uint32_t k = 0; find(Kind::kLabelName, m, k) != nullptr; ++k) {
      const std::vector<std::string> title = names(Kind::kLabelName, m, k);
      if (title.size() != 1) fail("a label has no name");
      data.labels.push_back({title[0], array<std::int32_t>(Kind::kLabelStates, m, k)});
    }
    if (const Array<double> discount = array<double>(Kind::kDiscount, m); discount.size() == 1)
      data.discount = discount[0];
    try {
      return TabularMdp(std::move(data));
    } catch (const InvalidModel& error) {
      throw InvalidModel(fmt::format("{}: {}", name_, error.what()));
    }
  }

  ModelFile with_several(const Array<std::uint64_t>& facts, std::uint32_t count,
                         std::vector<TabularMdp> ModelFile::*list) const {
    std::vector<TabularMdp> models;
    for (std::uint32_t m = 0; m < count; ++m) {
      models.push_back(model(m));
      if (models[m].num_states() != models[0].num_states())
        fail(fmt::format("model {} has another number of states", m));
    }
    ModelFile file{.model = models.front()};
    file.*list = std::move(models);
    return finished(std::move(file), facts);
  }

  ModelFile finished(ModelFile file, const Array<std::uint64_t>& facts) const {
    file.rewards_are_costs = facts[2] != 0;
    Intervals intervals{.lower = array<double>(Kind::kIntervalLower, 0),
                        .upper = array<double>(Kind::kIntervalUpper, 0)};
    if (!intervals.lower.empty()) {
      require_intervals(file.model, intervals);
      file.intervals = std::move(intervals);
    }
    file.linear = linear(file);
    if (facts[3] > 0) file.observations = observations(file.model, static_cast<int>(facts[3]));
    return file;
  }

  LinearStructure linear(const ModelFile& file) const {
    LinearStructure out;
    const std::int64_t choices = file.model.num_choices();
    try {
      if (const auto rows = array<double>(Kind::kFeatures, 0); !rows.empty())
        out.features = std::make_shared<const FeatureMap>(static_cast<int>(length(rows.size(), choices)), rows);
      if (const auto phi = array<double>(Kind::kMixtureFeatures, 0); !phi.empty()) {
        const auto successor = array<std::int32_t>(Kind::kMixtureSuccessor, 0);
        const auto d = length(phi.size(), static_cast<std::int64_t>(successor.size()));
        out.mixture = std::make_shared<const MixtureBasis>(static_cast<int>(d), file.model.num_states(),
                                                           array<std::int64_t>(Kind::kMixtureBegin, 0), successor, phi);
        out.mixture_theta =
            thetas(static_cast<std::size_t>(d), std::max({file.stages.size(), file.contexts.size(), std::size_t{1}}));
      }
      require_fit(out, choices);
      for (const TabularMdp& stage : file.stages) require_fit(out, stage.num_choices());
      for (const TabularMdp& context : file.contexts) require_fit(out, context.num_choices());
    } catch (const InvalidModel& error) {
      throw InvalidModel(fmt::format("{}: {}", name_, error.what()));
    }
    return out;
  }

  /// Numbers by row.
  std::int64_t length(std::size_t numbers, std::int64_t rows) const {
    const auto n = static_cast<std::int64_t>(numbers);
    if (rows == 0 || n % rows != 0 || n / rows > std::numeric_limits<int>::max())
      fail(fmt::format("{} numbers are no features of {} rows", numbers, rows));
    return n / rows;
  }

  /// One for all stages or contexts, or one for each.
  std::vector<std::vector<double>> thetas(std::size_t d, std::size_t parts) const {
    std::vector<std::vector<double>> out;
    for (std::uint32_t m = 0; find(Kind::kMixtureTheta, m, 0) != nullptr; ++m) {
      const Array<double> theta = array<double>(Kind::kMixtureTheta, m);
      if (theta.size() != d) fail(fmt::format("theta {} has {} numbers, the features have {}", m, theta.size(), d));
      out.emplace_back(theta.begin(), theta.end());
    }
    if (out.size() != 1 && out.size() != parts)
      fail(fmt::format("has {} for a mixture in {}", counted(static_cast<std::int64_t>(out.size()), "theta"),
                       counted(static_cast<std::int64_t>(parts), "part")));
    return out;
  }

  void require_intervals(const TabularMdp& model, const Intervals& intervals) const {
    const auto count = static_cast<std::size_t>(model.num_transitions());
    if (intervals.lower.size() != count || intervals.upper.size() != count)
      fail("the bounds are not as many as the transitions");
    for (std::size_t i = 0; i < count; ++i) {
      if (!(intervals.lower[i] >= 0 && intervals.lower[i] <= intervals.upper[i] && intervals.upper[i] <= 1)) {
        fail(fmt::format("the interval of transition {} is [{}, {}]", i, intervals.lower[i], intervals.upper[i]));
      }
    }
  }

  Observations observations(const TabularMdp& model, int count) const {
    Observations out{.count = count,
                     .names = names(Kind::kObservationNames, 0),
                     .begin = array<std::int64_t>(Kind::kObservationBegin, 0),
                     .observation = array<std::int32_t>(Kind::kObservationIndex, 0),
                     .probability = array<double>(Kind::kObservationProbability, 0)};
    if (out.begin.empty() || (out.begin.size() - 1) % static_cast<std::size_t>(model.num_states()) != 0 ||
        out.begin[0] != 0 || out.begin.back() != static_cast<std::int64_t>(out.observation.size()) ||
        out.probability.size() != out.observation.size()) {
      fail("the observations do not fit the model");
    }
    for (std::size_t row = 0; row + 1 < out.begin.size(); ++row) {
      if (out.begin[row] > out.begin[row + 1]) fail("the observations do not fit the model");
      double sum = 0;
      for (std::int64_t i = out.begin[row]; i < out.begin[row + 1]; ++i) {
        const auto k = static_cast<std::size_t>(i);
        if (k >= out.observation.size() || out.observation[k] < 0 || out.observation[k] >= count ||
            !(out.probability[k] >= 0)) {
          fail(fmt::format("observation row {} has an entry out of range", row));
        }
        sum += out.probability[k];
      }
      if (!(std::abs(sum - 1) <= 1e-9)) fail(fmt::format("observation row {} sums to {}, not 1", row, sum));
    }
    return out;
  }

  std::string_view bytes_;
  std::shared_ptr<const void> owner_;
  const std::string& name_;
  std::vector<bwm::Section> sections_;
};

}  // namespace

ModelFile parse_bwm(std::string_view bytes, std::shared_ptr<const void> owner, const std::string& name) {
  return BwmReader(bytes, std::move(owner), name).read();
}

ModelFile read_bwm(const std::string& path) {
  const FileBytes file = FileBytes::open(path, MapPages::kAtOnce);
  return parse_bwm(file.view(), file.owner(), path);
}

}  // namespace bellwether::mdp
