// Mutex: std::mutex with annotations by which clang checks at compile time (-Wthread-safety) that
// guarded data is used only under its lock. HONE_GUARDED_BY is for members, HONE_REQUIRES for
// functions whose callers hold the lock. Other compilers ignore the annotations.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#ifdef __clang__
#define HONE_THREAD_WORD(word) __attribute__((word))
#else
#define HONE_THREAD_WORD(word)
#endif
#define HONE_GUARDED_BY(mutex) HONE_THREAD_WORD(guarded_by(mutex))
#define HONE_REQUIRES(mutex) HONE_THREAD_WORD(requires_capability(mutex))

namespace hone {

class HONE_THREAD_WORD(capability("mutex")) Mutex {
 public:
  void Lock() HONE_THREAD_WORD(acquire_capability()) { mutex_.lock(); }
  void Unlock() HONE_THREAD_WORD(release_capability()) { mutex_.unlock(); }

 private:
  friend class ConditionVariable;
  std::mutex mutex_;
};

/// Holds a mutex for its lifetime.
class HONE_THREAD_WORD(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) HONE_THREAD_WORD(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() HONE_THREAD_WORD(release_capability()) { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

/// Waits for a change under a mutex. A wait may end without a reason: callers check their condition
/// in a loop.
class ConditionVariable {
 public:
  void Wait(Mutex& mutex) HONE_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    changed_.wait(lock);
    lock.release();
  }
  /// False if `end` has passed.
  bool WaitUntil(Mutex& mutex, std::chrono::steady_clock::time_point end) HONE_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const bool is_in_time = changed_.wait_until(lock, end) == std::cv_status::no_timeout;
    lock.release();
    return is_in_time;
  }
  void NotifyOne() { changed_.notify_one(); }
  void NotifyAll() { changed_.notify_all(); }

 private:
  std::condition_variable changed_;
};

}  // namespace hone
