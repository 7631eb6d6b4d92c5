#include "apps/cli/lost_pages.h"

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "apps/cli/command.h"

namespace bellwether::cli {
namespace {

// Everything below runs in a signal handler: only system calls and memory that is there already.

constexpr std::size_t kLongestLine = 8192;
char line[kLongestLine];  // of the list of mappings
char chunk[kLongestLine];
char message[kLongestLine + 256];
std::atomic_flag reported = ATOMIC_FLAG_INIT;

/// A hexadecimal number at the start of `text`, which loses it.
std::uintptr_t take_hexadecimal(std::string_view& text) {
  std::uintptr_t value = 0;
  while (!text.empty()) {
    const char c = text.front();
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) break;
    value = value * 16 + static_cast<std::uintptr_t>(digit);
    text.remove_prefix(1);
  }
  return value;
}

/// The file of "7f0000-7f1000 r--p 00000000 fe:00 123  /home/x.csv" when the address lies in it; nothing otherwise.
std::string_view file_of(std::string_view mapping, std::uintptr_t address) {
  const std::uintptr_t begin = take_hexadecimal(mapping);
  if (mapping.empty() || mapping.front() != '-') return {};
  mapping.remove_prefix(1);
  const std::uintptr_t end = take_hexadecimal(mapping);
  const std::size_t path = mapping.find('/');
  return address >= begin && address < end && path != std::string_view::npos ? mapping.substr(path)
                                                                             : std::string_view();
}

/// The file mapped at the address, as the kernel's list of mappings calls it; empty when it is none or unknown.
std::string_view mapped_file(std::uintptr_t address) {
  const int list = ::open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (list < 0) return {};
  std::size_t used = 0;
  for (;;) {
    const ssize_t got = ::read(list, chunk, sizeof chunk);
    if (got <= 0) break;
    for (ssize_t i = 0; i < got; ++i) {
      if (chunk[i] != '\n') {
        if (used < sizeof line) line[used++] = chunk[i];
        continue;
      }
      if (const std::string_view file = file_of({line, used}, address); !file.empty()) return file;
      used = 0;
    }
  }
  return {};
}

void append(std::size_t& used, std::string_view text) {
  const std::size_t count = text.size() < sizeof message - used ? text.size() : sizeof message - used;
  std::memcpy(message + used, text.data(), count);
  used += count;
}

/// A file may be called anything; the terminal need not obey it.
void append_name(std::size_t& used, std::string_view name) {
  const std::size_t from = used;
  append(used, name);
  for (std::size_t i = from; i < used; ++i)
    if (static_cast<unsigned char>(message[i]) < 0x20 || message[i] == 0x7f) message[i] = '?';
}

void on_lost_page(int signal, siginfo_t* info, void*) {
  if (reported.test_and_set()) {  // another thread met one too; it ends the program
    for (;;) ::pause();
  }
  if (info->si_code != BUS_ADRERR) {  // no matter of files: a core dump tells more
    std::signal(signal, SIG_DFL);
    std::raise(signal);
    return;
  }
  const std::string_view file = mapped_file(reinterpret_cast<std::uintptr_t>(info->si_addr));
  std::size_t used = 0;
  append(used, "bellwether: ");
  append_name(used, file.empty() ? "a file" : file);
  append(used, ": was cut short, or could not be read, while it was in use; nothing was computed from it\n");
  for (std::size_t at = 0; at < used;) {
    const ssize_t written = ::write(STDERR_FILENO, message + at, used - at);
    if (written <= 0) break;
    at += static_cast<std::size_t>(written);
  }
  ::_exit(kBadInput);
}

}  // namespace

void explain_lost_pages() {
  struct sigaction action {};
  action.sa_sigaction = on_lost_page;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, nullptr);
}

}  // namespace bellwether::cli
