#if NIO
/// The pool's number of a connection; never used twice.
struct ConnectionID: Hashable, Sendable {
    /// Counts the connections of a pool.
    var number: UInt64
    /// Which group of equal connections it belongs to, to find it without hashing its identity again.
    var group: Int
    /// Its place in that group, which another connection may have later.
    var slot: Int
}
#endif
