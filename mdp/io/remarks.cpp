#include "mdp/io/remarks.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/text.h"
#include "mdp/io/names.h"

namespace bellwether::mdp {
namespace {

constexpr std::size_t kFlushAt = std::size_t{1} << 20;

std::vector<std::string> names_of(std::string_view text, const TextScanner& in) {
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_array()) in.fail("the list of action names must look like [\"left\", \"right\"]");
  std::vector<std::string> names;
  for (const auto& name : json) {
    if (!name.is_string()) in.fail("the list of action names holds something that is not a name");
    names.push_back(name.get<std::string>());
  }
  return names;
}

}  // namespace

void Remarks::read(std::string_view comment, const TextScanner& in) {
  constexpr std::string_view kSign = "bellwether:";
  comment = trimmed(comment);
  if (!comment.starts_with(kSign)) return;
  comment = trimmed(comment.substr(kSign.size()));
  const std::size_t blank = std::min(comment.find(' '), comment.size());
  const std::string_view key = comment.substr(0, blank), value = trimmed(comment.substr(blank));
  if (key == "discount") {
    discount = in.number_from(value, "the discount");
    if (!(*discount >= 0 && *discount <= 1)) in.fail(fmt::format("the discount is {}, must lie in [0, 1]", *discount));
  } else if (key == "minimise") {
    minimise = true;
  } else if (key == "actions") {
    actions = names_of(value, in);
    line_of_actions = in.line_number();
  }
}

std::string Remarks::text(std::string_view sign) const {
  std::string lines;
  if (discount) lines += fmt::format("{} bellwether: discount {}\n", sign, exact_text(*discount));
  if (minimise) lines += fmt::format("{} bellwether: minimise\n", sign);
  if (actions) {
    const std::string list = nlohmann::json(*actions).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    lines += fmt::format("{} bellwether: actions {}\n", sign, list);
  }
  return lines;
}

void TextSink::flush_if_large() {
  if (kind_ != Compression::kNone || buffer_.size() < kFlushAt) return;
  writer_.write(buffer_);
  buffer_.clear();
}

void TextSink::commit() {
  writer_.write(kind_ == Compression::kNone ? buffer_ : compress(buffer_, kind_));
  buffer_.clear();
  writer_.commit();
}

bool is_plain_word(std::string_view word) {
  return !word.empty() && word.find_first_of(" \"") == std::string_view::npos && !name_fault(word);
}

}  // namespace bellwether::mdp
