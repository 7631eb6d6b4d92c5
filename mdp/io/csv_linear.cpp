#include "mdp/io/csv_linear.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/text.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/text_scanner.h"

namespace bellwether::mdp {
namespace {

using Lines = std::vector<CsvFeatures>;

class LinearReader {
 public:
  LinearReader(const CsvHeader& header, CsvNames& names, const std::string& file)
      : header_(header), names_(names), file_(file) {}

  LinearStructure read(std::size_t parts) {
    LinearStructure linear;
    if (!header_.features.empty()) linear.features = features();
    if (!header_.mixture.empty()) linear.mixture = mixture();
    linear.mixture_theta = thetas(parts);
    return linear;
  }

 private:
  [[noreturn]] void fail(std::int64_t line, const std::string& message) const { fail_at(file_, line, message); }

  /// The choice of each line, all of the same length.
  std::vector<std::size_t> choices_of(const Lines& lines) {
    std::vector<std::size_t> choices;
    for (const CsvFeatures& entry : lines) {
      require_length(entry.line, entry.numbers.size(), lines);
      choices.push_back(names_.choice(entry.line, entry.state, entry.action));
    }
    return choices;
  }

  void require_length(std::int64_t line, std::size_t length, const Lines& lines) const {
    const std::size_t d = lines.front().numbers.size();
    if (length != d)
      fail(line, fmt::format("has {}, line {} has {}", counted(static_cast<std::int64_t>(length), "number"),
                             lines.front().line, d));
  }

  /// How many lines each choice has; every one has some.
  std::vector<std::int64_t> counts(const Lines& lines, const std::vector<std::size_t>& choices) const {
    std::vector<std::int64_t> count(names_.num_choices(), 0);
    for (const std::size_t c : choices) ++count[c];
    for (std::size_t c = 0; c < count.size(); ++c)
      if (count[c] == 0)
        fail(lines.front().line,
             fmt::format("features begin here, but {} has none; all choices have them, or no choice",
                         names_.choice_text(c)));
    return count;
  }

  std::shared_ptr<const FeatureMap> features() {
    const Lines& lines = header_.features;
    const std::vector<std::size_t> choices = choices_of(lines);
    const std::vector<std::int64_t> count = counts(lines, choices);
    const std::size_t d = lines.front().numbers.size();
    std::vector<double> rows(count.size() * d);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (count[choices[i]] > 1)
        fail(lines[i].line, fmt::format("{} has two lines of features", names_.choice_text(choices[i])));
      std::ranges::copy(lines[i].numbers, rows.begin() + static_cast<std::ptrdiff_t>(choices[i] * d));
    }
    return std::make_shared<const FeatureMap>(static_cast<int>(d), std::move(rows));
  }

  /// The successors of a choice in the order of their lines.
  std::shared_ptr<const MixtureBasis> mixture() {
    const Lines& lines = header_.mixture;
    const std::vector<std::size_t> choices = choices_of(lines);
    std::vector<std::int64_t> begin{0};
    for (const std::int64_t n : counts(lines, choices)) begin.push_back(begin.back() + n);
    const std::size_t d = lines.front().numbers.size();
    std::vector<std::int32_t> successor(lines.size());
    std::vector<double> phi(lines.size() * d);
    std::vector<std::int64_t> at(begin.begin(), begin.end() - 1);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const auto k = static_cast<std::size_t>(at[choices[i]]++);
      successor[k] = names_.state(lines[i].line, lines[i].next);
      std::ranges::copy(lines[i].numbers, phi.begin() + static_cast<std::ptrdiff_t>(k * d));
    }
    return std::make_shared<const MixtureBasis>(static_cast<int>(d), names_.num_states(), std::move(begin),
                                                std::move(successor), std::move(phi));
  }

  /// One for all, or the one of each part.
  std::vector<std::vector<double>> thetas(std::size_t parts) const {
    std::vector<const CsvDirectives*> of_parts(parts, nullptr);  // who has the theta of each
    if (header_.directives.theta.line > 0) of_parts.assign(1, &header_.directives);
    for (const auto& [part, directives] : header_.parts) {
      if (directives.theta.line == 0 || part >= static_cast<std::int64_t>(parts)) continue;
      if (header_.directives.theta.line > 0)
        fail(directives.theta.line, fmt::format("line {} gives the theta of all parts", header_.directives.theta.line));
      of_parts.at(static_cast<std::size_t>(part)) = &directives;
    }
    std::vector<std::vector<double>> thetas;
    for (std::size_t g = 0; g < of_parts.size(); ++g) {
      const auto* theta = of_parts[g] != nullptr ? &of_parts[g]->theta : nullptr;
      if (header_.mixture.empty()) {
        if (theta != nullptr) fail(theta->line, "a theta needs lines '#! mixture STATE ACTION NEXT X ...'");
        continue;
      }
      if (theta == nullptr)
        fail(header_.mixture.front().line,
             fmt::format("a mixture begins here, but{} no line '#! theta X ...' says how it is mixed",
                         parts > 1 ? fmt::format(" for part {}", g) : ""));
      require_length(theta->line, theta->numbers.size(), header_.mixture);
      thetas.push_back(theta->numbers);
    }
    return thetas;
  }

  const CsvHeader& header_;
  CsvNames& names_;
  const std::string& file_;
};

}  // namespace

LinearStructure csv_linear(const CsvHeader& header, CsvNames& names, std::size_t parts, const std::string& file) {
  return LinearReader(header, names, file).read(parts);
}

}  // namespace bellwether::mdp
