#include <fmt/format.h>

int main() {
  fmt::print("bellwether\n");
  return 0;
}
