/// The one error type, and a value-or-error. Knows nothing of where an error is shown.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace assay {

/// What the reader of an error can do about it; each code has one exit status (DESIGN: doors).
enum class ErrorCode {
  kUser,       ///< wrong use, project file, SQL: mend what you wrote (exit 2)
  kData,       ///< content that cannot be read: mend the data (exit 2)
  kIo,         ///< environment: missing file, lock, disk (exit 3)
  kInternal,   ///< our bug (exit 70)
  kCancelled,  ///< stopped by the user (exit 130)
};

/// Exit status of the program for an error of this code.
int ExitStatus(ErrorCode code);

/// A message in lower case without a final period, the run-time value last, and a way out.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::string hint;  ///< what to do next; may be empty

  /// Returns the same error with `context` before its message: "loading x: ...".
  Error While(const std::string& context) &&;
};

/// A `T` or an `Error`. A dropped result is a compiler warning.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT: implicit on purpose
  Result(Error error) : state_(std::move(error)) {}  // NOLINT: implicit on purpose

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }
  T& value() & { return std::get<T>(state_); }
  const T& value() const& { return std::get<T>(state_); }
  T&& value() && { return std::get<T>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  /// By value, so that a loop over a temporary's content does not outlive it.
  T operator*() && { return std::get<T>(std::move(state_)); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  Error& error() & { return std::get<Error>(state_); }
  const Error& error() const& { return std::get<Error>(state_); }
  Error&& error() && { return std::get<Error>(std::move(state_)); }

  /// Adds context to the error, if there is one.
  Result While(const std::string& context) && {
    if (ok()) return std::move(*this);
    return std::get<Error>(std::move(state_)).While(context);
  }

 private:
  std::variant<T, Error> state_;
};

/// Success or an `Error`.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit on purpose

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  Error& error() & { return *error_; }
  const Error& error() const& { return *error_; }
  Error&& error() && { return *std::move(error_); }
  Result While(const std::string& context) && {
    if (ok()) return {};
    return std::move(*error_).While(context);
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace assay

#define ASSAY_JOIN_EXPANDED(a, b) a##b
#define ASSAY_JOIN(a, b) ASSAY_JOIN_EXPANDED(a, b)

/// Returns the error of `expression` from the enclosing function, if it has one.
#define TRY(expression)                                     \
  do {                                                      \
    if (auto try_status = (expression); !try_status.ok()) { \
      return std::move(try_status).error();                 \
    }                                                       \
  } while (false)

/// `TRY_ASSIGN(auto x, F())` declares `x` from the value of `F()`, or returns its error.
#define TRY_ASSIGN(target, expression) \
  TRY_ASSIGN_AS(ASSAY_JOIN(try_result_, __LINE__), target, expression)
#define TRY_ASSIGN_AS(result, target, expression)     \
  auto result = (expression);                         \
  if (!result.ok()) return std::move(result).error(); \
  target = std::move(result).value()
