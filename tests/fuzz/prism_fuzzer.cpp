// The files of one model, in the order .tra, .lab, .sta, .srew, .trew, with a line "@@" between two of them.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/errors.h"
#include "mdp/io/prism.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using bellwether::mdp::PrismText;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::array<std::optional<PrismText>, 5> part;
  for (std::optional<PrismText>& text : part) {
    const std::size_t end = input.find("@@\n");
    text = PrismText{"input", input.substr(0, end)};
    if (end == std::string_view::npos) break;
    input.remove_prefix(end + 3);
  }
  bellwether::mdp::PrismTexts texts{.transitions = *part[0], .labels = part[1], .states = part[2]};
  if (part[3]) texts.rewards.push_back({"r", part[3], part[4]});
  try {
    bellwether::mdp::parse_prism(texts);
  } catch (const bellwether::ParseError&) {
  } catch (const bellwether::InvalidModel&) {
  }
  return 0;
}
