#if OAuth
import TesseraCore

extension FileTokenStore {
    /// The settings of a file store.
    public struct Options: Sendable, Hashable {
        /// Types of file systems that are used although they are not known to have locks that end with their holder and
        /// an fsync that reaches the disk, by their names in the kernel, for example `nfs4` or `fuse.sshfs`. On them the
        /// check that a file was not copied is left out, since they may give files other numbers at any time.
        public var allowedFileSystems: Set<String>
        /// A name for the machine, instead of its own id: for containers that share a volume, or whose id is made anew
        /// with each start.
        public var machine: String?
        /// Where it is remembered outside the store which versions were written.
        public var witness: Witness
        /// How long a save waits for other writers of the same entry, which takes milliseconds when all is well.
        public var longestWait: Duration

        /// Settings; the defaults are for a directory on a local disk.
        public init(
            allowedFileSystems: Set<String> = [], machine: String? = nil, witness: Witness = .runtimeDirectory,
            longestWait: Duration = .seconds(10)
        ) {
            self.allowedFileSystems = allowedFileSystems
            self.machine = machine
            self.witness = witness
            self.longestWait = longestWait
        }
    }

    /// A place outside the store that remembers which versions were written, so that a store which was brought back as
    /// a whole is noticed.
    public enum Witness: Sendable, Hashable {
        /// `$XDG_RUNTIME_DIR/tessera`, if there is one: it lasts until the machine is started anew or the user leaves.
        case runtimeDirectory
        /// A directory of one's own, best on another file system than the store's.
        case directory(String)
        /// None: the lock file in the store remembers.
        case none
    }
}
#endif
