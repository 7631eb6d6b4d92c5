#pragma once

#include <string_view>
#include <vector>

#include "core/options.h"

namespace bellwether::bandits {

/// Settings inside one option, for what is built around something else: "means=0.9/0.8 gap=0.1", with spaces or
/// semicolons between them. InvalidOption "object: option ..." for a word without "=", with its place and the example.
std::vector<Setting> nested_settings(std::string_view object, std::string_view option, std::string_view text,
                                     std::string_view example);

}  // namespace bellwether::bandits
