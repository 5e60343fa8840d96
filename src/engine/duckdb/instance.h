/// One open database in memory, shared by the connections that work in it.
#pragma once

#include <unistd.h>

#include "engine/duckdb/duck.h"

namespace assay::engine {

class Instance {
 public:
  explicit Instance(duckdb_database database) : database_(database), process_(getpid()) {}
  // After a fork the child has the memory of the database and none of its threads: closing it
  // would wait for them for ever.
  ~Instance() {
    if (!IsOurs()) (void)database_.release();
  }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  /// False in a child of the process that opened it; nothing but `IsOurs` may be called then.
  bool IsOurs() const { return getpid() == process_; }
  duckdb_database get() const { return database_.get(); }

 private:
  Database database_;
  pid_t process_;
};

}  // namespace assay::engine
