#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "mdp/io/bwm.h"
#include "mdp/io/bwm_layout.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/names.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie in memory");

using bwm::Kind;

/// Names as a 64-bit count, the 64-bit end of each, and the bytes.
std::string packed_names(const std::vector<std::string>& names) {
  std::string ends, bytes;
  const auto append = [](std::string& out, std::uint64_t x) {
    out.append(reinterpret_cast<const char*>(&x), sizeof x);
  };
  append(ends, names.size());
  for (const std::string& name : names) {
    if (const auto fault = encoding_fault(name))
      throw InvalidModel(fmt::format("the name {} {}", quoted(name), *fault));
    bytes += name;
    append(ends, bytes.size());
  }
  return ends + bytes;
}

class BwmWriter {
 public:
  void add_file(const ModelFile& file) {
    const std::vector<TabularMdp>& several = file.stages.empty() ? file.contexts : file.stages;
    const std::uint64_t observations = file.observations ? static_cast<std::uint64_t>(file.observations->count) : 0;
    facts_ = {file.stages.size(), file.contexts.size(), file.rewards_are_costs ? 1U : 0U, observations};
    add_array(Kind::kFileFacts, 0, std::span<const std::uint64_t>(facts_));
    if (several.empty()) {
      add_model(file.model.data(), 0);
    } else {
      for (std::size_t m = 0; m < several.size(); ++m) add_model(several[m].data(), static_cast<std::uint32_t>(m));
    }
    add_linear(file.linear);
    if (file.intervals) {
      add_array(Kind::kIntervalLower, 0, file.intervals->lower.view());
      add_array(Kind::kIntervalUpper, 0, file.intervals->upper.view());
    }
    if (file.observations) {
      add_names(Kind::kObservationNames, 0, 0, file.observations->names);
      add_array(Kind::kObservationBegin, 0, file.observations->begin.view());
      add_array(Kind::kObservationIndex, 0, file.observations->observation.view());
      add_array(Kind::kObservationProbability, 0, file.observations->probability.view());
    }
  }

  void write(const std::string& path) {
    std::uint64_t offset = sizeof(bwm::Header) + sections_.size() * sizeof(bwm::Section);
    for (bwm::Section& section : sections_) {
      offset = (offset + bwm::kAlignment - 1) / bwm::kAlignment * bwm::kAlignment;
      section.offset = offset;
      offset += section.size;
    }
    const std::string_view table(reinterpret_cast<const char*>(sections_.data()),
                                 sections_.size() * sizeof(bwm::Section));
    bwm::Header header{.magic = {},
                       .version = bwm::kVersion,
                       .sections = static_cast<std::uint32_t>(sections_.size()),
                       .checksum = bwm::checksum(table),
                       .file_size = offset};
    std::memcpy(header.magic, bwm::kMagic, sizeof header.magic);
    FileWriter file(path);
    file.write({reinterpret_cast<const char*>(&header), sizeof header});
    file.write(table);
    const std::string padding(bwm::kAlignment, '\0');
    for (std::size_t i = 0; i < sections_.size(); ++i) {
      file.write(std::string_view(padding).substr(0, sections_[i].offset - file.size()));
      file.write(contents_[i]);
    }
    file.commit();
  }

 private:
  void add_linear(const LinearStructure& linear) {
    if (linear.features != nullptr) add_array(Kind::kFeatures, 0, linear.features->rows().view());
    if (linear.mixture == nullptr) return;
    add_array(Kind::kMixtureBegin, 0, linear.mixture->begin().view());
    add_array(Kind::kMixtureSuccessor, 0, linear.mixture->successor().view());
    add_array(Kind::kMixtureFeatures, 0, linear.mixture->features().view());
    for (std::size_t m = 0; m < linear.mixture_theta.size(); ++m)
      add_array(Kind::kMixtureTheta, static_cast<std::uint32_t>(m), std::span<const double>(linear.mixture_theta[m]));
  }

  void add_model(const ModelData& data, std::uint32_t m) {
    add_array(Kind::kStateBegin, m, data.state_begin.view());
    add_array(Kind::kChoiceBegin, m, data.choice_begin.view());
    add_array(Kind::kSuccessor, m, data.successor.view());
    add_array(Kind::kProbability, m, data.probability.view());
    add_columns(data.rewards, m, Kind::kRewardName, Kind::kRewardExpected, Kind::kRewardByTransition);
    add_columns(data.costs, m, Kind::kCostName, Kind::kCostExpected, Kind::kCostByTransition);
    add_array(Kind::kLaw, m, data.reward_laws.law.view());
    add_array(Kind::kLawScale, m, data.reward_laws.scale.view());
    add_array(Kind::kLawSupportBegin, m, data.reward_laws.support_begin.view());
    add_array(Kind::kLawValues, m, data.reward_laws.values.view());
    add_array(Kind::kLawWeights, m, data.reward_laws.weights.view());
    add_array(Kind::kInitial, m, data.initial.view());
    add_array(Kind::kAction, m, data.action.view());
    add_names(Kind::kStateNames, m, 0, data.state_names);
    add_names(Kind::kActionNames, m, 0, data.action_names);
    for (std::size_t k = 0; k < data.labels.size(); ++k) {
      add_names(Kind::kLabelName, m, static_cast<std::uint32_t>(k), {data.labels[k].name});
      add_array(Kind::kLabelStates, m, data.labels[k].states.view(), static_cast<std::uint32_t>(k));
    }
    if (data.discount) add_array(Kind::kDiscount, m, std::span<const double>(&*data.discount, 1));
  }

  void add_columns(const std::vector<Column>& columns, std::uint32_t m, Kind name, Kind expected, Kind by_transition) {
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const auto column = static_cast<std::uint32_t>(k);
      add_names(name, m, column, {columns[k].name});
      add_array(expected, m, columns[k].expected.view(), column);
      add_array(by_transition, m, columns[k].by_transition.view(), column);
    }
  }

  template <class T>
  void add_array(Kind kind, std::uint32_t model, std::span<const T> values, std::uint32_t column = 0) {
    if (values.empty() && kind != Kind::kLabelStates) return;
    add_bytes(kind, model, column, {reinterpret_cast<const char*>(values.data()), values.size_bytes()});
  }

  void add_names(Kind kind, std::uint32_t model, std::uint32_t column, const std::vector<std::string>& names) {
    if (names.empty()) return;
    packed_.push_back(std::make_unique<std::string>(packed_names(names)));
    add_bytes(kind, model, column, *packed_.back());
  }

  void add_bytes(Kind kind, std::uint32_t model, std::uint32_t column, std::string_view bytes) {
    sections_.push_back({.kind = static_cast<std::uint32_t>(kind),
                         .model = model,
                         .column = column,
                         .reserved = 0,
                         .offset = 0,
                         .size = bytes.size(),
                         .checksum = bwm::checksum(bytes)});
    contents_.push_back(bytes);
  }

  std::vector<bwm::Section> sections_;
  std::vector<std::string_view> contents_;
  std::vector<std::unique_ptr<std::string>> packed_;
  std::array<std::uint64_t, 4> facts_{};
};

}  // namespace

std::vector<std::string> write_bwm(const ModelFile& file, const std::string& path) {
  BwmWriter writer;
  writer.add_file(file);
  writer.write(path);
  return {};
}

}  // namespace bellwether::mdp
