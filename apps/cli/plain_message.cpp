#include "apps/cli/plain_message.h"

#include <string_view>

namespace bellwether::cli {

std::string plain_message(std::string text) {
  for (const std::string_view name :
       {"TabularMdp", "TabularMdpBuilder", "FiniteHorizonMdp", "RobustMdp", "ConstrainedMdp", "LatentMdp", "Pomdp",
        "ObservableOperators", "FiniteMemoryPolicy", "PolicyValues"}) {
    const std::string prefix = std::string(name) + ": ";
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1))
      if (at == 0 || std::string_view(text).substr(0, at).ends_with(": ")) text.erase(at, prefix.size());
  }
  return text;
}

}  // namespace bellwether::cli
