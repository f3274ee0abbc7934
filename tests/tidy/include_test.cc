// Dependencies point downwards only: a room may include the rooms that CMakeLists.txt lets it link.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/tidy/source_tree.h"

namespace hone::tidy {
namespace {

/// A folder of code, and the rooms that it may include: itself and its direct and indirect
/// dependencies.
using Rooms = std::map<std::string, std::set<std::string>>;

/// Libraries that may be used in few places only; a place is a folder or a file.
struct LibraryPlace {
  std::string_view library;
  std::string_view place;
};
constexpr LibraryPlace kLibraries[] = {
    {"sqlite3.h", "db/sqlite"},
    {"sqlite3.h", "tests"},
    {"pqxx/", "db/postgres"},
    {"CLI/", "controller/cli/command_line.cc"},
    {"yaml-cpp/", "proto/convert"},
    {"re2/", "metrics-collector/parse"},
    {"Eigen/", "algorithms"},
    {"Eigen/", "examples"},
    {"nlopt", "algorithms/numerics/nlopt_run.cc"},
    {"nlopt", "tests/algorithms"},
    {"grpcpp/", "proto/rpc"},
    {"grpcpp/", "suggestion/server"},
    {"grpcpp/", "suggestion/client"},
    {"grpcpp/", "controller/api"},
    {"grpcpp/", "db/server"},
    {"grpcpp/", "tests/db/server"},
    {"grpcpp/", "controller/main"},
    {"grpcpp/", "examples/custom-algorithm"},
    {"grpcpp/", "tests/bench"},
    {"google/protobuf/", "suggestion/server"},
    {"openssl/", "controller/main/https_request.cc"},
    {"oneapi/", "suggestion/engine/search_arena.cc"},
};

/// Folders without a library of their own, and a room that may include their headers.
struct HeadersAlone {
  const char* folder;
  std::string_view user;
};
constexpr HeadersAlone kHeadersAlone[] = {
    {"suggestion", "controller/reconcile"},
    {"suggestion", "controller/tuner"},
    {"suggestion", "controller/engine"},
    {"suggestion", "suggestion/engine"},
    {"suggestion", "suggestion/client"},
    {"db/migrations", "db/sql"},
    {"db/migrations", "db/sqlite"},
};

/// Rooms that must not know JSON, not even through a header of another room.
constexpr const char* kWithoutJson[] = {"proto/core",
                                        "proto/model",
                                        "algorithms",
                                        "controller/decide"};

std::string TargetOf(std::string folder) {
  for (char& c : folder) {
    c = c == '/' || c == '-' ? '_' : c;
  }
  return "hone_" + folder;
}

/// The arguments of every `call(...)` in CMakeLists.txt.
std::vector<std::vector<std::string>> CallsOf(const std::string& cmake, const std::string& call) {
  std::vector<std::vector<std::string>> calls;
  for (std::size_t at = cmake.find("\n" + call + "("); at != std::string::npos;
       at = cmake.find("\n" + call + "(", at + 1)) {
    const std::size_t open = cmake.find('(', at) + 1;
    std::istringstream words(cmake.substr(open, cmake.find(')', open) - open));
    calls.emplace_back(std::istream_iterator<std::string>(words),
                       std::istream_iterator<std::string>());
  }
  return calls;
}

Rooms ReadRooms() {
  const std::string cmake = ReadText(RepositoryRoot() / "CMakeLists.txt");
  Rooms rooms;
  std::map<std::string, std::string> folder_of;
  for (const HeadersAlone& headers : kHeadersAlone) {
    rooms[headers.folder] = {headers.folder, "proto/core", "proto/model"};
  }
  const auto add = [&](const std::string& folder, const std::vector<std::string>& links) {
    std::set<std::string>& reach = rooms[folder];
    reach.insert(folder);
    for (const std::string& link : links) {
      if (const auto used = folder_of.find(link); used != folder_of.end()) {
        reach.insert(rooms[used->second].begin(), rooms[used->second].end());
      }
    }
    for (const HeadersAlone& headers : kHeadersAlone) {
      if (headers.user == folder) {
        reach.insert(headers.folder);
      }
    }
    folder_of[TargetOf(folder)] = folder;
  };
  for (const auto& arguments : CallsOf(cmake, "hone_messages")) {
    add(arguments[0], arguments);
  }
  for (const auto& arguments : CallsOf(cmake, "hone_room")) {
    add(arguments[0], arguments);
  }
  for (const auto& arguments : CallsOf(cmake, "hone_program")) {
    add(arguments[1], arguments);
  }
  return rooms;
}

/// The room a file is in: the longest declared folder above it.
std::string RoomOf(const Rooms& rooms, const std::string& path) {
  std::string folder = path;
  while (folder.find('/') != std::string::npos) {
    folder.resize(folder.rfind('/'));
    if (rooms.contains(folder)) {
      return folder;
    }
  }
  return "";
}

TEST(Includes, FollowTheArrowsOfCMakeLists) {
  const Rooms rooms = ReadRooms();
  ASSERT_GT(rooms.size(), 10U);

  for (const Source& source : Sources()) {
    if (source.IsUnder("tests") || source.IsUnder("examples")) {
      continue;
    }
    const std::string room = RoomOf(rooms, source.path);
    ASSERT_NE(room, "") << source.path << " is in no room of CMakeLists.txt";
    for (const Include& include : IncludesOf(source)) {
      const std::string target = RoomOf(rooms, include.name);
      EXPECT_TRUE(!include.is_ours || rooms.at(room).contains(target))
          << source.path << ":" << include.line << ": " << room << " may not include \""
          << include.name << "\": no arrow leads there";
    }
  }
}

/// The file that an include comes from: protoc makes headers of messages.
std::string SourceOf(const std::string& included) {
  for (const std::string_view made : {".grpc.pb.h", ".pb.h"}) {
    if (included.ends_with(made)) {
      return included.substr(0, included.size() - made.size()) + ".proto";
    }
  }
  return included;
}

TEST(Includes, NameFilesByTheirWholePath) {
  for (const Source& source : Sources()) {
    for (const Include& include : IncludesOf(source)) {
      EXPECT_TRUE(!include.is_ours || include.name.ends_with(".inc") ||
                  std::filesystem::exists(RepositoryRoot() / SourceOf(include.name)))
          << source.path << ":" << include.line << ": there is no " << include.name;
    }
  }
}

// From the lowest layer upwards: settings, the two interfaces, numerics, the algorithms and rules
// themselves, and last the catalogues, which include all of them.
TEST(Includes, LeadFromTheCataloguesDownToTheSettings) {
  constexpr std::string_view kUpwards[] = {"algorithms/settings.",
                                           "algorithms/algorithm.",
                                           "algorithms/stopping_rule.",
                                           "algorithms/numerics/",
                                           "algorithms/search/",
                                           "algorithms/stopping/"};
  const auto layer_of = [&](std::string_view path) {
    return std::find_if(std::begin(kUpwards),
                        std::end(kUpwards),
                        [&](std::string_view start) { return path.starts_with(start); }) -
           std::begin(kUpwards);
  };

  for (const Source& source : Sources()) {
    for (const Include& include : IncludesOf(source)) {
      if (source.IsUnder("algorithms") && include.name.starts_with("algorithms/")) {
        EXPECT_LE(layer_of(include.name), layer_of(source.path))
            << source.path << ":" << include.line << ": " << include.name
            << " belongs to a higher layer";
      }
    }
  }
}

/// True if the library of `include` is not restricted, or `source` is in one of its places.
bool IsInItsPlace(const Source& source, const Include& include) {
  bool is_kept = false;
  for (const LibraryPlace& kept : kLibraries) {
    if (include.name.starts_with(kept.library)) {
      is_kept = true;
      if (source.path == kept.place || source.IsUnder(kept.place)) {
        return true;
      }
    }
  }
  return !is_kept;
}

TEST(Includes, KeepEachLibraryInItsPlace) {
  for (const Source& source : Sources()) {
    for (const Include& include : IncludesOf(source)) {
      EXPECT_TRUE(include.is_ours || IsInItsPlace(source, include))
          << source.path << ":" << include.line << ": <" << include.name
          << "> does not belong here";
    }
  }
}

using IncludesByPath = std::map<std::string, std::vector<Include>>;

/// The first file, among `path` and all that it includes, that includes JSON; "" if none does.
std::string WhereJsonComesFrom(const IncludesByPath& includes, const std::string& path) {
  std::set<std::string> seen = {path};
  std::vector<std::string> unread = {path};
  while (!unread.empty()) {
    std::string current = unread.back();
    unread.pop_back();
    const auto found = includes.find(current);
    if (found == includes.end()) {
      continue;
    }
    for (const Include& include : found->second) {
      if (include.name.starts_with("nlohmann/")) {
        return current;
      }
      if (include.is_ours && seen.insert(include.name).second) {
        unread.push_back(include.name);
      }
    }
  }
  return "";
}

TEST(Includes, KeepJsonOutOfTheRulesAndTheMathematics) {
  IncludesByPath includes;
  for (const Source& source : Sources()) {
    includes[source.path] = IncludesOf(source);
  }

  for (const Source& source : Sources()) {
    if (std::any_of(std::begin(kWithoutJson), std::end(kWithoutJson), [&](const char* room) {
          return source.IsUnder(room);
        })) {
      EXPECT_EQ(WhereJsonComesFrom(includes, source.path), "") << source.path << " sees JSON";
    }
  }
}

}  // namespace
}  // namespace hone::tidy
