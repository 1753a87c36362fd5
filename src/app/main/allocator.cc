// Settings of jemalloc, which the program is linked with: docs/decisions/0005-speed-experiments.md.
//
// What has not been used for a second is given back to the system by a thread of the allocator's
// own, so that also a server that is quiet again after a storm of logins gives it back.
extern "C" const char* const malloc_conf;
extern "C" const char* const malloc_conf = "background_thread:true,dirty_decay_ms:1000,"
                                           "muzzy_decay_ms:0";
