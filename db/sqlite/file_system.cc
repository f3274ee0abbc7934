#include "db/sqlite/file_system.h"

#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>

#include <sys/vfs.h>

namespace hone::db {

// SQLite's WAL keeps its index in memory that all processes with the file open share, which is
// impossible between machines. FUSE and 9P are accepted: they are as often a local disk in a
// container as a network share, and within one machine shared memory works on them.
std::string_view NetworkFileSystem(std::uint32_t magic) {
  // Constants from linux/magic.h and statfs(2).
  switch (magic) {
    case 0x6969:
      return "NFS";
    case 0x517b:
    case 0xff534d42:
    case 0xfe534d42:
      return "SMB/CIFS";
    case 0x5346414f:
    case 0x6b414653:
      return "AFS";
    case 0x73757245:
      return "Coda";
    case 0x00c36400:
      return "CephFS";
    case 0x564c:
      return "NCP";
    default:
      return "";
  }
}

Status CheckFileSystem(const std::filesystem::path& folder) {
  struct statfs found {};
  if (::statfs(folder.c_str(), &found) != 0) {
    return Fail(errno == EACCES ? Code::kPermissionDenied : Code::kNotFound,
                "folder " + folder.string() + ": " + std::generic_category().message(errno));
  }
  const std::string_view network = NetworkFileSystem(static_cast<std::uint32_t>(found.f_type));
  if (network.empty()) {
    return {};
  }
  return Fail(Code::kFailedPrecondition,
              "folder " + folder.string() + " is on a network file system (" +
                  std::string(network) +
                  "), where the store could be damaged; put it on a local "
                  "disk");
}

}  // namespace hone::db
