#if CLI
/// What a scan reads at most; beyond it something is skipped, and told.
struct ScanLimits: Sendable {
    /// The largest file and the largest object of a history, in bytes.
    var fileSize = 16 * 1_048_576
    /// How deep folders are entered below the named one; each level holds a descriptor.
    var depth = 128
    /// The longest path below the named folder, in bytes.
    var pathLength = 4096
    /// The most names that are read of one folder.
    var namesPerFolder = 1_000_000
    /// The most findings; the scan ends with it.
    var findings = 10_000
}
#endif
